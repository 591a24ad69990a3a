import type { ModifyInstance, MoveInstruction, Rejection, TerminateInstruction } from '../../record/command.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { Activations } from '../behavior/activation.ts'
import { afterTerminated, removeEach, terminate, terminateInstance } from '../behavior/terminate.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

/** What is taken away: live elements, and tokens that wait at a door. */
interface Removal {
  readonly instances: readonly ElementInstance[]
  readonly tokens: readonly { readonly scopeKey: ElementInstanceKey; readonly flowId: string }[]
}
const bad = (message: string): Rejection => reject('INVALID_ARGUMENT', message)

export const modifyHandlers: Handlers<'modifyInstance'> = {
  modifyInstance: (step, command) => {
    const moves = command.move ?? []
    if (command.activate.length + command.terminate.length + moves.length === 0)
      return bad('Expected something to activate, terminate or move, but found nothing')
    const removals: Removal[] = []
    for (const instruction of [...command.terminate, ...moves.map(sourceOf)]) {
      const removal = find(step, instruction)
      if (typeof removal === 'string') return bad(removal)
      removals.push(removal)
    }
    const activations = plan(step, command, removals)
    if (typeof activations === 'string') return bad(activations)
    const refusal = activations.rehearse(step)
    if (refusal !== undefined) return bad(refusal)
    activations.carryOut(step)
    for (const removal of removals) remove(step, removal)
    return undefined
  },
}

function sourceOf(move: MoveInstruction): TerminateInstruction {
  return move.sourceElementInstanceKey === undefined
    ? { elementId: move.sourceElementId }
    : { elementInstanceKey: move.sourceElementInstanceKey }
}

function find(step: Step, instruction: TerminateInstruction): Removal | string {
  if ('elementInstanceKey' in instruction) {
    const instance = step.find(instruction.elementInstanceKey)
    if (!instance)
      return `Expected a live element instance ${instruction.elementInstanceKey} to terminate, but there is none; it may have ended`
    if (instance.scopeKey === undefined)
      return `Expected an element of instance ${instance.key} to terminate, but found the instance itself; cancel it`
    return { instances: [instance], tokens: [] }
  }
  const { elementId } = instruction
  const element = step.process.elements.get(elementId)
  if (!element)
    return `Expected an element of process ${step.process.bpmnProcessId}, but it has no element ${elementId}; look the id up in the diagram`
  const all = Object.values(step.state.elements)
  // Of a repeated activity the body, with all its repetitions.
  const instances = all.filter(
    ({ elementId: id, scopeKey }) => id === elementId && scopeKey !== undefined && step.get(scopeKey).elementId !== elementId,
  )
  const tokens = all.flatMap(({ key, tokens: waiting }) =>
    element.incoming.flatMap(({ id }) => Array.from({ length: waiting?.[id] ?? 0 }, () => ({ scopeKey: key, flowId: id }))),
  )
  if (instances.length + tokens.length === 0) return `Expected ${elementId} to be active, but it is not; nothing can be taken away there`
  return { instances, tokens }
}

function plan(step: Step, command: ModifyInstance, removals: readonly Removal[]): Activations | string {
  const activations = new Activations()
  const doomed = new Set(removals.flatMap(({ instances }) => instances.map(({ key }) => key)))
  for (const { elementId, ancestorElementInstanceKey: ancestor, variables } of command.activate) {
    const wrong = activations.add(step, { elementId, ...(ancestor !== undefined && { ancestor }), ...(variables && { variables }) }, doomed)
    if (wrong !== undefined) return wrong
  }
  for (const [index, { targetElementId: elementId, ancestorElementInstanceKey: ancestor, variables }] of (command.move ?? []).entries()) {
    const { instances, tokens } = removals[command.terminate.length + index] as Removal
    const wish = { elementId, ...(variables && { variables }) }
    for (const { scopeKey } of [...instances, ...tokens]) {
      const wrong = activations.add(
        step,
        { ...wish, ...(ancestor !== undefined ? { ancestor } : scopeKey !== undefined && { near: scopeKey }) },
        doomed,
      )
      if (wrong !== undefined) return wrong
    }
  }
  return activations
}

/** Listeners to a cancellation are not asked: a worker that is silent must not hold up who repairs an instance. */
function remove(step: Step, { instances, tokens }: Removal): void {
  const found = instances.filter(({ key }) => step.find(key))
  // What was on its way out already goes as if its listeners had answered.
  const leaving = found.filter(({ state }) => state === 'terminating')
  const live = found.filter(({ state }) => state !== 'terminating')
  removeEach(step, found)
  for (const { scopeKey } of leaving) if (scopeKey !== undefined) afterTerminated(step, scopeKey)
  for (const token of tokens) if (step.find(token.scopeKey)?.tokens?.[token.flowId]) step.emit({ type: 'token.removed', ...token })
  for (const { compensates } of live)
    if (compensates !== undefined)
      step.later(() => step.processors[step.find(compensates)?.elementType ?? 'task'].afterHandler?.(step, compensates))
  const scopes = new Set([...live.map(({ scopeKey }) => scopeKey as ElementInstanceKey), ...tokens.map(({ scopeKey }) => scopeKey)])
  for (const scopeKey of scopes) step.later(() => leave(step, scopeKey))
}

/**
 * Something was taken out of a scope. One that chooses what comes next does so, as if that had ended; any other in which
 * nothing is left is terminated too, up to the instance: nobody said that its work is done.
 */
function leave(step: Step, scopeKey: ElementInstanceKey): void {
  const scope = step.find(scopeKey)
  if (scope?.state !== 'active' || scope.compensating) return
  const { afterChildLeft } = step.processors[scope.elementType]
  if (afterChildLeft) afterChildLeft(step, step.elementOf(scope), scope)
  else if (scope.children || scope.tokens) return
  else if (scope.scopeKey === undefined) terminateInstance(step)
  else {
    const outer = scope.scopeKey
    terminate(step, scope)
    step.later(() => leave(step, outer))
  }
}
