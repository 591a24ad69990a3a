import type { FeelNode } from './node.ts'

/**
 * The grammar reads `x in [1..3] and y` as `x in ([1..3] and y)`, and `> 1 and y` as `> (1 and y)`. DMN 1.5 §10.3.1.2
 * binds a test tighter than comparisons, `and` and `or`: so the test takes the leftmost operand only, unless parentheses
 * say otherwise.
 */
export function attachTest(wrap: (test: FeelNode) => FeelNode, operand: FeelNode): FeelNode {
  if (operand.grouped) return wrap(operand)
  switch (operand.kind) {
    case 'and':
    case 'or':
    case 'compare':
      return { ...operand, left: attachTest(wrap, operand.left) }
    default:
      return wrap(operand)
  }
}
