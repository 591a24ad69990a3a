import { Duration } from 'luxon'
import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { visibleVariables } from '../../state/visible-variables.ts'
import { type Failure, fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateText } from './evaluate.ts'
import { createJob } from './job.ts'
import { complete } from './lifecycle.ts'

/** Publishes by the engine when the model says what to publish; otherwise a job worker sends. */
export function sendMessage(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  if (element.publishMessage) {
    const tell = planPublication(step, element, instance, element.publishMessage)
    if (!tell.ok) return tell.failure
    tell.value()
    complete(step, element, instance)
    return undefined
  }
  if (!element.job)
    throw new Error(`Expected ${element.id} to publish a message or have a task definition, but validation let one without pass`)
  return createJob(step, element, instance, element.job)
}

/** Evaluates a message; what it gives publishes it. */
export function planPublication(
  step: Step,
  element: Element,
  instance: ElementInstance,
  definition: NonNullable<Element['publishMessage']>,
): Result<() => void> {
  const name =
    element.event?.kind === 'message'
      ? evaluateText(step, element.event.message.name, instance.key, `the message name of ${element.id}`)
      : undefined
  if (!name) throw new Error(`Expected ${element.id} to name a message, but validation let one without pass`)
  if (!name.ok) return name
  const correlationKey = evaluateText(step, definition.correlationKey, instance.key, `the correlation key of ${element.id}`)
  if (!correlationKey.ok) return correlationKey
  const messageId = definition.messageId && evaluateText(step, definition.messageId, instance.key, `the message id of ${element.id}`)
  if (messageId && !messageId.ok) return messageId
  const timeToLive = evaluateText(
    step,
    definition.timeToLive ?? { kind: 'literal', text: 'PT0S' },
    instance.key,
    `the time to live of ${element.id}`,
  )
  if (!timeToLive.ok) return timeToLive
  const lifetime = Duration.fromISO(timeToLive.value)
  if (!lifetime.isValid)
    return fail(
      'EXTRACT_VALUE_ERROR',
      `Expected the time to live of ${element.id} to be an ISO 8601 duration, but found '${timeToLive.value}'; correct it`,
    )
  // With input mappings only what they name is sent; otherwise all that the element sees.
  const variables = element.inputs.length > 0 ? { ...instance.variables } : visibleVariables(step.state, instance.key)
  return ok(() =>
    step.emit({
      type: 'message.thrown',
      elementInstanceKey: instance.key,
      messageName: name.value,
      correlationKey: correlationKey.value,
      timeToLiveMs: lifetime.toMillis(),
      variables,
      ...(messageId && { messageId: messageId.value }),
    }),
  )
}
