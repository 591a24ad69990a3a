import type { Element } from '../../model/executable-process.ts'
import type { Rejection, TaskListenerResult } from '../../record/command.ts'
import type { HeldTaskChange, TaskPhase, UserTaskChanges } from '../../record/event.ts'
import type { ElementInstance, UserTaskState } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { askTaskListener } from './ask-task-listener.ts'
import { complete } from './lifecycle.ts'
import { afterTerminated } from './terminate.ts'
import { parseInstant } from './timer.ts'

/** Does what was asked for, once the task's listeners for it have agreed. */
export function request(step: Step, task: UserTaskState, phase: TaskPhase, held: HeldTaskChange): void {
  const instance = step.get(task.elementInstanceKey)
  const element = step.elementOf(instance)
  if (element.taskListeners?.[phase]) {
    step.emit({ type: 'userTask.transition', userTaskKey: task.key, phase, held })
    goOnListening(step, element, instance, task)
  } else carryOut(step, element, instance, task, phase, held)
}

/** Asks the listener whose turn it is; when all have answered, does what is held. */
export function goOnListening(step: Step, element: Element, instance: ElementInstance, task: UserTaskState): void {
  const { phase, held } = task
  if (!phase || !held) return
  if (askTaskListener(step, element, instance, task)) return
  if (phase !== 'completing' && phase !== 'canceling') step.emit({ type: 'userTask.settled', userTaskKey: task.key })
  carryOut(step, element, instance, task, phase, held)
}

/** A listener answered. */
export function afterTaskListener(step: Step, task: UserTaskState, result: TaskListenerResult | undefined): void {
  const instance = step.get(task.elementInstanceKey)
  if (result?.denied) {
    const { deniedReason } = result
    step.emit({ type: 'userTask.settled', userTaskKey: task.key, denied: true, ...(deniedReason !== undefined && { deniedReason }) })
    return
  }
  const corrections = result?.corrections ?? {}
  if (Object.keys(corrections).length > 0) step.emit({ type: 'userTask.corrected', userTaskKey: task.key, corrections })
  goOnListening(step, step.elementOf(instance), instance, task)
}

const refuse = (message: string): Rejection => ({ code: 'INVALID_ARGUMENT', message })

/** What a listener may not say. */
export function refuseResult(step: Step, task: UserTaskState, result: TaskListenerResult | undefined): Rejection | undefined {
  if (!result) return undefined
  const { phase } = task
  if (result.denied && (phase === 'creating' || phase === 'canceling'))
    return refuse(`Expected user task ${task.key} to be let go on while ${phase}, but it was denied; complete the job without denying`)
  if (result.denied && result.corrections)
    return refuse(`Expected either a denial or corrections for user task ${task.key}, but found both; send one of them`)
  return refuseChanges(step, task, result.corrections ?? {})
}

export function refuseChanges(step: Step, task: UserTaskState, changes: UserTaskChanges): Rejection | undefined {
  const { priority } = changes
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 100))
    return refuse(`Expected the priority of user task ${task.key} to be 0 to 100, but found ${priority}; choose one of these`)
  for (const name of ['dueDate', 'followUpDate'] as const) {
    const date = changes[name]
    if (date !== undefined && date !== '' && parseInstant(date, step.env.zone) === undefined)
      return refuse(`Expected ${name} of user task ${task.key} to be an ISO 8601 date-time, but found '${date}'; correct it`)
  }
  return undefined
}

function carryOut(
  step: Step,
  element: Element,
  instance: ElementInstance,
  task: UserTaskState,
  phase: TaskPhase,
  held: HeldTaskChange,
): void {
  if (phase === 'canceling') {
    step.emit({ type: 'userTask.canceled', userTaskKey: task.key })
    step.emit({ type: 'element.terminated', key: instance.key, elementId: element.id })
    if (instance.scopeKey !== undefined) afterTerminated(step, instance.scopeKey)
    return
  }
  const { assignee, ...changes } = held.changes
  if (Object.keys(changes).length > 0) step.emit({ type: 'userTask.updated', userTaskKey: task.key, changes })
  if (phase === 'creating') {
    if (assignee) request(step, task, 'assigning', { action: 'assign', changes: { assignee } })
    return
  }
  // Claiming what one holds already is not news.
  if (assignee !== undefined && assignee !== (task.assignee ?? ''))
    step.emit({ type: 'userTask.assigned', userTaskKey: task.key, ...(assignee !== '' && { assignee }) })
  if (phase !== 'completing') return
  step.emit({ type: 'userTask.completed', userTaskKey: task.key })
  complete(step, element, instance, held.variables)
}
