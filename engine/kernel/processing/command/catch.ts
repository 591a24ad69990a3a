import type { Rejection } from '../../record/command.ts'
import type { Variables } from '../../record/json.ts'
import type { MessageKey, SubscriptionKey } from '../../record/keys.ts'
import { triggerPart } from '../behavior/event-part.ts'
import { isMissed, missedRunsOf, planNext } from '../behavior/timer.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

/** What comes to a waiting instance from outside: a timer that is due, a message that was matched. */
export const catchHandlers: Handlers<'triggerTimer' | 'correlateMessage' | 'triggerSignal'> = {
  triggerTimer: (step, command) => {
    const timer = step.state.timers[command.timerKey]
    if (!timer) return reject('NOT_FOUND', `Expected a pending timer ${command.timerKey}, but there is none; it fired or was cancelled`)
    if (timer.dueAt > step.env.now)
      return reject('INVALID_STATE', `Expected timer ${timer.key} to be due, but it fires ${timer.dueAt - step.env.now} ms from now`)
    const waiting = step.get(timer.elementInstanceKey)
    const catcher = step.element(timer.elementId)
    const missed = missedRunsOf(catcher.properties)
    const { now, zone } = step.env
    const isSkipped = missed === 'skip' && timer.cycle !== undefined && isMissed(timer.cycle, timer.dueAt, now, zone)
    step.emit({ type: isSkipped ? 'timer.canceled' : 'timer.triggered', timerKey: timer.key })
    if (timer.cycle !== undefined) {
      const next = planNext(timer.cycle, timer.repetitions ?? 0, timer.dueAt, now, zone, missed)
      if (next)
        step.emit({
          type: 'timer.created',
          timerKey: step.nextKey(),
          elementInstanceKey: timer.elementInstanceKey,
          elementId: timer.elementId,
          ...next,
        })
    }
    if (!isSkipped) triggerPart(step, waiting, catcher, {}, timer.part)
    return undefined
  },

  correlateMessage: (step, command) => take(step, command.subscriptionKey, command.messageKey, command.variables),

  triggerSignal: (step, command) => take(step, command.subscriptionKey, command.signalKey as MessageKey, command.variables),
}

/** Gives a message or signal to the subscription, unless it had it before. */
function take(step: Step, subscriptionKey: SubscriptionKey, messageKey: MessageKey, variables: Variables): Rejection | undefined {
  const subscription = step.state.subscriptions[subscriptionKey]
  if (!subscription) return reject('NOT_FOUND', `Expected an open subscription ${subscriptionKey}, but there is none; it was closed`)
  if (subscription.correlated?.includes(messageKey)) {
    return reject('ALREADY_EXISTS', `Expected message ${messageKey} to be new to subscription ${subscription.key}, but it was taken before`)
  }
  const waiting = step.get(subscription.elementInstanceKey)
  step.emit({ type: 'subscription.correlated', subscriptionKey, messageKey })
  triggerPart(step, waiting, step.element(subscription.elementId), variables, subscription.part)
  return undefined
}
