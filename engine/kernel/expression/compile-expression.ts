import { compileNode } from './compile-node/compile-node.ts'
import { Frame } from './compile-node/frame.ts'
import type { Names } from './compile-node/names.ts'
import type {
  Compiled,
  CompiledExpression,
  Evaluated,
  ExpressionEnv,
  ExpressionFailure,
  FeelScope,
  FeelValue,
  ForeignCall,
} from './contract.ts'
import type { Declarations } from './syntax/node.ts'
import { parseFeel } from './syntax/parse-feel.ts'
import { Run } from './value/run.ts'
import { toJson } from './value/to-json.ts'

const noWarnings: readonly string[] = []

/** Parses a FEEL text (without a leading `=`) once. */
export function compileExpression(text: string, declarations: Declarations = {}): Compiled<CompiledExpression> {
  return guarded(text, () => {
    const parsed = parseFeel(text, 'Expression', declarations)
    if (!parsed.ok) return parsed
    const [node] = parsed.nodes
    if (!node) return tooDeep(text)
    const read = new Set<string>()
    const foreignCalls: ForeignCall[] = []
    const names: Names = { kind: 'root', declared: new Set(declarations.names), read, foreignCalls }
    const evaluate = compileNode(node, names)
    const evaluateRaw = (scope: FeelScope, env: ExpressionEnv): Evaluated<FeelValue> | ExpressionFailure => {
      const run = new Run(scope, env)
      try {
        const value = evaluate(new Frame(run, undefined, []))
        return { ok: true, value: value === undefined ? null : value, warnings: run.warnings ?? noWarnings }
      } catch (error) {
        return exhausted(error, text)
      }
    }
    return {
      ok: true,
      compiled: {
        text,
        variableNames: [...read],
        foreignCalls: foreignCalls.sort((a, b) => a.position.from - b.position.from),
        evaluateRaw,
        evaluate: (scope, env) => {
          const evaluated = evaluateRaw(scope, env)
          if (!evaluated.ok) return evaluated
          const { value } = evaluated
          if (typeof value !== 'object' || value === null) return evaluated as Evaluated<never>
          return { ok: true, value: toJson(value), warnings: evaluated.warnings }
        },
      },
    }
  })
}

/** An expression can exhaust the stack by recursion without end: the modeller's mistake, not ours. */
export function exhausted(error: unknown, text: string): ExpressionFailure {
  if (error instanceof RangeError) return tooDeep(text)
  throw error
}

export function guarded<T>(text: string, compile: () => Compiled<T>): Compiled<T> {
  try {
    return compile()
  } catch (error) {
    return exhausted(error, text)
  }
}

function tooDeep(text: string): ExpressionFailure {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return { ok: false, message: `Expected an expression that ends, found one nested or recursing too deeply: \`${shown}\`. Split it.` }
}
