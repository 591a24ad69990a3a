import type { Json } from '../../record/json.ts'
import type { FeelValue } from '../contract.ts'
import { FeelFunction } from './function.ts'
import { isList, setEntry } from './kind.ts'
import { isDecimal } from './number.ts'
import { FeelRange } from './range.ts'
import { FeelDateTime, isTemporal } from './temporal.ts'
import { toText } from './to-text.ts'

/** A value as JSON: dates, times and durations as ISO 8601 text, decimals as numbers, ranges as FEEL text, functions as null. */
export function toJson(value: FeelValue): Json {
  if (value === null || value === undefined) return null
  if (typeof value !== 'object')
    return typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint' ? null : (value as Json)
  if (isList(value)) return value.map(toJson)
  if (isDecimal(value)) return value.toNumber()
  if (value instanceof FeelDateTime) return value.toIso()
  if (isTemporal(value)) return value.toString()
  if (value instanceof FeelRange) return toText(value)
  if (value instanceof FeelFunction) return null
  const json: Record<string, FeelValue> = {}
  for (const [key, entry] of Object.entries(value)) setEntry(json, key, toJson(entry))
  return json as Json
}
