import { Cron } from 'croner'
import { DateTime } from 'luxon'
import type { EpochMs } from '../../record/keys.ts'

/** Each field's greatest value, seconds first. */
const GREATEST = [59, 59, 23, 31, 12, 6] as const
const DAY_OF_MONTH = 3
/** Candidates that may be looked at for one firing: far more than any expression that ever fires needs. */
const TRIES = 2_000

/** Finds the firing behind a moment, or undefined when there is none any more. */
export type Schedule = (after: EpochMs) => EpochMs | undefined

/**
 * Reads a cron expression in the style of Spring: seconds first, `L`, `L-3`, `LW`, `15W`, `MON#2`, `FRIL`, `0/15`, names, and
 * macros such as `@daily`. Day of month and day of week must both match. With five fields it fires at second 0.
 * A time that the change to summer time leaves out fires when the gap ends; one that comes twice fires once.
 */
export function readCron(text: string, zone: string): Schedule | undefined {
  const fields = text.trim().split(/\s+/)
  const isMacro = fields.length === 1
  if (!isMacro && (fields.length < 5 || fields.length > 6)) return undefined
  if (isMacro && !/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/i.test(text.trim())) return undefined
  const all = fields.length === 5 ? ['0', ...fields] : fields
  const beforeLast = /^L-(\d{1,2})$/i.exec(all[DAY_OF_MONTH] ?? '')
  const pattern = isMacro ? text.trim() : all.map((field, index) => rewrite(field, index)).join(' ')
  try {
    const cron = new Cron(pattern, { timezone: zone, paused: true, domAndDow: true })
    const next: Schedule = (after) => cron.nextRun(new Date(after))?.getTime()
    return beforeLast ? onlyDaysBeforeLast(next, Number(beforeLast[1]), zone) : next
  } catch {
    return undefined
  }
}

/** The dialect's fields in the words of the library. */
function rewrite(field: string, index: number): string {
  const beforeLast = index === DAY_OF_MONTH ? /^L-(\d{1,2})$/i.exec(field) : null
  // The last day is the 28th to the 31st; which of the candidates it is depends on the month.
  if (beforeLast) return `${Math.max(1, 28 - Number(beforeLast[1]))}-${Math.max(1, 31 - Number(beforeLast[1]))}`
  return field
    .split(',')
    .map((part) => part.replace(/^(\w+)\/(\d+)$/, (_, from: string, step: string) => `${from}-${GREATEST[index]}/${step}`))
    .join(',')
}

function onlyDaysBeforeLast(next: Schedule, days: number, zone: string): Schedule {
  return (after) => {
    let candidate = next(after)
    for (let tries = 0; candidate !== undefined && tries < TRIES; tries++) {
      const { day, daysInMonth } = DateTime.fromMillis(candidate, { zone })
      if (day === (daysInMonth ?? 0) - days) return candidate
      candidate = next(candidate)
    }
    return undefined
  }
}
