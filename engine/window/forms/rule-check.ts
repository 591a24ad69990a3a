import { type CompiledExpression, compileExpression, type FeelScope, type Json, type JsonObject } from '../../kernel/index.ts'
import type { Codelist, ItemError, Text } from '../contract.ts'
import type { DeclarationForm } from './declaration-form.ts'
import { shown } from './error-text.ts'
import type { CheckContext } from './schema-check.ts'
import { repeatedRows } from './unique-rows.ts'

/** Rule of `<form>.rules.json`. FEEL over the declaration; with `group` once per row, as `row`, with its 1-based `position`. */
export interface Rule {
  readonly id: string
  readonly item: string
  readonly group?: string
  /** Items that must be there and free of schema errors, else the rule is left out: `net_weight`, `row.unit_price`, `lines.total_price`. */
  readonly reads: readonly string[]
  /** Services that the rule holds for; every service when absent. */
  readonly service?: readonly string[]
  /** The rule holds only when this is true. */
  readonly when?: string
  /** True when all is well. Anything else, null included, is an error. */
  readonly check?: string
  /** Instead of `check`, in a group: items that no two rows may have alike together. Quick for thousands of rows, where FEEL is not. */
  readonly unique?: readonly string[]
  /** Values that the text names beside the items, as FEEL. */
  readonly values?: Readonly<Record<string, string>>
  /** `{net_weight}`, `{row.line_no}`, `{position}` and the names of `values` are replaced. */
  readonly text: Text
}
export interface RuleFile {
  readonly form: string
  /** Names under which rules see the code list entry of an item: of the header (`entry_exit_port`) or of the rule's row (`row.un_number`). */
  readonly lookups?: Readonly<Record<string, { readonly item: string; readonly codelist: string }>>
  /** FEEL over the declaration under names of their own; worked out at most once for all rules and rows. */
  readonly once?: Readonly<Record<string, string>>
  readonly rules: readonly Rule[]
}
/** Applies the rules to data that `schemaErrors` is all that the schema has to say about. */
export type RuleCheck = (data: JsonObject, schemaErrors: readonly ItemError[], context: CheckContext) => readonly ItemError[]

interface CompiledRule {
  readonly rule: Rule
  readonly when?: CompiledExpression
  readonly check?: CompiledExpression
  readonly values: readonly (readonly [string, CompiledExpression])[]
}

// Rules speak about the declaration alone, so they must not depend on the day: the same data always has the same errors.
const ENV = { now: 0, zone: 'Asia/Shanghai' }

/** Compiles the rules of a form. Throws when a rule does not compile or names an item that the form lacks. */
export function compileRules(form: DeclarationForm, file: RuleFile, codelists: ReadonlyMap<string, Codelist>): RuleCheck {
  refuseFaultyHead(form, file, codelists)
  const once = new Map(Object.entries(file.once ?? {}).map(([name, text]) => [name, compile({ id: `once ${name}` }, text)]))
  const rules = file.rules.map((rule) => compileRule(form, rule))
  return (data, schemaErrors, context) => {
    const usable = usableItems(form, data, schemaErrors)
    const parts = { lookups: file.lookups ?? {}, once, codelists, day: context.day }
    const root = rootScope(data, parts)
    return rules.flatMap((compiled) => {
      const { group, service, unique } = compiled.rule
      if (service !== undefined && !service.includes(context.service ?? '')) return []
      if (group === undefined) return applyRule(compiled, { scope: root, usable: (read) => usable(read) })
      const rows = rowsOf(data, group)
      const repeated = unique === undefined ? undefined : repeatedRows(rows, unique)
      return rows.flatMap((row, index) => {
        if (repeated !== undefined && !repeated.has(index)) return []
        const scope: FeelScope = (name) =>
          name === 'row' ? row : name === 'position' ? index + 1 : (lookUp(name, 'row.', row, parts) ?? root(name))
        return applyRule(compiled, { scope, usable: (read) => usable(read, { group, index }), line: index + 1 })
      })
    })
  }
}

