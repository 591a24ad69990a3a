export { businessCalendar, PUBLIC_DAYS } from './business-calendar.ts'
export {
  type CalendarDocument,
  type CalendarProblem,
  DEFAULT_CALENDAR_ID,
  type OpenHours,
  PUBLIC_CALENDAR,
  type SpecialDay,
  WEEK,
} from './calendar-document.ts'
export { type PinnedClock, pinnedClock, scaledClock, systemClock } from './clock.ts'
export type * from './contract.ts'
export { EngineFailure } from './contract.ts'
export { openEngine } from './engine.ts'
export { SerialLanes } from './serial-lanes.ts'
