import type { FeelNode, NodeOf } from '../syntax/node.ts'
import { isInstance } from '../value/conform.ts'
import { readTemporal } from '../value/read-temporal.ts'
import { compileArithmetic, compileNegate } from './arithmetic.ts'
import { compileBetween, compileCompare, compileIn, compileUnary } from './comparison.ts'
import { compileFilter } from './filter.ts'
import type { Evaluator } from './frame.ts'
import { compileFunction, compileInvoke, compileNamedInvoke } from './invocation.ts'
import { compileFor, compileQuantified } from './iteration.ts'
import { compileAnd, compileOr } from './logic.ts'
import type { Names } from './names.ts'
import { compilePath } from './path.ts'
import { compileContext, compileList, compileRange } from './structure.ts'
import { compileVariable } from './variable.ts'

/** Turns a node into a closure, once; the closure holds no syntax. */
export function compileNode(node: FeelNode, names: Names): Evaluator {
  switch (node.kind) {
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'temporal':
      return compileTemporal(node, names)
    case 'variable':
      return compileVariable(node, names)
    case 'path':
      return compilePath(node, names)
    case 'arithmetic':
      return compileArithmetic(node, names)
    case 'negate':
      return compileNegate(node, names)
    case 'compare':
      return compileCompare(node, names)
    case 'between':
      return compileBetween(node, names)
    case 'in':
      return compileIn(node, names)
    case 'and':
      return compileAnd(node, names)
    case 'or':
      return compileOr(node, names)
    case 'if':
      return compileIf(node, names)
    case 'for':
      return compileFor(node, names)
    case 'some':
    case 'every':
      return compileQuantified(node, names)
    case 'filter':
      return compileFilter(node, names)
    case 'invoke':
      return compileInvoke(node, names)
    case 'invoke-named':
      return compileNamedInvoke(node, names)
    case 'function':
      return compileFunction(node, names)
    case 'list':
      return compileList(node, names)
    case 'context':
      return compileContext(node, names)
    case 'range':
      return compileRange(node, names)
    case 'unary':
      return compileUnary(node, names)
    case 'instance-of':
      return compileInstanceOf(node, names)
    case 'any':
      return () => true
  }
}

function compileIf(node: NodeOf<'if'>, names: Names): Evaluator {
  const condition = compileNode(node.condition, names)
  const whenTrue = compileNode(node.whenTrue, names)
  const otherwise = compileNode(node.otherwise, names)
  return (frame) => (condition(frame) === true ? whenTrue(frame) : otherwise(frame))
}

function compileInstanceOf(node: NodeOf<'instance-of'>, names: Names): Evaluator {
  const value = compileNode(node.value, names)
  const { type } = node
  return (frame) => isInstance(value(frame), type)
}

/** `@"2026-01-01"`; the text is a literal nearly always and then read once. */
function compileTemporal(node: NodeOf<'temporal'>, names: Names): Evaluator {
  const read = (text: unknown) => (typeof text === 'string' ? readTemporal(text) : undefined)
  const { text } = node
  if (text.kind === 'literal') {
    const constant = read(text.value)
    if (constant) return () => constant
  }
  const source = compileNode(text, names)
  return (frame) => {
    const value = source(frame)
    return read(value) ?? frame.run.warn(`@"${String(value)}" is not a date, time or duration`)
  }
}
