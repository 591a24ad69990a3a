import { parser, trackVariables, VariableContext } from 'lezer-feel'
import { builtinNames } from '../builtins/index.ts'
import type { ExpressionFailure } from '../contract.ts'
import { lowerTree } from './lower-tree.ts'
import type { Declarations, FeelNode } from './node.ts'

export type Dialect = 'Expression' | 'UnaryTests'
export type Parsed = { readonly ok: true; readonly nodes: readonly FeelNode[]; readonly negated: boolean } | ExpressionFailure

type LezerTree = ReturnType<typeof parser.parse>
type LezerParser = ReturnType<typeof parser.configure>

/**
 * FEEL names may hold spaces and operators, so the grammar must know the names it may meet. Names are known at every
 * depth: a key of a nested context is recognised after a dot as well as a variable is.
 */
function contextThatKnows(names: Readonly<Record<string, number>>): typeof VariableContext {
  return class extends VariableContext {
    static override of(...contexts: unknown[]): VariableContext {
      // biome-ignore lint/complexity/noThisInStatic: the base makes an instance of the class it is called on
      return super.of(names, ...contexts)
    }

    override get(): VariableContext {
      return this
    }
  }
}

const parsers = new Map<string, LezerParser>()
const mostCachedParsers = 64

function parserFor(top: Dialect, names: readonly string[]): LezerParser {
  const key = JSON.stringify([top, ...names])
  const cached = parsers.get(key)
  if (cached) return cached
  const known: Record<string, number> = {}
  for (const name of builtinNames) if (name.includes(' ')) known[name] = 1
  for (const name of names) if (/[^\p{L}\p{N}_]/u.test(name)) known[name] = 1
  const configured = parser.configure({ top, dialect: 'camunda', contextTracker: trackVariables(known, contextThatKnows(known)) })
  if (parsers.size >= mostCachedParsers) parsers.clear()
  parsers.set(key, configured)
  return configured
}

function parseTree(text: string, top: Dialect, names: readonly string[]): LezerTree | undefined {
  try {
    return parserFor(top, names).parse(text)
  } catch {
    // the tracker throws on some unfinished names
    return undefined
  }
}

/** Reads a text once. */
export function parseFeel(text: string, top: Dialect, declarations: Declarations = {}): Parsed {
  if (text.trim() === '') {
    return syntaxFailure(text, 0, text.length, 'found nothing', 'Write an expression, e.g. `amount > 1000`, or `null`.')
  }
  const names = declarations.names ?? []
  const plain = parseTree(text, top, names)
  const rangeTypes = withoutRangeTypes(text)
  const tree = rangeTypes !== text && (!plain || firstError(plain, text)) ? parseTree(rangeTypes, top, names) : plain
  if (!tree) return syntaxFailure(text, 0, text.length, 'found a name that does not end', 'Check the names in the expression.')
  const error = firstError(tree, text)
  if (error) return error
  return lowerTree(tree.topNode, text, declarations)
}

/** The grammar lacks `range<…>` (DMN 1.5 rule 54): shown to it as a list type of the same length, told apart when lowered. */
function withoutRangeTypes(text: string): string {
  return text.replace(/\brange(?=\s*<\s*[\p{L}])/gu, 'list ')
}

function firstError(tree: LezerTree, text: string): ExpressionFailure | undefined {
  let failure: ExpressionFailure | undefined
  tree.iterate({
    enter(node) {
      if (failure) return false
      if (!node.type.isError) return true
      const parent = node.node.parent?.name ?? 'Expression'
      const from = node.from
      const to = node.to > node.from ? node.to : Math.min(text.length, wordEnd(text, node.from))
      const found = text.slice(from, to).trim()
      failure = syntaxFailure(text, from, to, found === '' ? 'found the end of the text' : `found \`${found}\``, wayOut(found, parent))
      return false
    },
  })
  return failure
}

function wordEnd(text: string, from: number): number {
  const rest = /^\s*(?:[\p{L}\p{N}_]+|\S)/u.exec(text.slice(from))
  return from + (rest?.[0].length ?? 0)
}

function wayOut(found: string, parent: string): string {
  if (found.startsWith("'")) return 'Texts stand in double quotes: "text".'
  if (found.startsWith('"')) return 'Close the text with a double quote.'
  if (found === '==') return 'Equality is a single `=`.'
  if (found.startsWith('&') || found.startsWith('|')) return 'Use `and` and `or`.'
  if (found.startsWith('!')) return 'Use `not(…)`, or `!=` between two values.'
  if (parent === 'IfExpression') return 'Write `if … then … else …`; FEEL wants the else.'
  if (found === '') return 'Finish the expression: an operand, a closing bracket or a keyword is missing.'
  return `Check what stands before it, in ${describeParent(parent)}; names with operators must be declared.`
}

function describeParent(parent: string): string {
  return parent.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

export function syntaxFailure(text: string, from: number, to: number, found: string, way: string): ExpressionFailure {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return {
    ok: false,
    message: `Expected a FEEL expression, ${found} at position ${from + 1} of \`${shown}\`. ${way}`,
    position: { from, to },
  }
}
