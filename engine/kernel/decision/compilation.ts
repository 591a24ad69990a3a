import {
  compileExpression,
  type Declarations,
  type ExpressionEnv,
  type FeelScope,
  type FeelType,
  type FeelValue,
  setEntry,
} from '../expression/index.ts'
import type { DecisionProblem } from './contract.ts'
import { DecisionFailure } from './decision-failure.ts'
import type { ItemTypes } from './item-type.ts'
import type { XmlElement } from './xml-element.ts'

/** What compiling a file carries along. */
export interface Compilation {
  readonly types: ItemTypes
  readonly problems: DecisionProblem[]
  /** Names in sight that hold spaces or operators; FEEL must be told them. */
  readonly names: readonly string[]
  /** The file's types as FEEL sees them, for `instance of`. */
  readonly feelTypes: ReadonlyMap<string, FeelType>
}

/** A compiled piece of decision logic. */
export type Logic = (scope: FeelScope, env: ExpressionEnv) => FeelValue

const feelLanguage = /^$|^feel$|\/FEEL\/?$/i

/** The element that has an id and holds this one, for messages. */
export function idOf(element: XmlElement, owner: string): string {
  return element.attributes.id ?? owner
}

export function problem(compilation: Compilation, elementId: string, message: string): void {
  compilation.problems.push({ elementId, message })
}

/** FEEL text as logic; an empty text is null, as modellers leave cells and expressions empty. */
export function compileText(text: string, element: XmlElement, owner: string, compilation: Compilation): Logic {
  const language = element.attributes.expressionLanguage ?? ''
  if (!feelLanguage.test(language)) {
    problem(
      compilation,
      idOf(element, owner),
      `Expected an expression in FEEL, found the language '${language}'. Rewrite the expression in FEEL.`,
    )
    return () => null
  }
  if (text.trim() === '') return () => null
  const compiled = compileExpression(text, declarationsOf(compilation))
  if (!compiled.ok) {
    problem(compilation, idOf(element, owner), compiled.message)
    return () => null
  }
  const { evaluateRaw } = compiled.compiled
  return (scope, env) => {
    const evaluated = evaluateRaw(scope, env)
    if (!evaluated.ok) throw new DecisionFailure(evaluated.message)
    return evaluated.value
  }
}

export function declarationsOf(compilation: Compilation): Declarations {
  return { names: compilation.names, types: compilation.feelTypes }
}

/** A scope with more entries in front. */
export function inside(entries: Readonly<Record<string, FeelValue>>, outer: FeelScope): FeelScope {
  return (name) => (Object.hasOwn(entries, name) ? entries[name] : outer(name))
}

export function contextOf(entries: Iterable<readonly [string, FeelValue]>): Record<string, FeelValue> {
  const context: Record<string, FeelValue> = {}
  for (const [name, value] of entries) setEntry(context, name, value)
  return context
}
