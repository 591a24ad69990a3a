import type { Element } from '../../model/executable-process.ts'
import type { HeldTaskChange } from '../../record/event.ts'
import type { ElementInstance, UserTaskState } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { raiseIncident } from './incident.ts'
import { planJob } from './job.ts'

/** Before the names of headers that tell a listener what it is asked about. */
const HEADER = 'io.camunda.zeebe:'

/** Asks the listener whose turn it is by a job; false when all have answered. */
export function askTaskListener(step: Step, element: Element, instance: ElementInstance, task: UserTaskState): boolean {
  const { phase, held } = task
  const listener = phase && element.taskListeners?.[phase]?.[task.listened ?? 0]
  if (!listener || !held) return false
  const offer = planJob(step, element, instance, listener, 'TASK_LISTENER', { ...listener.headers, ...headersOf(task, held) })
  if (offer.ok) offer.value()
  else raiseIncident(step, instance, offer.failure)
  return true
}

function headersOf(task: UserTaskState, { action, changes }: HeldTaskChange): Record<string, string> {
  const seen: Record<string, unknown> = {
    userTaskKey: task.key,
    action,
    changedAttributes: Object.keys(changes),
    ...(task.assignee !== undefined && { assignee: task.assignee }),
    ...task.attributes,
    ...changes,
  }
  const entries = Object.entries(seen).map(([name, value]) => [HEADER + name, typeof value === 'string' ? value : JSON.stringify(value)])
  return Object.fromEntries(entries)
}
