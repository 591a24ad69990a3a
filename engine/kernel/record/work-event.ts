import type { ElementInstanceKey, EpochMs, JobKey, UserTaskKey } from './keys.ts'

export type JobKind = 'BPMN_ELEMENT' | 'EXECUTION_LISTENER' | 'TASK_LISTENER'

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
