import type { FeelValue } from '../contract.ts'
import { FeelFunction } from './function.ts'
import { isDecimal } from './number.ts'
import { FeelRange } from './range.ts'
import { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration } from './temporal.ts'

/** Names of FEEL's types, as `instance of` writes them. */
export type Kind =
  | 'null'
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'list'
  | 'context'
  | 'range'
  | 'function'

export type FeelContext = Readonly<Record<string, FeelValue>>

export function kindOf(value: FeelValue): Kind {
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'object':
      return value === null ? 'null' : kindOfObject(value)
    default:
      return 'null'
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return 'list'
  if (isDecimal(value)) return 'number'
  if (value instanceof FeelDate) return 'date'
  if (value instanceof FeelTime) return 'time'
  if (value instanceof FeelDateTime) return 'date and time'
  if (value instanceof DaysDuration) return 'days and time duration'
  if (value instanceof MonthsDuration) return 'years and months duration'
  if (value instanceof FeelRange) return 'range'
  if (value instanceof FeelFunction) return 'function'
  return 'context'
}

export function isList(value: FeelValue): value is readonly FeelValue[] {
  return Array.isArray(value)
}

export function isContext(value: FeelValue): value is FeelContext {
  return typeof value === 'object' && value !== null && kindOfObject(value) === 'context'
}

/** Own entries only: a key named like a member of Object is absent unless the context holds it. */
export function entryOf(context: FeelContext, key: string): FeelValue | undefined {
  return Object.hasOwn(context, key) ? (context[key] ?? null) : undefined
}

/** Sets a key without touching the prototype, whatever its name. */
export function setEntry(context: Record<string, FeelValue>, key: string, value: FeelValue): void {
  if (key === '__proto__') Object.defineProperty(context, key, { value, enumerable: true, configurable: true, writable: true })
  else context[key] = value
}
