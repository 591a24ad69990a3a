import { callFunction, FeelFunction, type FeelScope, type FeelValue, isList, Run } from '../expression/index.ts'
import { type Compilation, compileText, contextOf, idOf, inside, type Logic, problem } from './compilation.ts'
import { compileDecisionTable } from './decision-table.ts'
import { fitValue } from './item-type.ts'
import { childOf, childrenNamed, textOf, type XmlElement } from './xml-element.ts'

const boxedNames = [
  'literalExpression',
  'decisionTable',
  'context',
  'invocation',
  'relation',
  'list',
  'functionDefinition',
  'conditional',
  'filter',
  'for',
  'some',
  'every',
]

/** The logic an element holds, e.g. the decision table of a decision; undefined when it holds none. */
export function logicElement(holder: XmlElement | undefined): XmlElement | undefined {
  return holder?.children.find((child) => boxedNames.includes(child.name))
}

/** DMN 1.5 §7.3.1 and §10.2.2: any boxed expression. `owner` is the id messages name when the element has none. */
export function compileBoxed(element: XmlElement | undefined, owner: string, compilation: Compilation): Logic {
  if (!element) return () => null
  const logic = compileForm(element, owner, compilation)
  const type = compilation.types.find(element.attributes.typeRef)
  if (!type || element.name === 'functionDefinition') return logic
  return (scope, env) => fitValue(logic(scope, env), type, env) ?? null
}

function compileForm(element: XmlElement, owner: string, compilation: Compilation): Logic {
  switch (element.name) {
    case 'literalExpression':
      return compileText(textOf(element, 'text'), element, owner, compilation)
    case 'decisionTable':
      return compileDecisionTable(element, owner, compilation).logic
    case 'context':
      return compileContext(element, owner, compilation)
    case 'invocation':
      return compileInvocation(element, owner, compilation)
    case 'relation':
      return compileRelation(element, owner, compilation)
    case 'list': {
      const items = element.children
        .filter((child) => boxedNames.includes(child.name))
        .map((child) => compileBoxed(child, owner, compilation))
      return (scope, env) => items.map((item) => item(scope, env))
    }
    case 'functionDefinition':
      return compileFunctionDefinition(element, owner, compilation, '')
    case 'conditional': {
      const [condition, whenTrue, otherwise] = ['if', 'then', 'else'].map((name) => compilePart(element, name, owner, compilation))
      return (scope, env) => {
        const held = condition?.(scope, env) ?? null
        if (held !== null && typeof held !== 'boolean') return null
        return (held ? whenTrue : otherwise)?.(scope, env) ?? null
      }
    }
    case 'filter':
      return compileFilter(element, owner, compilation)
    default:
      return compileIteration(element, owner, compilation)
  }
}

function compilePart(element: XmlElement, name: string, owner: string, compilation: Compilation): Logic {
  return compileBoxed(logicElement(childOf(element, name)), owner, compilation)
}

/** Entries see the ones before them; an entry without a name is the result. */
function compileContext(element: XmlElement, owner: string, compilation: Compilation): Logic {
  const entries = childrenNamed(element, 'contextEntry').map((entry) => {
    const variable = childOf(entry, 'variable')
    const type = compilation.types.find(variable?.attributes.typeRef)
    const logic = compileBoxed(logicElement(childOf(entry, 'value') ?? entry), idOf(entry, owner), compilation)
    return { name: variable?.attributes.name, type, logic }
  })
  return (scope, env) => {
    const values = contextOf([])
    const inner = inside(values, scope)
    for (const { name, type, logic } of entries) {
      const value = fitValue(logic(inner, env), type, env) ?? null
      if (name === undefined) return value
      Object.assign(values, contextOf([[name, value]]))
    }
    return values
  }
}

function compileInvocation(element: XmlElement, owner: string, compilation: Compilation): Logic {
  const called = logicElement(childOf(element, 'calledFunction') ?? element)
  const callee = compileBoxed(called, owner, compilation)
  const bindings = childrenNamed(element, 'binding').map((binding) => ({
    name: childOf(binding, 'parameter')?.attributes.name ?? '',
    logic: compileBoxed(logicElement(childOf(binding, 'bindingFormula') ?? binding), owner, compilation),
  }))
  return (scope, env) => {
    const target = callee(scope, env)
    if (!(target instanceof FeelFunction)) return null
    const names = target.parameters.map((parameter) => parameter.name)
    if (bindings.some((binding) => !names.includes(binding.name))) return null
    const args = names.map((name) => bindings.find((binding) => binding.name === name)?.logic(scope, env) ?? null)
    return callFunction(target, args, new Run(scope, env))
  }
}

