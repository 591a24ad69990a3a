import type { Element, JobDefinition, UserTaskDefinition } from '../../model/executable-process.ts'
import type { UserTaskKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { planJob } from '../behavior/job.ts'
import { goOnListening, request } from '../behavior/task-listener.ts'
import { evaluateUserTask } from '../behavior/user-task-attributes.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'

/** Before the names of headers by which a worker learns whom a task is for. */
const HEADER = 'io.camunda.zeebe:'

/** Puts work before people; without the native marker, before a job worker. */
export const userTask: ElementProcessor = {
  activate(step, element, instance) {
    if (element.userTask) return createUserTask(step, element, instance, element.userTask)
    if (!element.job) throw new Error(`Expected user task ${element.id} to be native or have a job, but the parser made neither`)
    return createTaskJob(step, element, instance, element.job)
  },
}

function createUserTask(step: Step, element: Element, instance: ElementInstance, task: UserTaskDefinition): Failure | undefined {
  const evaluated = evaluateUserTask(step, element, instance, task)
  if (!evaluated.ok) return evaluated.failure
  const { assignee, ...attributes } = evaluated.value
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  const userTaskKey = step.nextKey<UserTaskKey>()
  const listeners = element.taskListeners
  const changes = assignee === undefined ? {} : { assignee }
  step.emit({
    type: 'userTask.created',
    userTaskKey,
    elementInstanceKey: instance.key,
    elementId: element.id,
    name: element.name,
    ...attributes,
    customHeaders: task.headers,
    // Listeners to its creation and assignment are asked before it has an assignee.
    ...(!listeners?.creating && !listeners?.assigning && changes),
    ...(listeners?.creating && { held: { action: 'create', changes } }),
    ...(task.formId !== undefined && { formId: task.formId }),
  })
  const created = listeners && step.state.userTasks[userTaskKey]
  if (created?.phase) goOnListening(step, element, instance, created)
  else if (created && listeners.assigning && assignee !== undefined) request(step, created, 'assigning', { action: 'assign', changes })
  return undefined
}

/** The worker is told in headers whom the task is for, and by when. */
function createTaskJob(step: Step, element: Element, instance: ElementInstance, job: JobDefinition): Failure | undefined {
  const { jobUserTask } = element
  const evaluated = jobUserTask && evaluateUserTask(step, element, instance, jobUserTask)
  if (evaluated && !evaluated.ok) return evaluated.failure
  const { priority: _, candidateGroups = [], candidateUsers = [], ...others } = evaluated?.value ?? {}
  const told: Record<string, string | undefined> = {
    ...others,
    ...(candidateGroups.length > 0 && { candidateGroups: JSON.stringify(candidateGroups) }),
    ...(candidateUsers.length > 0 && { candidateUsers: JSON.stringify(candidateUsers) }),
    ...(jobUserTask?.formKey !== undefined && { formKey: jobUserTask.formKey }),
  }
  const headers = { ...job.headers }
  for (const [name, value] of Object.entries(told)) if (value !== undefined) headers[HEADER + name] = value
  const offer = planJob(step, element, instance, job, 'BPMN_ELEMENT', headers)
  if (!offer.ok) return offer.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  offer.value()
  return undefined
}
