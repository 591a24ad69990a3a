import { builtinOf } from '../builtins/index.ts'
import type { FeelNode } from '../syntax/node.ts'
import { entryOf, isContext } from '../value/kind.ts'
import { compileNode } from './compile-node.ts'
import type { Evaluator, Frame } from './frame.ts'
import { type Names, resolveName } from './names.ts'

/** `is defined(x)`: whether the variable or entry is there at all; one that holds null is. */
export function compileExistence(node: FeelNode, names: Names): Evaluator {
  if (node.kind === 'path') {
    const target = compileNode(node.target, names)
    const { names: spellings } = node
    return (frame) => {
      const value = target(frame)
      return isContext(value) && spellings.some((name) => entryOf(value, name) !== undefined)
    }
  }
  if (node.kind !== 'variable') {
    const value = compileNode(node, names)
    return (frame) => value(frame) !== null
  }
  const { names: spellings } = node
  const steps = resolveName(spellings, names)
  const read = compileNode(node, names)
  if (steps.some((step) => step.kind === 'slot')) return () => true
  return (frame: Frame) => {
    if (steps.length > 1 && read(frame) !== null) return true
    return spellings.some((name) => frame.run.scope(name) !== undefined || builtinOf(name) !== undefined)
  }
}