function compileRelation(element: XmlElement, owner: string, compilation: Compilation): Logic {
  const columns = childrenNamed(element, 'column').map((column) => column.attributes.name ?? '')
  const rows = childrenNamed(element, 'row').map((row) =>
    row.children.filter((cell) => boxedNames.includes(cell.name)).map((cell) => compileBoxed(cell, owner, compilation)),
  )
  return (scope, env) => rows.map((row) => contextOf(columns.map((name, index) => [name, row[index]?.(scope, env) ?? null] as const)))
}

/** A function keeps the scope it is made in. Parameters are made to fit their types; a misfit makes the call null. */
export function compileFunctionDefinition(element: XmlElement, owner: string, compilation: Compilation, name: string): Logic {
  const kind = element.attributes.kind ?? 'FEEL'
  if (kind !== 'FEEL') {
    problem(
      compilation,
      idOf(element, owner),
      `Expected a function in FEEL, found one of kind '${kind}'. Write its body in FEEL, or call a job worker.`,
    )
    return () => null
  }
  const parameters = childrenNamed(element, 'formalParameter').map((parameter) => ({
    name: parameter.attributes.name ?? '',
    type: compilation.types.find(parameter.attributes.typeRef),
  }))
  const body = compileBoxed(logicElement(element), owner, compilation)
  const formal = parameters.map((parameter) => ({ name: parameter.name }))
  return (scope) =>
    new FeelFunction(name, formal, (args, run) => {
      const entries: (readonly [string, FeelValue])[] = []
      for (const [index, parameter] of parameters.entries()) {
        const value = fitValue(args[index] ?? null, parameter.type, run.env)
        if (value === undefined) return run.warn(`The argument '${parameter.name}' does not have the parameter's type`)
        entries.push([parameter.name, value])
      }
      return body(inside(contextOf(entries), scope), run.env)
    })
}

function listOf(value: FeelValue): readonly FeelValue[] | null {
  return value === null ? null : isList(value) ? value : [value]
}

function itemScope(item: FeelValue, name: string, scope: FeelScope): FeelScope {
  return inside(contextOf([[name, item]]), scope)
}

function compileFilter(element: XmlElement, owner: string, compilation: Compilation): Logic {
  const source = compilePart(element, 'in', owner, compilation)
  const match = compilePart(element, 'match', owner, compilation)
  return (scope, env) => {
    const items = listOf(source(scope, env))
    if (!items) return null
    const kept: FeelValue[] = []
    for (const item of items) {
      const entries = typeof item === 'object' && item !== null && !isList(item) ? inside(contextOf(Object.entries(item)), scope) : scope
      const holds = match(itemScope(item, 'item', entries), env)
      if (typeof holds !== 'boolean') return null
      if (holds) kept.push(item)
    }
    return kept
  }
}

/** Boxed `for`, `some` and `every` (DMN 1.4 §10.2.2.10 to §10.2.2.12). */
function compileIteration(element: XmlElement, owner: string, compilation: Compilation): Logic {
  const variable = element.attributes.iteratorVariable ?? 'item'
  const source = compilePart(element, 'in', owner, compilation)
  const result = compilePart(element, element.name === 'for' ? 'return' : 'satisfies', owner, compilation)
  return (scope, env) => {
    const items = listOf(source(scope, env))
    if (!items) return null
    if (element.name !== 'for')
      return quantify(
        items.map((item) => result(itemScope(item, variable, scope), env)),
        element.name === 'some',
      )
    const results: FeelValue[] = []
    for (const item of items) results.push(result(inside(contextOf([['partial', [...results]]]), itemScope(item, variable, scope)), env))
    return results
  }
}

function quantify(results: readonly FeelValue[], decisive: boolean): boolean | null {
  if (results.some((result) => result !== null && typeof result !== 'boolean')) return null
  if (results.includes(decisive)) return decisive
  return results.every((result) => result === !decisive) ? !decisive : null
}
