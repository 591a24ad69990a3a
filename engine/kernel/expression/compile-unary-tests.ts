import { exhausted, guarded } from './compile-expression.ts'
import { compileTest, type Test } from './compile-node/comparison.ts'
import { compileNode } from './compile-node/compile-node.ts'
import { Frame } from './compile-node/frame.ts'
import type { Names } from './compile-node/names.ts'
import type { Compiled, CompiledUnaryTests } from './contract.ts'
import type { Declarations, FeelNode } from './syntax/node.ts'
import { parseFeel } from './syntax/parse-feel.ts'
import { Run } from './value/run.ts'

const noWarnings: readonly string[] = []

/** Parses the tests of a decision table cell once. An empty text is `-`: it passes always. */
export function compileUnaryTests(text: string, declarations: Declarations = {}): Compiled<CompiledUnaryTests> {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === '-') {
    return { ok: true, compiled: { text, test: () => ({ ok: true, value: true, warnings: noWarnings }) } }
  }
  return guarded(text, () => {
    const parsed = parseFeel(text, 'UnaryTests', declarations)
    if (!parsed.ok) return parsed
    const root: Names = { kind: 'root', declared: new Set(declarations.names), read: new Set() }
    const names: Names = { kind: 'slots', names: ['?'], up: root }
    const tests = parsed.nodes.map((node) => compileCellTest(node, names))
    const { negated } = parsed
    const test: CompiledUnaryTests['test'] = (input, scope, env) => {
      const run = new Run(scope, env)
      const value = input === undefined ? null : input
      try {
        const frame = new Frame(run, new Frame(run, undefined, []), [value])
        let passed = false
        let unknown = false
        for (const each of tests) {
          const holds = each(value, frame)
          if (holds === true) {
            passed = true
            break
          }
          if (holds === null) unknown = true
        }
        // not(> 10) of a null input is unknown as > 10 is, so it does not pass
        const result = negated ? !passed && !unknown : passed
        return { ok: true, value: result, warnings: run.warnings ?? noWarnings }
      } catch (error) {
        return exhausted(error, text)
      }
    }
    return { ok: true, compiled: { text, test } }
  })
}

/**
 * One test of a cell. A test that speaks of `?` passes when it is true. A condition that does not (`amount > 3` in a
 * cell about something else) passes when it is true too, unless the input is itself a boolean: then it passes when it
 * equals the input, as DMN 1.5 table 55 says. Any other value passes when it equals or contains the input.
 */
function compileCellTest(node: FeelNode, names: Names): Test {
  if (node.kind === 'and' || node.kind === 'or') {
    const sides = [node.left, node.right]
    if (sides.some((side) => side.kind === 'unary' || side.kind === 'range')) return joinTests(node, names)
  }
  if (node.kind === 'unary' || node.kind === 'any') return compileTest(node, names)
  if (speaksOfInput(node)) {
    const evaluate = compileNode(node, names)
    return (_, frame) => {
      const value = evaluate(frame)
      return typeof value === 'boolean' ? value : null
    }
  }
  const test = compileTest(node, names)
  if (!isCondition(node)) return test
  const evaluate = compileNode(node, names)
  return (input, frame) => {
    if (typeof input === 'boolean') return test(input, frame)
    const value = evaluate(frame)
    return typeof value === 'boolean' || value === null ? value : test(input, frame)
  }
}

/** `> 1 and < 3`: both sides are tests of the input. */
function joinTests(node: Extract<FeelNode, { kind: 'and' | 'or' }>, names: Names): Test {
  const left = compileCellTest(node.left, names)
  const right = compileCellTest(node.right, names)
  const decisive = node.kind === 'or'
  return (input, frame) => {
    const a = left(input, frame)
    const b = right(input, frame)
    if (a === decisive || b === decisive) return decisive
    return a === !decisive && b === !decisive ? !decisive : null
  }
}

function isCondition(node: FeelNode): boolean {
  return ['compare', 'and', 'or', 'in', 'between', 'some', 'every', 'instance-of', 'invoke', 'invoke-named'].includes(node.kind)
}

function speaksOfInput(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(speaksOfInput)
  if (typeof node !== 'object' || node === null) return false
  if ('kind' in node && node.kind === 'variable' && 'names' in node && Array.isArray(node.names)) return node.names.includes('?')
  return Object.values(node).some(speaksOfInput)
}
