import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { visibleVariables } from '../../state/visible-variables.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateText } from './evaluate.ts'
import { complete } from './lifecycle.ts'

/** Broadcasts the signal of an event and goes on. With input mappings only what they name is sent; otherwise all it sees. */
export function throwSignal(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  if (element.event?.kind !== 'signal') throw new Error(`Expected ${element.id} to throw a signal, but it does not`)
  const name = evaluateText(step, element.event.name, instance.key, `the signal name of ${element.id}`)
  if (!name.ok) return name.failure
  const variables = element.inputs.length > 0 ? { ...instance.variables } : visibleVariables(step.state, instance.key)
  step.emit({ type: 'signal.thrown', elementInstanceKey: instance.key, signalName: name.value, variables })
  complete(step, element, instance)
  return undefined
}
