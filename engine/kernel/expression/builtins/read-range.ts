import type { FeelValue } from '../contract.ts'
import { readStringLiteral } from '../syntax/string-literal.ts'
import { compareOrder } from '../value/compare.ts'
import { numberFromText } from '../value/number.ts'
import { FeelRange } from '../value/range.ts'
import { readDate, readDateTime, readDuration, readTemporal, readTime } from '../value/read-temporal.ts'

const readers: Readonly<Record<string, (text: string) => FeelValue | undefined>> = {
  date: readDate,
  time: readTime,
  'date and time': readDateTime,
  duration: readDuration,
  '@': readTemporal,
}

/** DMN 1.5 table 73: reads `[1..10]`, `("a".."c"]`; ends are literals. A half-open range leaves one end out. */
export function parseRange(text: string): FeelRange | undefined {
  const match = /^\s*([[\](])(.*?)\.\.(.*)([[\])])\s*$/s.exec(text)
  if (!match) return undefined
  const [, open, startText = '', endText = '', close] = match
  const start = readEnd(startText.trim())
  const end = readEnd(endText.trim())
  if (start === null || end === null || (start === undefined && end === undefined)) return undefined
  if (start !== undefined && end !== undefined && !((compareOrder(start, end) ?? 1) <= 0)) return undefined
  const startIncluded = open === '['
  const endIncluded = close === ']'
  if ((start === undefined && startIncluded) || (end === undefined && endIncluded)) return undefined
  return new FeelRange(start, end, startIncluded, endIncluded)
}

/** Undefined for no end, null for one that cannot be read. */
function readEnd(text: string): FeelValue | undefined {
  if (text === '') return undefined
  if (/^-?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text)) return numberFromText(text)
  if (/^"(?:[^"\\]|\\.)*"$/s.test(text)) return readStringLiteral(text)
  const call = /^(date and time|date|time|duration)\s*\(\s*"([^"]*)"\s*\)$|^(@)"([^"]*)"$/.exec(text)
  if (!call) return null
  return readers[call[1] ?? call[3] ?? '']?.(call[2] ?? call[4] ?? '') ?? null
}
