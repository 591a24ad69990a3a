import { DateTime } from 'luxon'
import type { EpochMs } from '../kernel/index.ts'

/** The calendar day at that time in that zone, YYYY-MM-DD. */
export function zonedDay(at: EpochMs, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd')
}

/** ISO 8601 with the zone's offset, e.g. 2017-03-01T09:30:00.000+08:00. */
export function zonedTime(at: EpochMs, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toISO() ?? new Date(at).toISOString()
}
