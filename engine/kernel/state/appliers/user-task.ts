import type { UserTaskChanges, UserTaskCreated, UserTaskEnded } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { InstanceState, UserTaskState } from '../instance-state.ts'
import { expectEntry, useKey } from './sequence.ts'

function end(state: InstanceState, event: UserTaskEnded): void {
  const task = taskOf(state, event)
  const instance = state.elements[task.elementInstanceKey]
  if (instance) delete instance.userTaskKey
  delete state.userTasks[event.userTaskKey]
}

function taskOf(state: InstanceState, event: { readonly userTaskKey: string }): UserTaskState {
  return expectEntry(state.userTasks, event.userTaskKey, 'user task')
}

function attributesOf({ candidateGroups, candidateUsers, priority, dueDate, followUpDate }: UserTaskCreated): UserTaskChanges {
  return {
    candidateGroups,
    candidateUsers,
    priority,
    ...(dueDate !== undefined && { dueDate }),
    ...(followUpDate !== undefined && { followUpDate }),
  }
}

export const userTaskAppliers: Appliers<
  | 'userTask.created'
  | 'userTask.assigned'
  | 'userTask.updated'
  | 'userTask.completed'
  | 'userTask.canceled'
  | 'userTask.transition'
  | 'userTask.corrected'
  | 'userTask.settled'
> = {
  'userTask.created': (state, event) => {
    useKey(state, event.userTaskKey)
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').userTaskKey = event.userTaskKey
    state.userTasks[event.userTaskKey] = {
      key: event.userTaskKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      ...(event.assignee !== undefined && { assignee: event.assignee }),
      attributes: attributesOf(event),
      ...(event.held && { phase: 'creating' as const, held: event.held }),
    }
  },
  'userTask.assigned': (state, event) => {
    const task = taskOf(state, event)
    if (event.assignee === undefined) delete task.assignee
    else task.assignee = event.assignee
  },
  'userTask.updated': (state, event) => {
    const task = taskOf(state, event)
    task.attributes = { ...task.attributes, ...event.changes }
  },
  'userTask.transition': (state, event) => {
    const task = taskOf(state, event)
    task.phase = event.phase
    task.held = event.held
    delete task.listened
  },
  'userTask.corrected': (state, event) => {
    const task = taskOf(state, event)
    if (task.held) task.held = { ...task.held, changes: { ...task.held.changes, ...event.corrections } }
  },
  'userTask.settled': (state, event) => {
    const task = taskOf(state, event)
    delete task.phase
    delete task.listened
    delete task.held
  },
  'userTask.completed': end,
  'userTask.canceled': end,
}
