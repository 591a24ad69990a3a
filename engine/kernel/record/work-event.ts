import type { Variables } from './json.ts'
import type { ElementInstanceKey, EpochMs, JobKey, UserTaskKey } from './keys.ts'

export type JobKind = 'BPMN_ELEMENT' | 'EXECUTION_LISTENER' | 'TASK_LISTENER' | 'AD_HOC_SUB_PROCESS'

export interface JobCreated {
  readonly type: 'job.created'
  readonly jobKey: JobKey
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
  readonly jobType: string
  readonly kind: JobKind
  readonly retries: number
  readonly customHeaders: Readonly<Record<string, string>>
  /** Higher is handed out first. Absent: 0. */
  readonly priority?: number
}
export interface JobFailed {
  readonly type: 'job.failed'
  readonly jobKey: JobKey
  readonly retries: number
  readonly errorMessage: string
  /** Earliest time it may be taken again; `HELD_UNTIL_RESOLVED` while an incident holds it. */
  readonly availableAt: EpochMs
}
export interface JobRetriesUpdated {
  readonly type: 'job.retriesUpdated'
  readonly jobKey: JobKey
  readonly retries: number
  /** Set when an incident was resolved: it may be taken again from then on. Absent: leases and holds stay as they are. */
  readonly availableAt?: EpochMs
}
export interface JobEnded {
  readonly type: 'job.completed' | 'job.canceled' | 'job.errorThrown'
  readonly jobKey: JobKey
  readonly errorCode?: string
  readonly errorMessage?: string
}

/** What a user task is doing while its listeners are asked. */
export type TaskPhase = 'creating' | 'assigning' | 'updating' | 'completing' | 'canceling'
/** Attributes to change; those absent stay. An empty text takes assignee or date away. */
export interface UserTaskChanges {
  readonly assignee?: string
  readonly candidateGroups?: readonly string[]
  readonly candidateUsers?: readonly string[]
  /** 0 to 100. */
  readonly priority?: number
  /** ISO 8601. */
  readonly dueDate?: string
  readonly followUpDate?: string
}
/** What is done once all listeners have agreed. */
export interface HeldTaskChange {
  /** For the listeners: what was asked for, e.g. `claim`. */
  readonly action: string
  readonly changes: UserTaskChanges
  /** Submitted with a completion. */
  readonly variables?: Variables
}

export interface UserTaskCreated {
  readonly type: 'userTask.created'
  readonly userTaskKey: UserTaskKey
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
  readonly name: string
  readonly candidateGroups: readonly string[]
  readonly candidateUsers: readonly string[]
  /** 0 to 100. */
  readonly priority: number
  readonly customHeaders: Readonly<Record<string, string>>
  readonly assignee?: string
  readonly formId?: string
  readonly externalFormReference?: string
  /** ISO 8601 with offset. */
  readonly dueDate?: string
  readonly followUpDate?: string
  /** Its `creating` listeners are asked first. */
  readonly held?: HeldTaskChange
}
/** Listeners are asked whether, and with which corrections, this may happen. */
export interface UserTaskTransition {
  readonly type: 'userTask.transition'
  readonly userTaskKey: UserTaskKey
  readonly phase: TaskPhase
  readonly held: HeldTaskChange
}
/** A listener corrected what is about to happen. */
export interface UserTaskCorrected {
  readonly type: 'userTask.corrected'
  readonly userTaskKey: UserTaskKey
  readonly corrections: UserTaskChanges
}
/** All listeners have answered, or one has refused: nothing is held any more. */
export interface UserTaskSettled {
  readonly type: 'userTask.settled'
  readonly userTaskKey: UserTaskKey
  readonly denied?: true
  readonly deniedReason?: string
}
export interface UserTaskUpdated {
  readonly type: 'userTask.updated'
  readonly userTaskKey: UserTaskKey
  /** Never the assignee. */
  readonly changes: Omit<UserTaskChanges, 'assignee'>
}
/** `assignee` absent: given back. */
export interface UserTaskAssigned {
  readonly type: 'userTask.assigned'
  readonly userTaskKey: UserTaskKey
  readonly assignee?: string
}
export interface UserTaskEnded {
  readonly type: 'userTask.completed' | 'userTask.canceled'
  readonly userTaskKey: UserTaskKey
}
