import type { ElementType } from '../kernel/index.ts'

/**
 * How an element shows in a status:
 * - `process`: by what happens inside it; its end is the declaration's.
 * - `container`: takes time; where the case waits shows by what is inside it.
 * - `wrapper`: stands around the runs of a repeated element and bears its id, so the runs show and it does not.
 * - `activity`: takes time, so both its start and its finish are told.
 * - `event`: that it happened is told.
 * - `gateway`: wiring that people need not see.
 */
export type ElementKind = 'process' | 'container' | 'wrapper' | 'activity' | 'event' | 'gateway'

const KINDS = {
  process: 'process',
  subProcess: 'container',
  eventSubProcess: 'container',
  transaction: 'container',
  adHocSubProcess: 'container',
  adHocInner: 'wrapper',
  loopBody: 'wrapper',
  multiInstanceBody: 'wrapper',
  callActivity: 'activity',
  serviceTask: 'activity',
  userTask: 'activity',
  scriptTask: 'activity',
  businessRuleTask: 'activity',
  sendTask: 'activity',
  receiveTask: 'activity',
  manualTask: 'activity',
  task: 'activity',
  exclusiveGateway: 'gateway',
  parallelGateway: 'gateway',
  inclusiveGateway: 'gateway',
  complexGateway: 'gateway',
  eventBasedGateway: 'gateway',
  startEvent: 'event',
  endEvent: 'event',
  intermediateCatchEvent: 'event',
  intermediateThrowEvent: 'event',
  boundaryEvent: 'event',
} as const satisfies Record<ElementType, ElementKind>

export function kindOf(type: ElementType): ElementKind {
  return KINDS[type]
}
export function takesTime(type: ElementType): boolean {
  return KINDS[type] === 'activity' || KINDS[type] === 'container'
}
