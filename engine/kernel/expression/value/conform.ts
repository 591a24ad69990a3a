import type { FeelValue } from '../contract.ts'
import type { FeelType } from '../syntax/node.ts'
import { entryOf, isContext, isList, kindOf } from './kind.ts'
import { FeelRange } from './range.ts'
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts'
import { utc } from './zone.ts'

const kinds: Readonly<Record<string, readonly string[]>> = {
  number: ['number'],
  string: ['string'],
  boolean: ['boolean'],
  date: ['date'],
  time: ['time'],
  'date and time': ['date and time'],
  dateTime: ['date and time'],
  duration: ['days and time duration', 'years and months duration'],
  'days and time duration': ['days and time duration'],
  dayTimeDuration: ['days and time duration'],
  'years and months duration': ['years and months duration'],
  yearMonthDuration: ['years and months duration'],
  list: ['list'],
  context: ['context'],
  range: ['range'],
  function: ['function'],
}

/** Names FEEL defines; any other name is a modeller's own type. */
export function isBuiltinType(name: string): boolean {
  return name === 'Any' || name === 'Null' || Object.hasOwn(kinds, name)
}

/** DMN 1.5 §10.3.2.9: `instance of`. Null is an instance of Null only. */
export function isInstance(value: FeelValue, type: FeelType): boolean {
  switch (type.kind) {
    case 'list':
      return isList(value) && value.every((item) => conforms(item, type.element))
    case 'range':
      return value instanceof FeelRange && [value.start, value.end].every((end) => end === undefined || conforms(end, type.element))
    case 'context':
      return isContext(value) && type.entries.every((entry) => conforms(entryOf(value, entry.name), entry.type))
    case 'function':
      return kindOf(value) === 'function'
    case 'name': {
      const kind = kindOf(value)
      if (type.name === 'Any') return kind !== 'null'
      if (type.name === 'Null') return kind === 'null'
      return kinds[type.name]?.includes(kind) ?? false
    }
  }
}

function conforms(value: FeelValue | undefined, type: FeelType): boolean {
  if (value === undefined) return false
  return value === null || isInstance(value, type)
}

/** DMN 1.5 §10.3.2.9.4: the value as the type wants it, or undefined when it does not conform. */
export function coerce(value: FeelValue, type: FeelType): FeelValue | undefined {
  if (value === null || value === undefined) return null
  if (type.kind === 'name' && !isBuiltinType(type.name)) return value
  if (isInstance(value, type)) return value
  if (type.kind === 'list') return isList(value) ? undefined : wrapped(value, type.element)
  if (type.kind === 'name' && type.name === 'list') return [value]
  // One list is taken off, not several.
  if (isList(value) && value.length === 1) return isList(value[0]) ? undefined : coerce(value[0], type)
  if (value instanceof FeelDate && type.kind === 'name' && (type.name === 'date and time' || type.name === 'dateTime')) {
    return new FeelDateTime(value, new FeelTime(0, utc))
  }
  return undefined
}

function wrapped(value: FeelValue, element: FeelType): FeelValue | undefined {
  const item = coerce(value, element)
  return item === undefined ? undefined : [item]
}
