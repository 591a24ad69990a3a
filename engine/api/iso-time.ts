import { DateTime } from 'luxon'

/** Epoch ms as ISO 8601 with the offset of the zone. */
export function isoTime(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toISO() ?? new Date(ms).toISOString()
}
