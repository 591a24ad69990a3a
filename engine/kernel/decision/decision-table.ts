import {
  type CompiledUnaryTests,
  compileExpression,
  compileUnaryTests,
  type ExpressionEnv,
  type FeelScope,
  type FeelValue,
  isList,
  toJson,
} from '../expression/index.ts'
import type { Json } from '../record/json.ts'
import { type Compilation, compileText, contextOf, declarationsOf, idOf, type Logic, problem } from './compilation.ts'
import { DecisionFailure } from './decision-failure.ts'
import { aggregators, type Hit, type HitSelection, hitPolicies, selectHits } from './hit-policy.ts'
import { describeMisfit, fitValue, type ItemType } from './item-type.ts'
import { childOf, childrenNamed, textOf, type XmlElement } from './xml-element.ts'

interface InputColumn {
  readonly label: string
  readonly logic: Logic
  readonly type: ItemType | undefined
  readonly allowed: CompiledUnaryTests | undefined
}

interface OutputColumn {
  readonly name: string
  readonly type: ItemType | undefined
  readonly allowed: CompiledUnaryTests | undefined
  readonly fallback: Logic | undefined
}

interface Rule {
  readonly id: string
  readonly tests: readonly CompiledUnaryTests[]
  readonly outputs: readonly Logic[]
}

export interface TableResult {
  readonly value: FeelValue
  readonly matchedRules: readonly string[]
  readonly inputs: Readonly<Record<string, Json>>
}

export interface CompiledTable {
  readonly evaluate: (scope: FeelScope, env: ExpressionEnv) => TableResult
  readonly logic: Logic
}

const passAll: CompiledUnaryTests = { text: '-', test: () => ({ ok: true, value: true, warnings: [] }) }

/** DMN 1.5 §8. Cells are compiled once. */
export function compileDecisionTable(element: XmlElement, owner: string, compilation: Compilation): CompiledTable {
  const inputs = childrenNamed(element, 'input').map((input, index) => compileInput(input, index, owner, compilation))
  const outputElements = childrenNamed(element, 'output')
  const outputs = outputElements.map((output) => compileOutput(output, outputElements.length, owner, compilation))
  const rules = childrenNamed(element, 'rule').map((rule, index) => compileRule(rule, index, { inputs, outputs, owner, compilation }))
  const selection = readSelection(element, outputs, owner, compilation)
  const evaluate = (scope: FeelScope, env: ExpressionEnv): TableResult => {
    const values = inputs.map((input) => inputValue(input, scope, env))
    const hits: Hit[] = []
    for (const rule of rules) {
      if (!holds(rule, values, scope, env)) continue
      hits.push({ ruleId: rule.id, outputs: outputValues(rule, outputs, scope, env) })
      if (selection.policy === 'FIRST') break
    }
    return {
      value: hits.length > 0 ? selectHits(hits, selection) : fallbackValue(outputs, selection, scope, env),
      matchedRules: hits.map((hit) => hit.ruleId),
      inputs: contextOf(inputs.map((input, index) => [input.label, toJson(values[index] ?? null)] as const)) as Record<string, Json>,
    }
  }
  return { evaluate, logic: (scope, env) => evaluate(scope, env).value }
}

function compileInput(input: XmlElement, index: number, owner: string, compilation: Compilation): InputColumn {
  const expression = childOf(input, 'inputExpression')
  const text = textOf(expression, 'text')
  const id = idOf(input, owner)
  if (text === '')
    problem(compilation, id, `Expected an expression for input column ${index + 1}, found none. Write what the column looks at.`)
  const logic = compileText(text, expression ?? input, id, compilation)
  return {
    label: input.attributes.label || text || `input ${index + 1}`,
    logic,
    type: compilation.types.find(expression?.attributes.typeRef),
    allowed: compileTests(textOf(childOf(input, 'inputValues'), 'text'), id, compilation),
  }
}

function compileTests(text: string, elementId: string, compilation: Compilation): CompiledUnaryTests | undefined {
  if (text === '') return undefined
  const compiled = compileUnaryTests(text, declarationsOf(compilation))
  if (compiled.ok) return compiled.compiled
  problem(compilation, elementId, compiled.message)
  return undefined
}

function compileOutput(output: XmlElement, count: number, owner: string, compilation: Compilation): OutputColumn {
  const id = idOf(output, owner)
  const name = output.attributes.name ?? ''
  if (count > 1 && name === '') problem(compilation, id, 'Expected a name for each of several output columns, found none. Name the output.')
  const fallback = childOf(output, 'defaultOutputEntry')
  return {
    name,
    type: compilation.types.find(output.attributes.typeRef),
    allowed: compileTests(textOf(childOf(output, 'outputValues'), 'text'), id, compilation),
    fallback: fallback && compileText(textOf(fallback, 'text'), fallback, id, compilation),
  }
}

interface RuleSurroundings {
  readonly inputs: readonly InputColumn[]
  readonly outputs: readonly OutputColumn[]
  readonly owner: string
  readonly compilation: Compilation
}

