import { definitionsOf, type Element } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { planCatch } from './catch-event.ts'
import { raiseIncident } from './incident.ts'
import { trigger } from './trigger.ts'

/** What `catcher` waits for happened, or only a part of it. */
export function triggerPart(step: Step, waiting: ElementInstance, catcher: Element, incoming: Variables, part: number | undefined): void {
  if (part === undefined) {
    trigger(step, waiting, catcher, incoming)
    return
  }
  step.emit({ type: 'event.partArrived', elementInstanceKey: waiting.key, elementId: catcher.id, part, variables: incoming })
  for (const key of [...(waiting.subscriptionKeys ?? [])]) {
    const subscription = step.state.subscriptions[key]
    if (subscription?.elementId === catcher.id && subscription.part === part)
      step.emit({ type: 'subscription.closed', subscriptionKey: key })
  }
  const { parts, variables } = waiting.arrived?.[catcher.id] ?? { parts: [], variables: {} }
  if (parts.length < definitionsOf(catcher.event).length) return
  step.emit({ type: 'event.partsTaken', elementInstanceKey: waiting.key, elementId: catcher.id })
  if (waiting.conditions?.includes(catcher.id))
    step.emit({ type: 'condition.closed', elementInstanceKey: waiting.key, elementId: catcher.id })
  trigger(step, waiting, catcher, variables)
  if (!catcher.interrupting && step.find(waiting.key)?.state === 'active' && waiting.elementId !== catcher.id)
    waitAgain(step, waiting, catcher)
}

/** A non-interrupting event waits for all its parts anew. */
function waitAgain(step: Step, waiting: ElementInstance, catcher: Element): void {
  const plan = planCatch(step, catcher, waiting.key, waiting.key)
  if (plan.ok) plan.value?.(step)
  else raiseIncident(step, waiting, plan.failure)
}
