import { DateTime } from 'luxon'
import type { Text } from '../contract.ts'

/** Formats of dates and times (data element 2379) that the platform reads and writes, as luxon writes them. */
const FORMATS: Readonly<Record<string, string>> = {
  '101': 'yyMMdd',
  '102': 'yyyyMMdd',
  '201': 'yyMMddHHmm',
  '203': 'yyyyMMddHHmm',
  '204': 'yyyyMMddHHmmss',
  '205': 'yyyyMMddHHmmZZ',
  '304': 'yyyyMMddHHmmssZZ',
  '401': 'HHmm',
  '602': 'yyyy',
  '610': 'yyyyMM',
}

/** What is wrong with a value of that format; undefined when nothing is, or when the format is not one of the known ones. */
export function formatProblem(value: string, format: string): Text | undefined {
  const pattern = FORMATS[format]
  if (pattern === undefined || parse(value, pattern) !== undefined) return undefined
  return {
    en: `Expected a date or time of format ${format} (${pattern}), found "${value}"; check that the day exists and the format code fits`,
    zh: `应为格式 ${format}（${pattern}）的日期或时间，现为“${value}”；请核对日期是否存在、格式代码是否相符`,
  }
}

/** ISO 8601 day of a value that begins with one; undefined when there is none. */
export function toIsoDay(value: string): string | undefined {
  return /^\d{8}/.test(value) ? (parse(value.slice(0, 8), 'yyyyMMdd')?.toISODate() ?? undefined) : undefined
}

/** ISO 8601 time to the minute with its offset. A value without one is a time of the zone. */
export function toIsoTime(value: string, zone: string): string | undefined {
  const offset = /^\d{12,14}([+-]\d{2}:?\d{2})$/.exec(value)?.[1]
  const digits = value.slice(0, value.length - (offset?.length ?? 0))
  const pattern = { 8: 'yyyyMMdd', 12: 'yyyyMMddHHmm', 14: 'yyyyMMddHHmmss' }[digits.length]
  if (pattern === undefined) return undefined
  const time = parse(digits, pattern, offset === undefined ? zone : `UTC${offset}`)
  return time?.toISO({ suppressSeconds: true, suppressMilliseconds: true }) ?? undefined
}

/** The same as `YYYY-MM-DDThh:mmZ`, which is how times of ships are written. */
export function toUtcMinute(value: string, zone: string): string | undefined {
  const iso = toIsoTime(value, zone)
  return iso === undefined ? undefined : DateTime.fromISO(iso).toUTC().toFormat("yyyy-MM-dd'T'HH:mm'Z'")
}

/** `YYYYMMDD` of an ISO 8601 day or time, as it is written. */
export function toPlainDay(iso: string): string {
  return iso.slice(0, 10).replaceAll('-', '')
}

/** `YYYYMMDDHHMM` in the zone, of an ISO 8601 time; of a day alone: midnight. */
export function toPlainTime(iso: string, zone: string): string {
  const time = DateTime.fromISO(iso, { zone })
  return time.isValid ? time.toFormat('yyyyMMddHHmm') : iso
}

function parse(value: string, pattern: string, zone = 'UTC'): DateTime | undefined {
  const time = DateTime.fromFormat(value, pattern, { zone })
  return time.isValid ? time : undefined
}