function compileRule(rule: XmlElement, index: number, { inputs, outputs, owner, compilation }: RuleSurroundings): Rule {
  const id = rule.attributes.id ?? `rule ${index + 1}`
  const inputEntries = childrenNamed(rule, 'inputEntry')
  const outputEntries = childrenNamed(rule, 'outputEntry')
  if (inputEntries.length !== inputs.length || outputEntries.length !== outputs.length) {
    problem(
      compilation,
      id,
      `Expected ${inputs.length} input and ${outputs.length} output cells in a rule of '${owner}', found ${inputEntries.length} and ${outputEntries.length}. Open the table in the designer and save it again.`,
    )
  }
  return {
    id,
    tests: inputEntries.map((entry) => compileTests(textOf(entry, 'text'), idOf(entry, id), compilation) ?? passAll),
    outputs: outputEntries.map((entry) => compileText(textOf(entry, 'text'), entry, id, compilation)),
  }
}

function readSelection(element: XmlElement, outputs: readonly OutputColumn[], owner: string, compilation: Compilation): HitSelection {
  const id = idOf(element, owner)
  const policyText = element.attributes.hitPolicy || 'UNIQUE'
  const policy = hitPolicies.find((known) => known === policyText)
  if (!policy) problem(compilation, id, `Expected one of the hit policies ${hitPolicies.join(', ')}, found '${policyText}'.`)
  const aggregatorText = element.attributes.aggregation ?? ''
  const aggregator = aggregators.find((known) => known === aggregatorText)
  if (aggregatorText !== '' && !aggregator)
    problem(compilation, id, `Expected one of ${aggregators.join(', ')} as aggregation, found '${aggregatorText}'.`)
  if (aggregator && policy !== 'COLLECT')
    problem(compilation, id, `Expected an aggregation with hit policy COLLECT only, found one with ${policyText}.`)
  if (aggregator && outputs.length > 1) {
    problem(compilation, id, `Expected one output column to aggregate, found ${outputs.length}. Split the table.`)
  }
  const [single] = outputs
  return {
    policy: policy ?? 'UNIQUE',
    ...(aggregator && { aggregator }),
    priorities: outputs.map(priorityValues),
    shape: (values) =>
      outputs.length === 1 && single
        ? (values[0] ?? null)
        : contextOf(outputs.map((output, index) => [output.name, values[index] ?? null])),
  }
}

/** The list of output values is a list of expressions too; its order is the priority. */
function priorityValues(output: OutputColumn): readonly FeelValue[] {
  const text = (output.allowed ?? output.type?.allowed)?.text
  if (text === undefined) return []
  const compiled = compileExpression(`[${text}]`)
  if (!compiled.ok) return []
  const evaluated = compiled.compiled.evaluateRaw(() => undefined, { now: 0, zone: 'UTC' })
  return evaluated.ok && isList(evaluated.value) ? evaluated.value : []
}

function inputValue(input: InputColumn, scope: FeelScope, env: ExpressionEnv): FeelValue {
  const raw = input.logic(scope, env)
  // a column's type is often left at the designer's default: it reads texts as dates, and takes the rest as it is
  const value = fitValue(raw, input.type, env) ?? raw
  if (value === null || !input.allowed) return value
  const allowed = input.allowed.test(value, scope, env)
  if (allowed.ok && allowed.value) return value
  throw new DecisionFailure(
    `Expected input '${input.label}' to be one of ${input.allowed.text}, found ${JSON.stringify(toJson(value))}. Correct the value, or widen the list of the column.`,
  )
}

function holds(rule: Rule, values: readonly FeelValue[], scope: FeelScope, env: ExpressionEnv): boolean {
  return rule.tests.every((test, index) => {
    const tested = test.test(values[index] ?? null, scope, env)
    if (!tested.ok) throw new DecisionFailure(`Rule ${rule.id}: ${tested.message}`)
    return tested.value
  })
}

function outputValues(rule: Rule, columns: readonly OutputColumn[], scope: FeelScope, env: ExpressionEnv): FeelValue[] {
  return columns.map((column, index) => {
    const raw = rule.outputs[index]?.(scope, env) ?? null
    const value = fitValue(raw, column.type, env)
    if (value === undefined && column.type) {
      throw new DecisionFailure(
        `Rule ${rule.id}, output '${column.name}': ${describeMisfit(raw, column.type)}. Correct the cell or the column's type.`,
      )
    }
    if (value !== null && column.allowed) {
      const allowed = column.allowed.test(value, scope, env)
      if (!allowed.ok || !allowed.value) {
        throw new DecisionFailure(
          `Rule ${rule.id}: expected output '${column.name}' to be one of ${column.allowed.text}, found ${JSON.stringify(toJson(value ?? null))}. Correct the cell, or widen the list of the column.`,
        )
      }
    }
    return value ?? null
  })
}

/** When no rule holds: the default outputs, or null; a collection is empty then. */
function fallbackValue(outputs: readonly OutputColumn[], selection: HitSelection, scope: FeelScope, env: ExpressionEnv): FeelValue {
  if (outputs.some((output) => output.fallback)) return selection.shape(outputs.map((output) => output.fallback?.(scope, env) ?? null))
  if (selection.aggregator === 'COUNT') return 0
  return null
}
