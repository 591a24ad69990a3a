import type { CreateInstance, Rejection } from '../../record/command.ts'
import { planAttachedCatches } from '../behavior/catch-event.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { terminateInstance } from '../behavior/terminate.ts'
import { propagate, setLocal } from '../behavior/variables.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

function create(step: Step, command: CreateInstance): Rejection | undefined {
  if (step.hasState) return reject('ALREADY_EXISTS', `Expected no instance ${command.processInstanceKey}, but it exists already`)
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
  })
  setLocal(step, step.state.key, command.variables)
  beginInstance(step)
  return undefined
}

/** Arms the event subprocesses of the process and begins; run again when an incident on the way in is resolved. */
export function beginInstance(step: Step): void {
  const root = step.get(step.state.key)
  const catches = planAttachedCatches(step, step.process.root, root)
  const failure = catches.ok ? step.processors.process.activate(step, step.process.root, root) : catches.failure
  if (failure) raiseIncident(step, root, failure)
  else if (catches.ok) for (const open of catches.value) open(step)
}

export const instanceHandlers: Handlers<'createInstance' | 'cancelInstance' | 'setVariables'> = {
  createInstance: create,
  cancelInstance: (step) => {
    if (step.state.status !== 'active')
      return reject('NOT_FOUND', `Expected instance ${step.state.key} to be running, but it is ${step.state.status}`)
    terminateInstance(step)
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
