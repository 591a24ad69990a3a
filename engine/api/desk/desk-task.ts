import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { seesTask } from '../../access/index.ts'
import type { Engine } from '../../runtime/index.ts'
import type { UserTaskRow } from '../../store/index.ts'
import type { DeskTask } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import { notFound } from '../problem.ts'
import { nullable, Time } from '../schema.ts'

const STATES = {
  CREATING: 'open',
  CREATED: 'open',
  ASSIGNING: 'open',
  UPDATING: 'open',
  COMPLETING: 'open',
  COMPLETED: 'done',
  CANCELING: 'canceled',
  CANCELED: 'canceled',
} as const satisfies Record<UserTaskRow['state'], DeskTask['state']>

export const DeskTaskSchema = Type.Object(
  {
    taskKey: Type.String(),
    elementId: Type.String(),
    name: Type.String(),
    state: Type.Enum(['open', 'done', 'canceled']),
    groups: Type.Array(Type.String()),
    assignee: nullable(Type.String()),
    priority: Type.Integer(),
    createdAt: Time,
    dueAt: nullable(Type.String()),
    endedAt: nullable(Time),
    completedBy: nullable(Type.String()),
    receiptNo: nullable(Type.String()),
    processInstanceKey: Type.String(),
    process: Type.String(),
  },
  { title: 'DeskTask' },
)

export function deskTask(row: UserTaskRow, zone: string): DeskTask {
  return {
    taskKey: row.key,
    elementId: row.elementId,
    name: row.name,
    state: STATES[row.state],
    groups: row.candidateGroups,
    assignee: row.assignee ?? null,
    priority: row.priority,
    createdAt: isoTime(row.createdAt, zone),
    dueAt: row.dueDate ?? null,
    endedAt: row.endedAt === undefined ? null : isoTime(row.endedAt, zone),
    completedBy: row.completedBy ?? null,
    receiptNo: row.businessKey ?? null,
    processInstanceKey: row.processInstanceKey,
    process: row.bpmnProcessId,
  }
}

/** @throws ProblemError 404 as well for a task of another agency: its existence is not theirs to know. */
export async function visibleTask(engine: Engine, principal: Principal, taskKey: string): Promise<UserTaskRow> {
  const row = await engine.store.find('userTask', taskKey)
  if (!row || !seesTask(principal, row)) throw notFound({ en: `a task ${taskKey}`, zh: `任务 ${taskKey}` })
  return row
}
