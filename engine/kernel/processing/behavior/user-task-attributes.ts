import type { Element, TextValue, UserTaskDefinition } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateInteger, evaluateText, evaluateTexts } from './evaluate.ts'
import { parseInstant } from './timer.ts'

/** What a user task is given when it is created. */
export interface UserTaskAttributes {
  readonly candidateGroups: readonly string[]
  readonly candidateUsers: readonly string[]
  readonly priority: number
  readonly assignee?: string
  readonly dueDate?: string
  readonly followUpDate?: string
  readonly externalFormReference?: string
}

export function evaluateUserTask(
  step: Step,
  element: Element,
  instance: ElementInstance,
  task: UserTaskDefinition,
): Result<UserTaskAttributes> {
  const scope = instance.key
  const text = (value: TextValue | undefined, what: string) =>
    value ? evaluateText(step, value, scope, `${what} of ${element.id}`) : ok(undefined)
  const texts = (value: TextValue | undefined, what: string) =>
    value ? evaluateTexts(step, value, scope, `${what} of ${element.id}`) : ok([])
  const assignee = text(task.assignee, 'the assignee')
  if (!assignee.ok) return assignee
  const candidateGroups = texts(task.candidateGroups, 'the candidate groups')
  if (!candidateGroups.ok) return candidateGroups
  const candidateUsers = texts(task.candidateUsers, 'the candidate users')
  if (!candidateUsers.ok) return candidateUsers
  const priority = evaluatePriority(step, element, instance, task)
  if (!priority.ok) return priority
  const dueDate = evaluateDate(step, task.dueDate, instance, `the due date of ${element.id}`)
  if (!dueDate.ok) return dueDate
  const followUpDate = evaluateDate(step, task.followUpDate, instance, `the follow-up date of ${element.id}`)
  if (!followUpDate.ok) return followUpDate
  const reference = text(task.externalReference, 'the form reference')
  if (!reference.ok) return reference
  return ok({
    candidateGroups: candidateGroups.value,
    candidateUsers: candidateUsers.value,
    priority: priority.value,
    ...(assignee.value && { assignee: assignee.value }),
    ...(dueDate.value !== undefined && { dueDate: dueDate.value }),
    ...(followUpDate.value !== undefined && { followUpDate: followUpDate.value }),
    ...(reference.value !== undefined && { externalFormReference: reference.value }),
  })
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
