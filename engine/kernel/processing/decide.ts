import type { ExecutableProcess } from '../model/executable-process.ts'
import type { Command, Rejection } from '../record/command.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { triggerArmed, triggerConditions } from './behavior/condition.ts'
import { fireQuietJoins } from './behavior/quiet-join.ts'
import { adHocHandlers } from './command/ad-hoc.ts'
import { catchHandlers } from './command/catch.ts'
import { childHandlers } from './command/child.ts'
import { type Handler, type Handlers, reject } from './command/handler.ts'
import { incidentHandlers } from './command/incident.ts'
import { instanceHandlers } from './command/instance.ts'
import { jobHandlers } from './command/job.ts'
import { migrateHandlers } from './command/migrate-instance.ts'
import { modifyHandlers } from './command/modify-instance.ts'
import { multiInstanceHandlers } from './command/multi-instance.ts'
import { holdBack, suspendHandlers } from './command/suspend.ts'
import { userTaskHandlers } from './command/user-task.ts'
import type { Decided, DecisionEnv } from './contract.ts'
import { PROCESSORS } from './processors.ts'
import { Step } from './step.ts'

const HANDLERS: Handlers<Command['type']> = {
  ...instanceHandlers,
  ...jobHandlers,
  ...userTaskHandlers,
  ...catchHandlers,
  ...childHandlers,
  ...incidentHandlers,
  ...multiInstanceHandlers,
  ...adHocHandlers,
  ...modifyHandlers,
  ...migrateHandlers,
  ...suspendHandlers(handle),
}

function handle(step: Step, command: Command): Rejection | undefined {
  const handler = HANDLERS[command.type] as Handler<typeof command.type>
  return handler(step, command as never)
}

/**
 * Carries out one command: runs until every token waits, and returns what happened as events.
 *
 * Pure: the same process, state, command and env give the same events. `state` is changed in place by the appliers
 * while it runs; when this throws (an engine fault), the state must be thrown away and loaded again.
 *
 * @param state `undefined` only for `createInstance`
 */
export function decide(process: ExecutableProcess, state: InstanceState | undefined, command: Command, env: DecisionEnv): Decided {
  const refusal = refuseAtTheDoor(state, command)
  if (refusal) return { rejection: refusal, events: [], state }
  const step = new Step(process, state, env, PROCESSORS)
  const rejection = state?.suspended ? (holdBack(step, command) ?? handle(step, command)) : handle(step, command)
  if (rejection === 'deferred') return { events: step.events, state: step.state }
  if (rejection) return { rejection, events: [], state }
  const whenArmed = () => {
    if (!step.state.suspended) triggerArmed(step)
  }
  step.settle(whenArmed, () => {
    if (!step.state.suspended) triggerConditions(step)
    if (step.isQuiet) fireQuietJoins(step)
  })
  return { events: step.events, state: step.state }
}

function refuseAtTheDoor(state: InstanceState | undefined, command: Command): Rejection | undefined {
  if (!state && command.type !== 'createInstance') return reject('NOT_FOUND', 'Expected a running instance, but there is none')
  if (state && state.status !== 'active' && command.type !== 'createInstance')
    return reject('NOT_FOUND', `Expected instance ${state.key} to be running, but it is ${state.status}`)
  // JSON can hold this name, plain objects cannot keep it.
  if ('variables' in command && command.variables && Object.hasOwn(command.variables, '__proto__')) {
    return reject('INVALID_ARGUMENT', "Expected variable names that FEEL can use, but found '__proto__'; rename it")
  }
  return undefined
}
