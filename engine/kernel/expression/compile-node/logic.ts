import type { NodeOf } from '../syntax/node.ts'
import { compileNode } from './compile-node.ts'
import type { Evaluator } from './frame.ts'
import type { Names } from './names.ts'

/** Three-valued (DMN 1.5 table 50); what is no boolean counts as unknown. */
export function compileAnd(node: NodeOf<'and' | 'or'>, names: Names): Evaluator {
  const left = compileNode(node.left, names)
  const right = compileNode(node.right, names)
  return (frame) => {
    const a = left(frame)
    if (a === false) return false
    const b = right(frame)
    if (b === false) return false
    return a === true && b === true ? true : null
  }
}

export function compileOr(node: NodeOf<'and' | 'or'>, names: Names): Evaluator {
  const left = compileNode(node.left, names)
  const right = compileNode(node.right, names)
  return (frame) => {
    const a = left(frame)
    if (a === true) return true
    const b = right(frame)
    if (b === true) return true
    return a === false && b === false ? false : null
  }
}
