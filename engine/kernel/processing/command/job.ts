import type { Command, Rejection } from '../../record/command.ts'
import { HELD_UNTIL_RESOLVED, type IncidentType, type JobKind } from '../../record/event.ts'
import type { JobKey } from '../../record/keys.ts'
import type { JobState, UserTaskState } from '../../state/instance-state.ts'
import { deliverError, findErrorTarget, uncaughtMessage } from '../behavior/error.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { afterListener, complete } from '../behavior/lifecycle.ts'
import { afterTaskListener, refuseResult } from '../behavior/task-listener.ts'
import { setLocal } from '../behavior/variables.ts'
import type { Step } from '../step.ts'
import { afterAdHocJob, refuseActivations } from './ad-hoc.ts'
import { type Handlers, reject } from './handler.ts'

function missing(jobKey: JobKey): Rejection {
  return reject('NOT_FOUND', `Expected an open job ${jobKey}, but there is none; it was completed, cancelled or its element ended`)
}

function withJob(step: Step, jobKey: JobKey, act: (job: JobState) => Rejection | undefined): Rejection | undefined {
  const job = step.state.jobs[jobKey]
  return job ? act(job) : missing(jobKey)
}

const NO_RETRIES: Readonly<Record<JobKind, IncidentType>> = {
  BPMN_ELEMENT: 'JOB_NO_RETRIES',
  EXECUTION_LISTENER: 'EXECUTION_LISTENER_NO_RETRIES',
  TASK_LISTENER: 'TASK_LISTENER_NO_RETRIES',
  AD_HOC_SUB_PROCESS: 'AD_HOC_SUB_PROCESS_NO_RETRIES',
}

/** A job whose incident is open is nobody's to answer; its worker gave it up. */
function heldByIncident(step: Step, job: JobState): boolean {
  return step.get(job.elementInstanceKey).incidentKey !== undefined
}

/** What an answer to the job may not say, whenever it is carried out. */
export function refuseAnswer(step: Step, job: JobState, command: Extract<Command, { jobKey: JobKey }>): Rejection | undefined {
  if (command.type === 'throwJobError' && (job.kind === 'EXECUTION_LISTENER' || job.kind === 'TASK_LISTENER'))
    return reject(
      'INVALID_STATE',
      `Expected a BPMN error from the job of an element, but job ${job.key} is a listener's; complete or fail it`,
    )
  if (command.type === 'completeJob' && job.kind === 'AD_HOC_SUB_PROCESS')
    return refuseActivations(step, step.get(job.elementInstanceKey), command.adHoc?.activateElements ?? [])
  const task = taskOf(step, job)
  if (command.type !== 'completeJob' || !task) return undefined
  if (Object.keys(command.variables).length > 0)
    return reject(
      'INVALID_ARGUMENT',
      `Expected no variables from task listener job ${job.key}, but found some; answer with corrections, or set variables by a command of their own`,
    )
  return refuseResult(step, task, command.result)
}

/** The user task whose listener is asked. */
function taskOf({ state }: Step, { kind, elementInstanceKey }: JobState): UserTaskState | undefined {
  return kind === 'TASK_LISTENER' ? state.userTasks[state.elements[elementInstanceKey]?.userTaskKey ?? ''] : undefined
}

export const jobHandlers: Handlers<'completeJob' | 'failJob' | 'throwJobError' | 'updateJob'> = {
  completeJob: (step, command) =>
    withJob(step, command.jobKey, (job) => {
      if (heldByIncident(step, job))
        return reject('INVALID_STATE', `Expected job ${job.key} to be free of incidents, but it has one; resolve the incident first`)
      const instance = step.get(job.elementInstanceKey)
      const refusal = refuseAnswer(step, job, command)
      if (refusal) return refusal
      const task = taskOf(step, job)
      step.emit({ type: 'job.completed', jobKey: job.key })
      if (task) afterTaskListener(step, task, command.result)
      else if (job.kind === 'AD_HOC_SUB_PROCESS') {
        setLocal(step, instance.key, command.variables)
        afterAdHocJob(step, instance, command.adHoc)
      } else if (job.kind === 'EXECUTION_LISTENER') afterListener(step, step.elementOf(instance), instance, command.variables)
      else complete(step, step.elementOf(instance), instance, command.variables)
      return undefined
    }),

  failJob: (step, command) =>
    withJob(step, command.jobKey, (job) => {
      if (heldByIncident(step, job))
        return reject('INVALID_STATE', `Expected job ${job.key} to be free of incidents, but it has one; resolve the incident first`)
      const instance = step.get(job.elementInstanceKey)
      if (command.variables) setLocal(step, instance.key, command.variables)
      const exhausted = command.retries <= 0
      step.emit({
        type: 'job.failed',
        jobKey: job.key,
        retries: Math.max(0, command.retries),
        errorMessage: command.errorMessage,
        availableAt: exhausted ? HELD_UNTIL_RESOLVED : step.env.now + Math.max(0, command.retryBackOffMs ?? 0),
      })
      if (exhausted) raiseIncident(step, instance, { type: NO_RETRIES[job.kind], message: command.errorMessage }, job.key)
      return undefined
    }),

  throwJobError: (step, command) =>
    withJob(step, command.jobKey, (job) => {
      const refusal = refuseAnswer(step, job, command)
      if (refusal) return refusal
      const instance = step.get(job.elementInstanceKey)
      const thrown = { errorCode: command.errorCode, errorMessage: command.errorMessage ?? '' }
      const target = findErrorTarget(step, instance, thrown.errorCode)
      if (heldByIncident(step, job))
        return reject('INVALID_STATE', `Expected job ${job.key} to be free of incidents, but it has one; resolve the incident first`)
      step.emit({ type: 'job.errorThrown', jobKey: job.key, ...thrown })
      if (target) deliverError(step, target, instance, thrown, command.variables ?? {})
      else raiseIncident(step, instance, { type: 'UNHANDLED_ERROR_EVENT', message: uncaughtMessage(instance.elementId, thrown) })
      return undefined
    }),

  updateJob: (step, command) =>
    withJob(step, command.jobKey, (job) => {
      if (command.retries < 1)
        return reject('INVALID_ARGUMENT', `Expected at least 1 retry for job ${job.key}, but found ${command.retries}`)
      step.emit({ type: 'job.retriesUpdated', jobKey: job.key, retries: command.retries })
      return undefined
    }),
}
