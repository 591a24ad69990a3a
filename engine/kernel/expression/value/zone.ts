/** A time zone of a FEEL value: a fixed offset, or a name of the IANA database. */
export interface Zone {
  /** `Z`, `+08:00` or `Asia/Shanghai`. */
  readonly id: string
  /** Seconds east of UTC; absent for a named zone, whose offset depends on the day. */
  readonly offset?: number
}

export const utc: Zone = { id: 'Z', offset: 0 }

const longestOffset = 18 * 3600

export function fixedZone(seconds: number): Zone | undefined {
  if (Math.abs(seconds) > longestOffset) return undefined
  return seconds === 0 ? utc : { id: offsetText(seconds), offset: seconds }
}

export function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z'
  const abs = Math.abs(seconds)
  const parts = [Math.floor(abs / 3600), Math.floor(abs / 60) % 60, abs % 60].map((part) => String(part).padStart(2, '0'))
  return (seconds < 0 ? '-' : '+') + (abs % 60 === 0 ? parts.slice(0, 2) : parts).join(':')
}

const offsetPattern = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/

/** Reads `Z`, `+08:00` or `@Asia/Shanghai`; undefined when there is no such zone. */
export function readZone(text: string): Zone | undefined {
  if (text === 'Z' || text === 'z') return utc
  if (text.startsWith('@')) return namedZone(text.slice(1))
  const match = offsetPattern.exec(text)
  if (!match) return undefined
  const [, sign, hours, minutes, seconds = '0'] = match
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return fixedZone(sign === '-' ? -total : total)
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>()

function formatOf(id: string): Intl.DateTimeFormat | undefined {
  if (formats.has(id)) return formats.get(id)
  let format: Intl.DateTimeFormat | undefined
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    format = undefined
  }
  if (formats.size >= 1000) formats.clear()
  formats.set(id, format)
  return format
}

export function namedZone(id: string): Zone | undefined {
  if (!/^[A-Za-z]/.test(id) || !formatOf(id)) return undefined
  return id === 'UTC' || id === 'Etc/UTC' ? { id, offset: 0 } : { id }
}

const offsets = new Map<string, number>()
const quarter = 900
/** From 1973 on clocks change at full quarters of an hour only. */
const firstRegular = 94_694_400

/** Seconds east of UTC at a moment, in epoch seconds. */
export function offsetAt(zone: Zone, epochSeconds: number): number {
  if (zone.offset !== undefined) return zone.offset
  if (epochSeconds < firstRegular) return computeOffset(zone, epochSeconds)
  const key = `${zone.id} ${Math.floor(epochSeconds / quarter)}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    offset = computeOffset(zone, epochSeconds)
    if (offsets.size >= 1000) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}

function computeOffset(zone: Zone, epochSeconds: number): number {
  const format = formatOf(zone.id)
  // the calendar of JS ends about year 275760; beyond it no zone has rules
  if (!format || Math.abs(epochSeconds) > 8.6e12) return 0
  const part: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(epochSeconds * 1000)) part[type] = value
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year)
  const local = new Date(0)
  local.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
  local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
  return Math.round(local.getTime() / 1000 - epochSeconds)
}

/** Offset at a wall clock reading, given as seconds since 1970-01-01T00:00 on that clock. */
export function offsetAtLocal(zone: Zone, localSeconds: number): number {
  if (zone.offset !== undefined) return zone.offset
  const guess = offsetAt(zone, localSeconds)
  return offsetAt(zone, localSeconds - guess)
}
