import { DateTime, Duration, IANAZone } from 'luxon'
import type { EpochMs } from '../../record/keys.ts'
import { readCron } from './cron.ts'

/** The firings of a repeating timer: a grid of moments. */
export interface Cycle {
  /** Firings in all; -1 without end. */
  readonly repetitions: number
  /** The first moment of the grid after or at `from`. */
  firstFrom(from: EpochMs): EpochMs | undefined
  /** Moments of the grid before `until`. Only where they are limited. */
  countBefore(until: EpochMs): number
  /** What the modeller wrote, with the moment it began, so that later firings stay on the same grid. */
  readonly text: string
}

/** Reads an ISO 8601 duration: `PT2H`, `P1M`, `-PT5M`. */
export function parseDuration(text: string): Duration | undefined {
  const duration = Duration.fromISO(text.trim())
  return duration.isValid ? duration : undefined
}

/** `2026-03-01T08:00[Europe/Berlin]` names its own zone; undefined when there is no such zone. */
function splitZone(text: string, zone: string): { readonly text: string; readonly zone: string } | undefined {
  const named = /^(.*?)\s*\[([^\]]+)\]$/.exec(text.trim())
  if (!named) return { text: text.trim(), zone }
  return IANAZone.isValidZone(named[2] ?? '') ? { text: named[1] ?? '', zone: named[2] ?? '' } : undefined
}

/** Reads an ISO 8601 date-time; one without offset is local to `zone`, or to the zone it names. */
export function parseInstant(text: string, zone: string): EpochMs | undefined {
  const parts = splitZone(text, zone)
  if (!parts) return undefined
  const instant = DateTime.fromISO(parts.text, { zone: parts.zone })
  return instant.isValid ? instant.toMillis() : undefined
}

/** By the calendar of the zone: a day is a day, however many hours it has. */
export function addDuration(point: EpochMs, period: Duration, zone: string, times = 1): EpochMs {
  return DateTime.fromMillis(point, { zone })
    .plus(period.mapUnits((amount) => amount * times))
    .toMillis()
}

/** `R[n]/[start/]period`, or a cron expression; both may end in a zone: `0 0 9 * * *[Europe/Berlin]`. */
export function parseCycle(text: string, now: EpochMs, zone: string): Cycle | undefined {
  const parts = splitZone(text, zone)
  if (!parts) return undefined
  if (parts.text.startsWith('R')) return parseRepeating(parts.text, now, parts.zone)
  const next = readCron(parts.text, parts.zone)
  return next && { repetitions: -1, firstFrom: (from) => next(from - 1), countBefore: () => 0, text }
}

function parseRepeating(text: string, now: EpochMs, given: string): Cycle | undefined {
  const match = /^R(\d*)\/(?:(.+)\/)?(P[^/]+)$/.exec(text)
  const period = match && parseDuration(match[3] ?? '')
  const start = match?.[2] === undefined ? undefined : splitZone(match[2], given)
  if (!match || !period || (match[2] !== undefined && !start) || match[1] === '0') return undefined
  const zone = start?.zone ?? given
  const length = addDuration(now, period, zone) - now
  const origin = start ? parseInstant(start.text, zone) : addDuration(now, period, zone)
  if (length <= 0 || origin === undefined) return undefined
  const at = (times: number) => addDuration(origin, period, zone, times)
  const countBefore = (until: EpochMs): number => {
    if (origin >= until) return 0
    // Near the point by arithmetic, then exactly by the calendar: months and days differ in length.
    let times = Math.floor((until - origin) / length)
    while (at(times) < until) times++
    while (times > 0 && at(times - 1) >= until) times--
    return times
  }
  const begun = `${DateTime.fromMillis(origin, { zone }).toISO()}[${zone}]`
  return {
    repetitions: match[1] === '' ? -1 : Number(match[1]),
    firstFrom: (from) => at(countBefore(from)),
    countBefore,
    text: `R${match[1]}/${begun}/${match[3]}`,
  }
}
