import type { FeelValue } from '../contract.ts'
import { FeelFunction } from './function.ts'
import { isList } from './kind.ts'
import { isNumber, numberText } from './number.ts'
import { FeelRange } from './range.ts'
import { isTemporal } from './temporal.ts'

/** FEEL's `string()` (DMN 1.5 table 75). */
export function toText(value: FeelValue, nested = false): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return nested ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
  if (typeof value === 'boolean') return String(value)
  if (isNumber(value)) return numberText(value)
  if (isTemporal(value)) return value.toString()
  if (isList(value)) return `[${value.map((item) => toText(item, true)).join(', ')}]`
  if (value instanceof FeelRange) return rangeText(value)
  if (value instanceof FeelFunction) return `function(${value.parameters.map((parameter) => parameter.name).join(', ')})`
  const entries = Object.entries(value as object).map(([key, entry]) => `${keyText(key)}: ${toText(entry, true)}`)
  return `{${entries.join(', ')}}`
}

function keyText(key: string): string {
  return /^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(key) ? key : toText(key, true)
}

function rangeText(range: FeelRange): string {
  if (range.start === undefined) return `${range.endIncluded ? '<=' : '<'} ${toText(range.end, true)}`
  if (range.end === undefined) return `${range.startIncluded ? '>=' : '>'} ${toText(range.start, true)}`
  return `${range.startIncluded ? '[' : '('}${toText(range.start, true)}..${toText(range.end, true)}${range.endIncluded ? ']' : ')'}`
}
