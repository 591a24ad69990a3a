import type { UserTaskEnded } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { InstanceState } from '../instance-state.ts'
import { expectEntry, useKey } from './sequence.ts'

function end(state: InstanceState, event: UserTaskEnded): void {
  const task = expectEntry(state.userTasks, event.userTaskKey, 'user task')
  const instance = state.elements[task.elementInstanceKey]
  if (instance) delete instance.userTaskKey
  delete state.userTasks[event.userTaskKey]
}

export const userTaskAppliers: Appliers<'userTask.created' | 'userTask.assigned' | 'userTask.completed' | 'userTask.canceled'> = {
  'userTask.created': (state, event) => {
    useKey(state, event.userTaskKey)
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').userTaskKey = event.userTaskKey
    state.userTasks[event.userTaskKey] = {
      key: event.userTaskKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      ...(event.assignee !== undefined && { assignee: event.assignee }),
    }
  },
  'userTask.assigned': (state, event) => {
    const task = expectEntry(state.userTasks, event.userTaskKey, 'user task')
    if (event.assignee === undefined) delete task.assignee
    else task.assignee = event.assignee
  },
  'userTask.completed': end,
  'userTask.canceled': end,
}
