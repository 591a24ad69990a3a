import type { Element, MultipleEvent, TextValue, TimerDefinition } from '../../model/executable-process.ts'
import type { ElementInstanceKey, SubscriptionKey, TimerKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateText } from './evaluate.ts'
import { missedRunsOf, planTimer } from './timer.ts'

/** What an instance is about to wait for: everything is evaluated before the first event, so a failure leaves nothing half open. */
export type CatchPlan = (step: Step) => void

/**
 * Evaluates what `catcher` waits for on behalf of `waiting`.
 *
 * @param scopeKey the scope in which timers and correlation keys are evaluated
 */
export function planCatch(
  step: Step,
  catcher: Element,
  waiting: ElementInstanceKey,
  scopeKey: ElementInstanceKey,
  part?: number,
): Result<CatchPlan | undefined> {
  const { event } = catcher
  if (event?.kind === 'multiple') return planEach(step, catcher, waiting, scopeKey, event)
  if (event?.kind === 'timer') return planTimerCatch(step, catcher, waiting, scopeKey, event.timer, part)
  if (event?.kind === 'message') return planMessageCatch(step, catcher, waiting, scopeKey, event.message, part)
  if (event?.kind === 'condition')
    return ok((at) => at.emit({ type: 'condition.opened', elementInstanceKey: waiting, elementId: catcher.id }))
  if (event?.kind === 'signal') return planSignalCatch(step, catcher, waiting, scopeKey, event.name, part)
  return ok(undefined)
}

/** All definitions of an event; those that are waited for together are told apart by their part. */
function planEach(
  step: Step,
  catcher: Element,
  waiting: ElementInstanceKey,
  scopeKey: ElementInstanceKey,
  { parallel, definitions }: MultipleEvent,
): Result<CatchPlan> {
  const plans: CatchPlan[] = []
  for (const [index, event] of definitions.entries()) {
    // However many conditions there are, the event is armed for them once.
    if (event.kind === 'condition' && definitions.findIndex(({ kind }) => kind === 'condition') < index) continue
    const plan = planCatch(step, { ...catcher, event }, waiting, scopeKey, parallel ? index : undefined)
    if (!plan.ok) return plan
    if (plan.value) plans.push(plan.value)
  }
  return ok((at) => {
    for (const open of plans) open(at)
  })
}

function planSignalCatch(
  step: Step,
  catcher: Element,
  waiting: ElementInstanceKey,
  scopeKey: ElementInstanceKey,
  signal: TextValue,
  part: number | undefined,
): Result<CatchPlan> {
  const name = evaluateText(step, signal, scopeKey, `the signal name of ${catcher.id}`)
  if (!name.ok) return name
  return ok((at) =>
    at.emit({
      type: 'subscription.opened',
      subscriptionKey: at.nextKey<SubscriptionKey>(),
      elementInstanceKey: waiting,
      elementId: catcher.id,
      messageName: name.value,
      correlationKey: '',
      interrupting: catcher.interrupting ?? true,
      kind: 'signal',
      ...(part !== undefined && { part }),
    }),
  )
}

function planTimerCatch(
  step: Step,
  catcher: Element,
  waiting: ElementInstanceKey,
  scopeKey: ElementInstanceKey,
  timer: TimerDefinition,
  part: number | undefined,
): Result<CatchPlan> {
  const text = evaluateText(step, timer.value, scopeKey, `the timer of ${catcher.id}`)
  if (!text.ok) return text
  const plan = planTimer(timer.kind, text.value, step.env.now, step.env.zone, {
    missed: missedRunsOf(catcher.properties),
    calendar: step.env.calendar,
  })
  if (!plan.ok) return fail(plan.failure.type, `${plan.failure.message} ${catcher.id}`)
  return ok((at) =>
    at.emit({
      type: 'timer.created',
      timerKey: at.nextKey<TimerKey>(),
      elementInstanceKey: waiting,
      elementId: catcher.id,
      ...plan.value,
      ...(part !== undefined && { part }),
    }),
  )
}

function planMessageCatch(
  step: Step,
  catcher: Element,
  waiting: ElementInstanceKey,
  scopeKey: ElementInstanceKey,
  message: NonNullable<Extract<Element['event'], { kind: 'message' }>>['message'],
  part: number | undefined,
): Result<CatchPlan> {
  const name = evaluateText(step, message.name, scopeKey, `the message name of ${catcher.id}`)
  if (!name.ok) return name
  if (!message.correlationKey)
    return fail(
      'EXTRACT_VALUE_ERROR',
      `Expected a correlation key on message ${message.id} of ${catcher.id}, but there is none; add a subscription to the message`,
    )
  const key = evaluateText(step, { kind: 'feel', expression: message.correlationKey }, scopeKey, `the correlation key of ${catcher.id}`)
  if (!key.ok) return key
  return ok((at) =>
    at.emit({
      type: 'subscription.opened',
      subscriptionKey: at.nextKey<SubscriptionKey>(),
      elementInstanceKey: waiting,
      elementId: catcher.id,
      messageName: name.value,
      correlationKey: key.value,
      interrupting: catcher.interrupting ?? true,
      ...(part !== undefined && { part }),
    }),
  )
}

/** Plans for the boundary events of an activity and the event subprocesses inside a container. */
export function planAttachedCatches(step: Step, element: Element, instance: ElementInstance): Result<readonly CatchPlan[]> {
  const plans: CatchPlan[] = []
  const catchers = [...element.boundaryEvents, ...element.eventSubProcesses.flatMap((inner) => inner.startEvent ?? [])]
  for (const catcher of catchers) {
    const plan = planCatch(step, catcher, instance.key, instance.key)
    if (!plan.ok) return plan
    if (plan.value) plans.push(plan.value)
  }
  return ok(plans)
}

/** Stops waiting: cancels timers and closes subscriptions of the instance, all or those of the given catch events. */
export function closeCatches(step: Step, instance: ElementInstance, only?: (catcherId: string) => boolean): void {
  for (const timerKey of [...(instance.timerKeys ?? [])]) {
    const timer = step.state.timers[timerKey]
    if (timer && (!only || only(timer.elementId))) step.emit({ type: 'timer.canceled', timerKey })
  }
  for (const elementId of [...(instance.conditions ?? [])]) {
    if (!only || only(elementId)) step.emit({ type: 'condition.closed', elementInstanceKey: instance.key, elementId })
  }
  for (const subscriptionKey of [...(instance.subscriptionKeys ?? [])]) {
    const subscription = step.state.subscriptions[subscriptionKey]
    if (subscription && (!only || only(subscription.elementId))) step.emit({ type: 'subscription.closed', subscriptionKey })
  }
}
