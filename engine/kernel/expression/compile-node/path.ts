import type { FeelValue } from '../contract.ts'
import type { NodeOf } from '../syntax/node.ts'
import { entryOf, isContext, isList, kindOf } from '../value/kind.ts'
import { propertyOf } from '../value/property.ts'
import type { Run } from '../value/run.ts'
import { compileNode } from './compile-node.ts'
import type { Evaluator } from './frame.ts'
import type { Names } from './names.ts'

export function compilePath(node: NodeOf<'path'>, names: Names): Evaluator {
  const target = compileNode(node.target, names)
  const { names: spellings } = node
  return (frame) => member(target(frame), spellings, frame.run)
}

/** A path into a list reads every element (DMN 1.5 §10.3.2.5). */
function member(value: FeelValue, spellings: readonly string[], run: Run): FeelValue {
  if (isContext(value)) {
    for (const name of spellings) {
      const entry = entryOf(value, name)
      if (entry !== undefined) return entry
    }
    return run.warn(`The context has no entry '${spellings[0]}'`)
  }
  if (isList(value)) return value.map((item) => member(item, spellings, run))
  const property = propertyOf(value, spellings[0] ?? '')
  return property === undefined ? run.warn(`A ${kindOf(value)} has no property '${spellings[0]}'`) : property
}
