import type { EpochMs } from '../../record/keys.ts'
import { fail, ok, type Result } from '../failure.ts'
import { addDuration, type Cycle, parseCycle, parseDuration, parseInstant } from './cycle.ts'
import { addWorkingTime, type BusinessCalendar, WEEKDAYS } from './working-time.ts'

export { parseInstant }

/** When a timer fires next, and how often it may after that. */
export interface TimerPlan {
  readonly dueAt: EpochMs
  /** Firings left after this one; -1 without end. Absent: fires once. */
  readonly repetitions?: number
  readonly cycle?: string
}

/** What happens to firings of a cycle that nobody was there for: none is made up for, one is, or all are. */
export const MISSED_RUNS = ['skip', 'once', 'all'] as const
export type MissedRuns = (typeof MISSED_RUNS)[number]
/** The property of an event that says so; without it, one is made up for. */
export const MISSED_RUNS_PROPERTY = 'timer.missedRuns'

export function missedRunsOf(properties: Readonly<Record<string, string>>): MissedRuns {
  return MISSED_RUNS.find((known) => known === properties[MISSED_RUNS_PROPERTY]) ?? 'once'
}

export interface TimerRules {
  readonly missed?: MissedRuns
  readonly calendar?: BusinessCalendar | undefined
}

/** A firing later than this is missed, even when no other is due yet. */
const GRACE_MS = 60_000

/**
 * The first firing of a timer that is set at `now`.
 *
 * A date or duration in the past fires at once. A cycle whose start has passed goes on with the next moment of its grid; what
 * it missed counts against `Rn`, and when none is left it fires once to catch up. With `all` those of `Rn` that have passed
 * are due at once; a cycle without end never looks back.
 */
export function planTimer(
  kind: 'date' | 'duration' | 'cycle',
  text: string,
  now: EpochMs,
  zone: string,
  { missed = 'once', calendar = WEEKDAYS }: TimerRules = {},
): Result<TimerPlan> {
  if (kind === 'date') {
    const dueAt = parseInstant(text, zone)
    return dueAt === undefined ? refuse('an ISO 8601 date-time such as 2026-03-01T08:00:00+08:00', text) : ok({ dueAt })
  }
  if (kind === 'duration') return planDuration(text, now, zone, calendar)
  const cycle = parseCycle(text, now, zone)
  const first =
    cycle && (cycle.repetitions < 0 ? cycle.firstFrom(now) : planLimited(cycle, missed === 'all' ? 0 : cycle.countBefore(now), now))
  if (!cycle || first === undefined) return refuse('a cycle such as R3/PT10M or a cron expression such as 0 0 9 * * MON-FRI', text)
  return ok(typeof first === 'number' ? { dueAt: first, repetitions: -1, cycle: cycle.text } : first)
}

function planDuration(text: string, now: EpochMs, zone: string, calendar: BusinessCalendar): Result<TimerPlan> {
  const working = /^working\s+(.*)$/.exec(text.trim())
  const period = parseDuration(working?.[1] ?? text)
  if (!period) return refuse('an ISO 8601 duration such as PT2H, or working PT16H', text)
  if (!working) return ok({ dueAt: Math.max(now, addDuration(now, period, zone)) })
  const dueAt = addWorkingTime(now, period, zone, calendar)
  return dueAt.ok ? ok({ dueAt: dueAt.value }) : dueAt
}

/** The firing of a limited cycle after `passed` of its moments; when all have, one to catch up. */
function planLimited(cycle: Cycle, passed: number, now: EpochMs): TimerPlan | undefined {
  const left = cycle.repetitions - passed
  if (left <= 0) return { dueAt: now, repetitions: 0, cycle: cycle.text }
  const dueAt = cycle.firstFrom(passed === 0 ? Number.NEGATIVE_INFINITY : now)
  return dueAt === undefined ? undefined : { dueAt, repetitions: left - 1, cycle: cycle.text }
}

/**
 * The firing after the one due at `previous`, or undefined when the cycle is used up. After a pause the next one is on the
 * grid behind `now`, and what was missed counts; with `all` it is the very next, even if that is due already.
 */
export function planNext(
  cycleText: string,
  repetitions: number,
  previous: EpochMs,
  now: EpochMs,
  zone: string,
  missed: MissedRuns = 'once',
): TimerPlan | undefined {
  if (repetitions === 0) return undefined
  const cycle = parseCycle(cycleText, previous, zone)
  const from = (missed === 'all' ? previous : Math.max(previous, now)) + 1
  const dueAt = cycle?.firstFrom(from)
  if (!cycle || dueAt === undefined) return undefined
  if (repetitions < 0) return { dueAt, repetitions: -1, cycle: cycle.text }
  const left = repetitions - (cycle.countBefore(from) - cycle.countBefore(previous + 1))
  return left <= 0 ? undefined : { dueAt, repetitions: left - 1, cycle: cycle.text }
}

/** Whether the firing due at `dueAt` was missed: it is more than a minute late, or the next one is due, too. */
export function isMissed(cycleText: string, dueAt: EpochMs, now: EpochMs, zone: string): boolean {
  if (now - dueAt > GRACE_MS) return true
  const next = parseCycle(cycleText, dueAt, zone)?.firstFrom(dueAt + 1)
  return next !== undefined && next <= now
}

function refuse(expected: string, found: string): Result<TimerPlan> {
  return fail('EXTRACT_VALUE_ERROR', `Expected ${expected}, but found '${found}'; correct the timer of the event`)
}
