import type { CreateInstance, Rejection, StartInstruction } from '../../record/command.ts'
import { refuseToBeginAt } from '../behavior/activation.ts'
import { enter } from '../behavior/lifecycle.ts'
import { terminateInstance } from '../behavior/terminate.ts'
import { propagate, setLocal } from '../behavior/variables.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

function create(step: Step, command: CreateInstance): Rejection | undefined {
  if (step.hasState) return reject('ALREADY_EXISTS', `Expected no instance ${command.processInstanceKey}, but it exists already`)
  const refusal = command.startInstructions && refuseStart(step, command, command.startInstructions)
  if (refusal !== undefined) return reject('INVALID_ARGUMENT', refusal)
  record(step, command)
  beginInstance(step)
  return undefined
}

/** Tries on a copy, with the process active as it will be when the first tokens are put in. */
function refuseStart(step: Step, command: CreateInstance, instructions: readonly StartInstruction[]): string | undefined {
  if (instructions.length === 0)
    return 'Expected at least one element to start at, but found none; leave startInstructions out to begin at the start event'
  const trial = step.rehearsal()
  record(trial, command)
  trial.emit({ type: 'element.activated', key: trial.state.key, elementId: step.process.root.id })
  return refuseToBeginAt(
    trial,
    instructions.map(({ elementId }) => elementId),
  )
}

function record(step: Step, command: CreateInstance): void {
  step.emit({
    type: 'instance.created',
    processInstanceKey: command.processInstanceKey,
    processDefinitionKey: command.processDefinitionKey,
    bpmnProcessId: step.process.bpmnProcessId,
    version: command.version,
    tenantId: command.tenantId,
    at: step.env.now,
    ...(command.businessKey !== undefined && { businessKey: command.businessKey }),
    ...(command.parent && { parent: command.parent }),
    ...(command.startElementId !== undefined && { startElementId: command.startElementId }),
    ...(command.startInstructions && { startElementIds: command.startInstructions.map(({ elementId }) => elementId) }),
  })
  setLocal(step, step.state.key, command.variables)
}

/** Arms the event subprocesses of the process and begins; run again when an incident on the way in is resolved. */
export function beginInstance(step: Step): void {
  enter(step, step.process.root, step.get(step.state.key))
}

export const instanceHandlers: Handlers<'createInstance' | 'cancelInstance' | 'setVariables'> = {
  createInstance: create,
  cancelInstance: (step) => {
    if (step.state.status !== 'active')
      return reject('NOT_FOUND', `Expected instance ${step.state.key} to be running, but it is ${step.state.status}`)
    const root = step.get(step.state.key)
    // Asked a second time, it does not wait any longer for task listeners that do not answer.
    terminateInstance(step, root.endsWith, root.state === 'terminating')
    // It waits for task listeners, who could not answer a suspended instance; what was kept speaks of what is gone.
    if (step.state.status === 'active' && step.state.suspended) step.emit({ type: 'instance.resumed', at: step.env.now })
    return undefined
  },
  setVariables: (step, command) => {
    if (!step.find(command.scopeKey))
      return reject('NOT_FOUND', `Expected a live element instance ${command.scopeKey}, but there is none; it may have ended`)
    if (command.local) setLocal(step, command.scopeKey, command.variables)
    else propagate(step, command.scopeKey, command.variables)
    return undefined
  },
}
