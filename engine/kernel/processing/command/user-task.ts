import type { Rejection } from '../../record/command.ts'
import type { UserTaskKey } from '../../record/keys.ts'
import type { UserTaskState } from '../../state/instance-state.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

function withTask(step: Step, key: UserTaskKey, act: (task: UserTaskState) => Rejection | undefined): Rejection | undefined {
  const task = step.state.userTasks[key]
  return task
    ? act(task)
    : reject('NOT_FOUND', `Expected an open user task ${key}, but there is none; it was completed or its element ended`)
}

export const userTaskHandlers: Handlers<'assignUserTask' | 'unassignUserTask' | 'completeUserTask'> = {
  assignUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      if (!command.allowOverride && task.assignee !== undefined && task.assignee !== command.assignee) {
        return reject('INVALID_STATE', `Expected to claim user task ${task.key}, but ${task.assignee} already holds it; unassign it first`)
      }
      // Claiming what one holds already is not news.
      if (task.assignee !== command.assignee) step.emit({ type: 'userTask.assigned', userTaskKey: task.key, assignee: command.assignee })
      return undefined
    }),
  unassignUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      if (task.assignee !== undefined) step.emit({ type: 'userTask.assigned', userTaskKey: task.key })
      return undefined
    }),
  completeUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      const instance = step.get(task.elementInstanceKey)
      step.emit({ type: 'userTask.completed', userTaskKey: task.key })
      complete(step, step.elementOf(instance), instance, command.variables)
      return undefined
    }),
}