function refuseFaultyHead(form: DeclarationForm, file: RuleFile, codelists: ReadonlyMap<string, Codelist>): void {
  if (file.form !== form.id) throw new Error(`Expected the rules of form ${form.id} to say so, but found form ${file.form}`)
  for (const [name, { item, codelist }] of Object.entries(file.lookups ?? {})) {
    const id = item.replace(/^row\./, '')
    if (!codelists.has(codelist) || !form.items.some((each) => each.id === id && (each.group !== undefined) === (id !== item)))
      throw new Error(`Expected lookup ${name} of form ${form.id} to name an item and a code list, but found ${item} and ${codelist}`)
  }
  const ids = file.rules.map((rule) => rule.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new Error(`Expected rule ids of form ${form.id} to be there once, but found ${twice} twice`)
}

function compileRule(form: DeclarationForm, rule: Rule): CompiledRule {
  for (const read of [rule.item, ...rule.reads, ...(rule.unique ?? []).map((item) => `row.${item}`)]) {
    const [head = '', tail] = read.split('.')
    const group =
      head === 'row' || (tail === undefined && rule.group !== undefined && read === rule.item)
        ? rule.group
        : form.groups.has(head)
          ? head
          : undefined
    const id = head === 'row' || form.groups.has(head) ? tail : head
    const known =
      id === undefined ? form.groups.has(head) : form.items.some((item) => item.id === id && item.group === group) || form.groups.has(id)
    if (!known) throw new Error(`Expected rule ${rule.id} to speak of items of form ${form.id}, but ${read} is none of them`)
  }
  if ((rule.check === undefined) === (rule.unique === undefined) || (rule.unique !== undefined && rule.group === undefined))
    throw new Error(`Expected rule ${rule.id} to have a check, or in a group unique items`)
  return {
    rule,
    ...(rule.when === undefined ? {} : { when: compile(rule, rule.when) }),
    ...(rule.check === undefined ? {} : { check: compile(rule, rule.check) }),
    values: Object.entries(rule.values ?? {}).map(([name, text]) => [name, compile(rule, text)] as const),
  }
}

function compile(rule: { readonly id: string }, text: string): CompiledExpression {
  const result = compileExpression(text)
  if (!result.ok) throw new Error(`Expected rule ${rule.id} to be FEEL: ${result.message}`)
  return result.compiled
}

interface RuleContext {
  readonly scope: FeelScope
  readonly usable: (read: string) => boolean
  readonly line?: number
}

function applyRule({ rule, when, check, values }: CompiledRule, { scope, usable, line }: RuleContext): readonly ItemError[] {
  if (!rule.reads.every(usable)) return []
  if (when !== undefined && evaluate(when, scope) !== true) return []
  if (check !== undefined && evaluate(check, scope) === true) return []
  const computed = new Map(values.map(([name, expression]) => [name, evaluate(expression, scope)]))
  const fill = (text: string) =>
    text.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => plain(computed.has(path) ? computed.get(path) : readPath(scope, path)))
  const place = { ...(rule.group === undefined ? {} : { group: rule.group }), ...(line === undefined ? {} : { line }) }
  return [{ item: rule.item, ...place, rule: rule.id, text: { en: fill(rule.text.en), zh: fill(rule.text.zh) } }]
}

function evaluate(expression: CompiledExpression, scope: FeelScope): Json {
  const result = expression.evaluate(scope, ENV)
  return result.ok ? result.value : null
}

interface RootParts {
  readonly lookups: NonNullable<RuleFile['lookups']>
  readonly once: ReadonlyMap<string, CompiledExpression>
  readonly codelists: ReadonlyMap<string, Codelist>
  readonly day: string | undefined
}

function rootScope(data: JsonObject, parts: RootParts): FeelScope {
  const known = new Map<string, Json>()
  const scope: FeelScope = (name) => {
    if (known.has(name)) return known.get(name)
    if (Object.hasOwn(parts.lookups, name)) return lookUp(name, '', data, parts) ?? null
    const expression = parts.once.get(name)
    if (expression === undefined) return Object.hasOwn(data, name) ? data[name] : undefined
    const value = evaluate(expression, scope)
    known.set(name, value)
    return value
  }
  return scope
}

/** The list entry behind a lookup of the holder's items, which are named with that prefix. */
function lookUp(name: string, prefix: string, holder: Json, { lookups, codelists, day }: RootParts): Json | undefined {
  const lookup = Object.hasOwn(lookups, name) ? lookups[name] : undefined
  if (lookup === undefined || !lookup.item.startsWith(prefix) || !isObject(holder)) return undefined
  const code = holder[lookup.item.slice(prefix.length)]
  return typeof code === 'string' ? codelists.get(lookup.codelist)?.find(code, day) : undefined
}

/** Tells whether a rule may read an item: it is there, and the schema found nothing wrong with it. */
function usableItems(
  form: DeclarationForm,
  data: JsonObject,
  errors: readonly ItemError[],
): (read: string, row?: { readonly group: string; readonly index: number }) => boolean {
  const faulty = new Set(errors.map((error) => faultKey(error.group, error.line, error.item.split('.')[0] ?? '')))
  const wholeGroups = new Map<string, boolean>()
  const usable = (group: string | undefined, row: number | undefined, item: string): boolean => {
    if (faulty.has(faultKey(group, row === undefined ? undefined : row + 1, item))) return false
    const holder = group === undefined ? data : row === undefined ? undefined : rowsOf(data, group)[row]
    return isObject(holder) && Object.hasOwn(holder, item) && holder[item] !== null
  }
  const inRow = (group: string, row: number, item: string) => !faulty.has(faultKey(group, row + 1, group)) && usable(group, row, item)
  const inEveryRow = (group: string, item: string | undefined): boolean => {
    if (faulty.has(faultKey(undefined, undefined, group))) return false
    return item === undefined || rowsOf(data, group).every((_, index) => inRow(group, index, item))
  }
  return (read, row) => {
    const [head = '', item] = read.split('.')
    if (head === 'row' && row !== undefined && item !== undefined) return inRow(row.group, row.index, item)
    if (!form.groups.has(head)) return usable(undefined, undefined, head)
    // Asked again for every row of a rule: worked out once.
    const known = wholeGroups.get(read) ?? inEveryRow(head, item)
    wholeGroups.set(read, known)
    return known
  }
}

function rowsOf(data: JsonObject, group: string): readonly Json[] {
  const rows = Object.hasOwn(data, group) ? data[group] : undefined
  return Array.isArray(rows) ? rows : []
}

function faultKey(group: string | undefined, line: number | undefined, item: string): string {
  return `${group ?? ''}/${line ?? ''}/${item}`
}

function readPath(scope: FeelScope, path: string): unknown {
  const [head = '', ...rest] = path.split('.')
  return rest.reduce<unknown>((value, part) => (isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined), scope(head))
}

function plain(value: unknown): string {
  return typeof value === 'string'
    ? shown(value).slice(1, -1)
    : typeof value === 'number'
      ? String(value)
      : Array.isArray(value)
        ? value.map(plain).join(', ')
        : shown(value)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
