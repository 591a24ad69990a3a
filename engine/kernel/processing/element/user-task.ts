import type { Element, TextValue, UserTaskDefinition } from '../../model/executable-process.ts'
import type { UserTaskKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { evaluateInteger, evaluateText, evaluateTexts } from '../behavior/evaluate.ts'
import { createJob } from '../behavior/job.ts'
import { goOnListening, request } from '../behavior/task-listener.ts'
import { parseInstant } from '../behavior/timer.ts'
import type { ElementProcessor } from '../element-processor.ts'
import { type Failure, fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

/** Puts work before people; without the native marker, before a job worker. */
export const userTask: ElementProcessor = {
  activate(step, element, instance) {
    if (element.userTask) return createUserTask(step, element, instance, element.userTask)
    if (!element.job) throw new Error(`Expected user task ${element.id} to be native or have a job, but the parser made neither`)
    return createJob(step, element, instance, element.job)
  },
}

function createUserTask(step: Step, element: Element, instance: ElementInstance, task: UserTaskDefinition): Failure | undefined {
  const scope = instance.key
  const text = (value: TextValue | undefined, what: string) =>
    value ? evaluateText(step, value, scope, `${what} of ${element.id}`) : ok(undefined)
  const texts = (value: TextValue | undefined, what: string) =>
    value ? evaluateTexts(step, value, scope, `${what} of ${element.id}`) : ok([])
  const assignee = text(task.assignee, 'the assignee')
  if (!assignee.ok) return assignee.failure
  const candidateGroups = texts(task.candidateGroups, 'the candidate groups')
  if (!candidateGroups.ok) return candidateGroups.failure
  const candidateUsers = texts(task.candidateUsers, 'the candidate users')
  if (!candidateUsers.ok) return candidateUsers.failure
  const priority = evaluatePriority(step, element, instance, task)
  if (!priority.ok) return priority.failure
  const dueDate = evaluateDate(step, task.dueDate, instance, `the due date of ${element.id}`)
  if (!dueDate.ok) return dueDate.failure
  const followUpDate = evaluateDate(step, task.followUpDate, instance, `the follow-up date of ${element.id}`)
  if (!followUpDate.ok) return followUpDate.failure
  const reference = text(task.externalReference, 'the form reference')
  if (!reference.ok) return reference.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  const userTaskKey = step.nextKey<UserTaskKey>()
  const listeners = element.taskListeners
  const changes = assignee.value !== undefined && assignee.value !== '' ? { assignee: assignee.value } : {}
  step.emit({
    type: 'userTask.created',
    userTaskKey,
    elementInstanceKey: instance.key,
    elementId: element.id,
    name: element.name,
    candidateGroups: candidateGroups.value,
    candidateUsers: candidateUsers.value,
    priority: priority.value,
    customHeaders: task.headers,
    // Listeners to its creation and assignment are asked before it has an assignee.
    ...(!listeners?.creating && !listeners?.assigning && changes),
    ...(listeners && { listens: true as const }),
    ...(listeners?.creating && { held: { action: 'create', changes } }),
    ...(task.formId !== undefined && { formId: task.formId }),
    ...(reference.value !== undefined && { externalFormReference: reference.value }),
    ...(dueDate.value !== undefined && { dueDate: dueDate.value }),
    ...(followUpDate.value !== undefined && { followUpDate: followUpDate.value }),
  })
  const created = listeners && step.state.userTasks[userTaskKey]
  if (created?.phase) goOnListening(step, element, instance, created)
  else if (created && listeners.assigning && changes.assignee !== undefined)
    request(step, created, 'assigning', { action: 'assign', changes })
  return undefined
}

function evaluatePriority(step: Step, element: Element, instance: ElementInstance, task: UserTaskDefinition): Result<number> {
  if (!task.priority) return ok(50)
  const priority = evaluateInteger(step, task.priority, instance.key, `the priority of ${element.id}`)
  if (!priority.ok || (priority.value >= 0 && priority.value <= 100)) return priority
  return fail('EXTRACT_VALUE_ERROR', `Expected the priority of ${element.id} to be 0 to 100, but found ${priority.value}`)
}

function evaluateDate(step: Step, value: TextValue | undefined, instance: ElementInstance, what: string): Result<string | undefined> {
  if (!value) return ok(undefined)
  const text = evaluateText(step, value, instance.key, what)
  if (!text.ok || text.value === '') return text.ok ? ok(undefined) : text
  if (parseInstant(text.value, step.env.zone) !== undefined) return text
  return fail('EXTRACT_VALUE_ERROR', `Expected ${what} to be an ISO 8601 date-time, but found '${text.value}'`)
}
