import type { Command, CommandType, Rejection } from '../../record/command.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'
import { refuseAnswer } from './job.ts'

/** What comes only once: kept, and carried out in order when the instance is resumed. */
const DEFERRED: ReadonlySet<CommandType> = new Set<CommandType>([
  'completeJob',
  'failJob',
  'throwJobError',
  'childEnded',
  'childEscalated',
  'triggerSignal',
  'continueMultiInstance',
])
/** What can be asked for again. */
const REFUSED: ReadonlySet<CommandType> = new Set<CommandType>(['completeUserTask', 'triggerTimer', 'correlateMessage', 'resolveIncident'])

/** While suspended no token moves but by surgery. Undefined: the command may be carried out. */
export function holdBack(step: Step, command: Command): Rejection | 'deferred' | undefined {
  if (REFUSED.has(command.type))
    return reject('INVALID_STATE', `Expected instance ${step.state.key} to run, but it is suspended; resume it, then try again`)
  if (!DEFERRED.has(command.type)) return undefined
  const refusal = refuseToDefer(step, command)
  if (refusal) return refusal
  step.emit({ type: 'command.deferred', command })
  return 'deferred'
}

/** What would be refused anyway, or was kept before. */
function refuseToDefer(step: Step, command: Command): Rejection | undefined {
  const { state } = step
  if ('jobKey' in command) {
    const job = state.jobs[command.jobKey]
    if (!job)
      return reject(
        'NOT_FOUND',
        `Expected an open job ${command.jobKey}, but there is none; it was completed, cancelled or its element ended`,
      )
    if (state.elements[job.elementInstanceKey]?.incidentKey !== undefined)
      return reject('INVALID_STATE', `Expected job ${job.key} to be free of incidents, but it has one; resolve the incident first`)
    if (state.suspended?.deferred.some((kept) => 'jobKey' in kept && kept.jobKey === job.key))
      return reject(
        'INVALID_STATE',
        `Expected job ${job.key} to be open, but it was answered; the answer counts once the instance is resumed`,
      )
    return refuseAnswer(step, job, command)
  }
  // Two escalations of a child may be alike and still be two.
  if (command.type === 'childEscalated') return undefined
  if ('childInstanceKey' in command && state.elements[command.elementInstanceKey]?.childInstanceKey !== command.childInstanceKey)
    return reject(
      'NOT_FOUND',
      `Expected call activity ${command.elementInstanceKey} to wait for instance ${command.childInstanceKey}, but it does not (any more)`,
    )
  const isKept = state.suspended?.deferred.some((kept) => JSON.stringify(kept) === JSON.stringify(command))
  return isKept
    ? reject('ALREADY_EXISTS', `Expected a new ${command.type} for instance ${state.key}, but the same is kept already`)
    : undefined
}

export function suspendHandlers(
  handle: (step: Step, command: Command) => Rejection | undefined,
): Handlers<'suspendInstance' | 'resumeInstance'> {
  return {
    suspendInstance: (step) => {
      if (step.state.suspended) return reject('INVALID_STATE', `Expected instance ${step.state.key} to run, but it is suspended already`)
      step.emit({ type: 'instance.suspended', at: step.env.now })
      return undefined
    },
    resumeInstance: (step) => {
      const { suspended } = step.state
      if (!suspended) return reject('INVALID_STATE', `Expected instance ${step.state.key} to be suspended, but it runs`)
      step.emit({ type: 'instance.resumed', at: step.env.now })
      step.recall(suspended)
      // One may end what the next speaks of; that one is then refused, as it would have been.
      for (const command of suspended.deferred) step.afterwards(() => void handle(step, command))
      return undefined
    },
  }
}
