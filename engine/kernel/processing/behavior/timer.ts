import { Cron } from 'croner'
import { DateTime, Duration } from 'luxon'
import type { EpochMs } from '../../record/keys.ts'
import { fail, ok, type Result } from '../failure.ts'

/** When a timer fires next, and how often it may after that. */
export interface TimerPlan {
  readonly dueAt: EpochMs
  /** Firings left after this one; -1 without end. Absent: fires once. */
  readonly repetitions?: number
  readonly cycle?: string
}

interface Cycle {
  /** Firings in all; -1 without end. */
  readonly repetitions: number
  /** The first point of the grid after or at `from`. */
  firstFrom(from: EpochMs): EpochMs | undefined
  /** The point of the grid behind `point`. */
  after(point: EpochMs): EpochMs | undefined
}

/** Reads an ISO 8601 duration: `PT2H`, `P1M`, `-PT5M`. */
function parseDuration(text: string): Duration | undefined {
  const duration = Duration.fromISO(text.trim())
  return duration.isValid ? duration : undefined
}

/** Reads an ISO 8601 date-time; one without offset is local to `zone`. `2026-03-01T08:00[Europe/Berlin]` names its own zone. */
export function parseInstant(text: string, zone: string): EpochMs | undefined {
  const named = /^(.*)\[([^\]]+)\]$/.exec(text.trim())
  const instant = DateTime.fromISO(named?.[1] ?? text.trim(), { zone: named?.[2] ?? zone })
  return instant.isValid ? instant.toMillis() : undefined
}

function add(point: EpochMs, period: Duration, zone: string, times = 1): EpochMs {
  return DateTime.fromMillis(point, { zone })
    .plus(period.mapUnits((amount) => amount * times))
    .toMillis()
}

function parseRepeating(text: string, now: EpochMs, zone: string): Cycle | undefined {
  const match = /^R(\d*)\/(?:([^/]+)\/)?(P[^/]+)$/.exec(text)
  const period = match && parseDuration(match[3] ?? '')
  if (!match || !period) return undefined
  const length = add(now, period, zone) - now
  if (length <= 0) return undefined
  const start = match[2] === undefined ? undefined : parseInstant(match[2], zone)
  if (match[2] !== undefined && start === undefined) return undefined
  const origin = start ?? add(now, period, zone)
  return {
    repetitions: match[1] === '' ? -1 : Number(match[1]),
    firstFrom: (from) => {
      if (origin >= from) return origin
      // Near the point by arithmetic, then exactly by the calendar (months and daylight saving differ in length).
      let times = Math.max(0, Math.floor((from - origin) / length) - 1)
      while (add(origin, period, zone, times) < from) times++
      return add(origin, period, zone, times)
    },
    after: (point) => add(point, period, zone),
  }
}

function parseCron(text: string, zone: string): Cycle | undefined {
  try {
    const cron = new Cron(text, { timezone: zone, paused: true })
    const next = (from: EpochMs) => cron.nextRun(new Date(from))?.getTime()
    return { repetitions: -1, firstFrom: (from) => next(from - 1), after: next }
  } catch {
    return undefined
  }
}

function parseCycle(text: string, now: EpochMs, zone: string): Cycle | undefined {
  const trimmed = text.trim()
  return trimmed.startsWith('R') ? parseRepeating(trimmed, now, zone) : parseCron(trimmed, zone)
}

/**
 * The first firing of a timer that is set at `now`.
 *
 * A date or duration in the past fires at once. A cycle whose start has passed goes on with the next point of its grid;
 * the points it missed count against `Rn`, and when none is left it fires once to catch up.
 */
export function planTimer(kind: 'date' | 'duration' | 'cycle', text: string, now: EpochMs, zone: string): Result<TimerPlan> {
  if (kind === 'date') {
    const dueAt = parseInstant(text, zone)
    return dueAt === undefined ? refuse('an ISO 8601 date-time such as 2026-03-01T08:00:00+08:00', text) : ok({ dueAt })
  }
  if (kind === 'duration') {
    const period = parseDuration(text)
    return period ? ok({ dueAt: Math.max(now, add(now, period, zone)) }) : refuse('an ISO 8601 duration such as PT2H', text)
  }
  const cycle = parseCycle(text, now, zone)
  const first = cycle?.firstFrom(cycle.repetitions < 0 ? now : 0)
  if (!cycle || first === undefined) return refuse('a cycle such as R3/PT10M or a cron expression such as 0 0 9 * * MON-FRI', text)
  if (cycle.repetitions < 0) return ok({ dueAt: first, repetitions: -1, cycle: text })
  return ok(skipMissed(cycle, first, cycle.repetitions, now, text))
}

/** The firing after the one due at `previous`, or undefined when the cycle is used up. After a pause: one, then on the grid. */
export function planNext(cycleText: string, repetitions: number, previous: EpochMs, now: EpochMs, zone: string): TimerPlan | undefined {
  if (repetitions === 0) return undefined
  const cycle = parseCycle(cycleText, previous, zone)
  if (!cycle) return undefined
  if (repetitions < 0) {
    const dueAt = cycle.firstFrom(Math.max(previous, now) + 1)
    return dueAt === undefined ? undefined : { dueAt, repetitions: -1, cycle: cycleText }
  }
  let left = repetitions
  let dueAt = cycle.after(previous)
  while (dueAt !== undefined && dueAt <= now && --left > 0) dueAt = cycle.after(dueAt)
  return dueAt === undefined || left === 0 ? undefined : { dueAt, repetitions: left - 1, cycle: cycleText }
}

function skipMissed(cycle: Cycle, first: EpochMs, repetitions: number, now: EpochMs, text: string): TimerPlan {
  let left = repetitions
  let dueAt = first
  while (dueAt < now && left > 1) {
    const next = cycle.after(dueAt)
    if (next === undefined) break
    dueAt = next
    left--
  }
  return { dueAt: Math.max(dueAt, now), repetitions: left - 1, cycle: text }
}

function refuse(expected: string, found: string): Result<TimerPlan> {
  return fail('EXTRACT_VALUE_ERROR', `Expected ${expected}, but found '${found}'; correct the timer of the event`)
}
