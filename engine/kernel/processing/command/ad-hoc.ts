import type { AdHocActivation, AdHocResult, Rejection } from '../../record/command.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { interruptScope } from '../behavior/terminate.ts'
import { beginChoice, choiceIds, endIfFulfilled, endNow } from '../element/ad-hoc-sub-process.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

/** Why these cannot be begun in the ad-hoc subprocess; undefined when they can. */
export function refuseActivations(step: Step, instance: ElementInstance, activations: readonly AdHocActivation[]): Rejection | undefined {
  const element = step.elementOf(instance)
  const known = choiceIds(step, element)
  const unknown = activations.find(({ elementId }) => !known.includes(elementId))
  if (!unknown) return undefined
  return reject(
    'INVALID_ARGUMENT',
    `Expected activities of ad-hoc subprocess ${element.id} (${known.join(', ')}), but found ${unknown.elementId}; nothing was activated`,
  )
}

/** Carries out what the worker of an ad-hoc subprocess has decided. */
export function afterAdHocJob(step: Step, instance: ElementInstance, result: AdHocResult = {}): void {
  const element = step.elementOf(instance)
  if (result.isFulfilled) {
    step.emit({ type: 'adHoc.fulfilled', key: instance.key })
    if (result.cancelsRemaining) {
      endNow(step, element, instance)
      return
    }
  }
  for (const { elementId, variables } of result.activateElements ?? []) {
    if (step.find(instance.key)?.state !== 'active') return
    beginChoice(step, element, instance.key, elementId, variables)
  }
  step.later(() => {
    if (step.find(instance.key)?.state === 'active') endIfFulfilled(step, element, step.get(instance.key))
  })
}

export const adHocHandlers: Handlers<'activateAdHoc'> = {
  activateAdHoc: (step, { elementInstanceKey, activations, cancelsRemaining }) => {
    const instance = step.find(elementInstanceKey)
    if (instance?.elementType !== 'adHocSubProcess')
      return reject('NOT_FOUND', `Expected a live ad-hoc subprocess ${elementInstanceKey}, but there is none; it may have ended`)
    if (instance.state !== 'active')
      return reject('INVALID_STATE', `Expected ad-hoc subprocess ${elementInstanceKey} to be active, but it is ${instance.state}`)
    const refusal = refuseActivations(step, instance, activations)
    if (refusal) return refusal
    if (cancelsRemaining) interruptScope(step, instance, instance.elementId)
    for (const { elementId, variables } of activations) {
      if (step.find(elementInstanceKey)?.state !== 'active') break
      beginChoice(step, step.elementOf(instance), elementInstanceKey, elementId, variables)
    }
    return undefined
  },
}
