import type { Rejection } from '../../record/command.ts'
import type { UserTaskKey } from '../../record/keys.ts'
import type { UserTaskState } from '../../state/instance-state.ts'
import { refuseChanges, request } from '../behavior/task-listener.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

function withTask(step: Step, key: UserTaskKey, act: (task: UserTaskState) => Rejection | undefined): Rejection | undefined {
  const task = step.state.userTasks[key]
  if (!task) return reject('NOT_FOUND', `Expected an open user task ${key}, but there is none; it was completed or its element ended`)
  if (task.phase)
    return reject(
      'INVALID_STATE',
      `Expected user task ${key} to be at rest, but its listeners are asked while ${task.phase}; try again once they have answered`,
    )
  return act(task)
}

export const userTaskHandlers: Handlers<'assignUserTask' | 'unassignUserTask' | 'completeUserTask' | 'updateUserTask'> = {
  assignUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      const { assignee, allowOverride } = command
      if (!allowOverride && task.assignee !== undefined && task.assignee !== assignee) {
        return reject('INVALID_STATE', `Expected to claim user task ${task.key}, but ${task.assignee} already holds it; unassign it first`)
      }
      const action = command.action ?? (allowOverride ? 'assign' : 'claim')
      if (task.assignee !== assignee) request(step, task, 'assigning', { action, changes: { assignee } })
      return undefined
    }),
  unassignUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      if (task.assignee !== undefined) request(step, task, 'assigning', { action: 'unassign', changes: { assignee: '' } })
      return undefined
    }),
  updateUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      const refusal = refuseChanges(step, task, command.changes)
      if (refusal) return refusal
      request(step, task, 'updating', { action: command.action ?? 'update', changes: command.changes })
      return undefined
    }),
  completeUserTask: (step, command) =>
    withTask(step, command.userTaskKey, (task) => {
      request(step, task, 'completing', { action: command.action ?? 'complete', changes: {}, variables: command.variables })
      return undefined
    }),
}
