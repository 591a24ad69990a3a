import {
  type CompiledUnaryTests,
  coerce,
  compileUnaryTests,
  type ExpressionEnv,
  entryOf,
  type FeelType,
  type FeelValue,
  isBuiltinType,
  isContext,
  isList,
  kindOf,
  readDate,
  readDateTime,
  readDuration,
  readTime,
  setEntry,
} from '../expression/index.ts'
import type { DecisionProblem } from './contract.ts'
import { childOf, childrenNamed, textOf, type XmlElement } from './xml-element.ts'

/** A type of the file: FEEL's own, or an item definition (DMN 1.5 §7.3.2). */
export interface ItemType {
  readonly name: string
  readonly collection: boolean
  readonly components?: ReadonlyMap<string, ItemType>
  /** Name of FEEL's own type at the bottom. */
  readonly builtin?: string
  readonly allowed?: CompiledUnaryTests
  /** The definition this one refines; its rules hold too. */
  readonly base?: ItemType
}

export class ItemTypes {
  private readonly definitions = new Map<string, XmlElement>()
  private readonly types = new Map<string, ItemType>()
  private readonly reading = new Set<string>()

  constructor(
    root: XmlElement,
    private readonly problems: DecisionProblem[],
  ) {
    for (const element of childrenNamed(root, 'itemDefinition')) this.definitions.set(element.attributes.name ?? '', element)
  }

  /** Undefined for no type, for `Any`, and for names the file does not define: all values fit. */
  find(typeRef: string | undefined): ItemType | undefined {
    const name = (typeRef ?? '').trim()
    if (name === '' || name === 'Any') return undefined
    const known = this.types.get(name)
    if (known) return known
    const definition = this.definitions.get(name)
    if (!definition) {
      const local = name.slice(name.indexOf(':') + 1)
      if (local !== name) return this.find(local)
      return isBuiltinType(name) ? { name, collection: false, builtin: name } : undefined
    }
    if (this.reading.has(name)) return undefined
    this.reading.add(name)
    const type = this.read(definition)
    this.reading.delete(name)
    this.types.set(name, type)
    return type
  }

  /** Result type of a decision service: its variable has a function type, or that of the result itself. */
  findOutput(typeRef: string | undefined): ItemType | undefined {
    const functionItem = childOf(this.definitions.get((typeRef ?? '').trim()), 'functionItem')
    return functionItem ? this.find(functionItem.attributes.outputTypeRef) : this.find(typeRef)
  }

  /** Shapes only: `instance of` leaves allowed values aside. */
  feelTypes(): ReadonlyMap<string, FeelType> {
    const types = new Map<string, FeelType>()
    for (const name of this.definitions.keys()) {
      const type = this.find(name)
      if (type) types.set(name, shapeOf(type))
    }
    return types
  }

  private read(definition: XmlElement): ItemType {
    const name = definition.attributes.name ?? ''
    const components = childrenNamed(definition, 'itemComponent')
    const allowedText = textOf(childOf(definition, 'allowedValues') ?? childOf(definition, 'typeConstraint'), 'text')
    const base = this.find(textOf(definition, 'typeRef'))
    return {
      name,
      collection: definition.attributes.isCollection === 'true',
      ...(components.length > 0 && { components: new Map(components.map((part) => [part.attributes.name ?? '', this.read(part)])) }),
      ...(childOf(definition, 'functionItem') && { builtin: 'function' }),
      ...(base && { base }),
      ...(allowedText !== '' && this.allowed(allowedText, definition)),
    }
  }

  private allowed(text: string, definition: XmlElement): { allowed: CompiledUnaryTests } | undefined {
    const compiled = compileUnaryTests(text)
    if (compiled.ok) return { allowed: compiled.compiled }
    this.problems.push({ elementId: definition.attributes.id ?? definition.attributes.name ?? 'definitions', message: compiled.message })
    return undefined
  }
}

function shapeOf(type: ItemType | undefined): FeelType {
  if (!type) return { kind: 'name', name: 'Any' }
  const one = shapeOfOne(type)
  return type.collection ? { kind: 'list', element: one } : one
}

function shapeOfOne(type: ItemType): FeelType {
  if (type.base) return shapeOf(type.base)
  if (type.components) return { kind: 'context', entries: [...type.components].map(([name, part]) => ({ name, type: shapeOf(part) })) }
  return { kind: 'name', name: type.builtin ?? 'Any' }
}

/** Of JSON from outside, an absent entry is as good as null; elsewhere it is a misfit. */
export type Strictness = 'strict' | 'lenient'

/**
 * The value as the type wants it, or undefined when it does not fit (DMN 1.5 §10.3.2.9.4). A text fits a date, time or
 * duration that it spells, because JSON has no dates.
 */
export function fitValue(
  value: FeelValue,
  type: ItemType | undefined,
  env: ExpressionEnv,
  strictness: Strictness = 'strict',
): FeelValue | undefined {
  if (!type || value === null || value === undefined) return value ?? null
  if (!type.collection) return fitOne(value, type, env, strictness)
  const items = (isList(value) ? value : [value]).map((item) => fitOne(item, type, env, strictness))
  return items.includes(undefined) ? undefined : items
}

function fitOne(value: FeelValue, type: ItemType, env: ExpressionEnv, strictness: Strictness): FeelValue | undefined {
  if (value === null) return null
  let fitted: FeelValue | undefined = value
  if (type.base) fitted = fitValue(value, type.base, env, strictness)
  else if (type.components) fitted = fitContext(value, type.components, env, strictness)
  else if (type.builtin) fitted = fitBuiltin(value, type.builtin)
  if (fitted === undefined || fitted === null || !type.allowed) return fitted
  const allowed = type.allowed.test(fitted, () => undefined, env)
  return allowed.ok && allowed.value ? fitted : undefined
}

function fitContext(
  value: FeelValue,
  components: ReadonlyMap<string, ItemType>,
  env: ExpressionEnv,
  strictness: Strictness,
): FeelValue | undefined {
  if (isList(value) && value.length === 1) return fitContext(value[0] ?? null, components, env, strictness)
  if (!isContext(value)) return undefined
  const context: Record<string, FeelValue> = { ...value }
  for (const [name, type] of components) {
    const entry = entryOf(value, name)
    if (entry === undefined && strictness === 'strict') return undefined
    const fitted = fitValue(entry ?? null, type, env, strictness)
    if (fitted === undefined) return undefined
    setEntry(context, name, fitted)
  }
  return context
}

const readers: Readonly<Record<string, (text: string) => FeelValue | undefined>> = {
  date: readDate,
  time: readTime,
  'date and time': readDateTime,
  dateTime: readDateTime,
  duration: readDuration,
  'days and time duration': readDuration,
  dayTimeDuration: readDuration,
  'years and months duration': readDuration,
  yearMonthDuration: readDuration,
}

function fitBuiltin(value: FeelValue, builtin: string): FeelValue | undefined {
  const reader = readers[builtin]
  const read = typeof value === 'string' && reader ? reader(value) : undefined
  return coerce(read ?? value, { kind: 'name', name: builtin })
}

export function describeMisfit(value: FeelValue, type: ItemType): string {
  return `expected a value of type '${type.name || type.builtin}', found a ${kindOf(value)} that is not one`
}
