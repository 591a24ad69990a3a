import type { InstanceState, Json, ProcessInstanceKey } from '../../engine/kernel/index.ts'
import type {
  HistoryEntry,
  InstanceCommit,
  JobRow,
  MessageRow,
  OutboxRow,
  RowChange,
  TimerRow,
  UserTaskRow,
} from '../../engine/store/index.ts'

const PROCESS = { processDefinitionKey: '10', bpmnProcessId: 'permit', version: 1, tenantId: '<default>' } as const

export function instanceKey(number: number): ProcessInstanceKey {
  return `${1_000_000 + number}0000000` as ProcessInstanceKey
}

/** A commit of an instance; `note` ends up in its state, to tell one from another. */
export function aCommit(
  key: ProcessInstanceKey,
  expectedRevision: number,
  more: { readonly note?: Json; readonly changes?: readonly RowChange[]; readonly outbox?: readonly OutboxRow[] } = {},
): InstanceCommit {
  const state = { key, note: more.note ?? null, 'a.b': { $x: 1 } } as unknown as InstanceState
  const history = {
    processInstanceKey: key,
    revision: expectedRevision + 1,
    at: 1_000 + expectedRevision,
    command: 'createInstance',
    actor: { kind: 'system' },
    events: [{ type: 'note', note: more.note ?? null }],
  } as unknown as HistoryEntry
  return { key, expectedRevision, state, history, changes: more.changes ?? [], outbox: more.outbox ?? [] }
}

function element(key: ProcessInstanceKey, sequence: number) {
  return {
    ...PROCESS,
    key: String(BigInt(key) + BigInt(sequence)),
    processInstanceKey: key,
    elementInstanceKey: String(BigInt(key) + 1n),
    elementId: 'weigh',
  }
}

export function aJob(key: ProcessInstanceKey, sequence: number, more: Partial<JobRow> = {}): JobRow {
  return {
    ...element(key, sequence),
    type: 'weigh',
    kind: 'BPMN_ELEMENT',
    state: 'CREATED',
    retries: 3,
    customHeaders: { 'a.b': '$c' },
    priority: 50,
    createdAt: 100,
    availableAt: 100,
    ...more,
  }
}

export function aUserTask(key: ProcessInstanceKey, sequence: number, more: Partial<UserTaskRow> = {}): UserTaskRow {
  return {
    ...element(key, sequence),
    name: 'Weigh',
    state: 'CREATED',
    candidateGroups: [],
    candidateUsers: [],
    priority: 50,
    createdAt: 100 + sequence,
    customHeaders: {},
    ...more,
  }
}

export function aTimer(key: ProcessInstanceKey, sequence: number, dueAt: number): TimerRow {
  return { ...element(key, sequence), dueAt }
}

export function anOutboxRow(key: string, availableAt: number, more: Partial<OutboxRow> = {}): OutboxRow {
  return { key, kind: 'webhook', payload: { 'a.b': [1, null] }, availableAt, attempts: 0, ...more }
}

export function aMessage(key: string, more: Partial<MessageRow> = {}): MessageRow {
  return {
    key,
    tenantId: '<default>',
    name: 'answer',
    correlationKey: 'R1',
    variables: { 'a.b': { $x: '数' } },
    publishedAt: 100,
    expiresAt: 1_000,
    claims: {},
    ...more,
  }
}
