import { builtinFunction } from '../builtins/index.ts'
import type { FeelValue } from '../contract.ts'
import type { NodeOf } from '../syntax/node.ts'
import { entryOf, isContext } from '../value/kind.ts'
import type { Evaluator, Frame } from './frame.ts'
import { type Names, resolveName, type Step } from './names.ts'

export function compileVariable(node: NodeOf<'variable'>, names: Names): Evaluator {
  const { names: spellings } = node
  const steps = resolveName(spellings, names)
  const [first] = steps
  const [name = ''] = spellings
  if (first?.kind === 'slot') return slotReader(first.depth, first.index)
  if (first?.kind === 'root' && spellings.length === 1) {
    return (frame) => {
      const value = frame.run.scope(name)
      return value === undefined ? missing(name, frame) : value
    }
  }
  return (frame) => {
    for (const step of steps) {
      for (const spelling of spellings) {
        const value = lookUp(step, spelling, frame)
        if (value !== undefined) return value
      }
    }
    return missing(name, frame)
  }
}

function slotReader(depth: number, index: number): Evaluator {
  if (depth === 0) return (frame) => frame.slots[index] ?? null
  if (depth === 1) return (frame) => frame.up?.slots[index] ?? null
  return (frame) => frameAt(frame, depth).slots[index] ?? null
}

function frameAt(frame: Frame, depth: number): Frame {
  let at = frame
  for (let i = 0; i < depth && at.up; i++) at = at.up
  return at
}

function lookUp(step: Step, name: string, frame: Frame): FeelValue | undefined {
  if (step.kind === 'root') return frame.run.scope(name)
  const at = frameAt(frame, step.depth)
  if (step.kind === 'slot') return at.slots[step.index] ?? null
  const [element] = at.slots
  const entry = isContext(element) ? entryOf(element, name) : undefined
  if (entry !== undefined) return entry
  return name === 'item' ? (element ?? null) : undefined
}

function missing(name: string, frame: Frame): FeelValue {
  return builtinFunction(name) ?? frame.run.warn(`No variable '${name}' was found`)
}
