import type { ElementTransition } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { ElementInstance, InstanceState } from '../instance-state.ts'
import { changeOf } from '../variable-change.ts'
import { forget, handUp } from './compensation.ts'
import { expectEntry, useKey } from './sequence.ts'

const element = (state: InstanceState, key: string): ElementInstance => expectEntry(state.elements, key, 'element instance')

function takeToken(scope: ElementInstance, flowId: string): void {
  const count = scope.tokens?.[flowId]
  if (!scope.tokens || !count) throw new Error(`Expected a token on sequence flow ${flowId} in scope ${scope.key}, but there is none`)
  if (count > 1) scope.tokens[flowId] = count - 1
  else {
    delete scope.tokens[flowId]
    if (isEmpty(scope.tokens)) delete scope.tokens
  }
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}

function leave(state: InstanceState, event: ElementTransition): void {
  const instance = element(state, event.key)
  if (instance.scopeKey === undefined)
    throw new Error(`Expected the root ${event.key} to end by an instance event, but found ${event.type}`)
  const scope = element(state, instance.scopeKey)
  scope.children = (scope.children ?? 0) - 1
  if (scope.children === 0) delete scope.children
  if (event.type === 'element.completed') handUp(state, event.key, instance.scopeKey, instance.elementId)
  else forget(state, event.key)
  if (scope.loop) scope.loop[event.type === 'element.completed' ? 'completed' : 'terminated']++
  delete state.elements[event.key]
}

/** True on the level of the process itself, or of an event subprocess there, which may be the last to run. */
function endsTheProcess(state: InstanceState, end: ElementInstance): boolean {
  if (end.scopeKey === undefined || end.scopeKey === state.key) return true
  const scope = element(state, end.scopeKey)
  return scope.elementType === 'eventSubProcess' && scope.scopeKey === state.key
}

export const elementAppliers: Appliers<
  | 'element.activating'
  | 'element.activated'
  | 'element.completing'
  | 'element.completed'
  | 'element.terminating'
  | 'element.terminated'
  | 'listeners.restarted'
  | 'flow.taken'
  | 'token.removed'
  | 'scope.interrupted'
  | 'variables.set'
> = {
  'element.activating': (state, event) => {
    useKey(state, event.key)
    const scope = element(state, event.scopeKey)
    scope.children = (scope.children ?? 0) + 1
    for (const flowId of event.flows ?? []) takeToken(scope, flowId)
    state.elements[event.key] = {
      key: event.key,
      elementId: event.elementId,
      elementType: event.elementType,
      scopeKey: event.scopeKey,
      state: 'activating',
      ...(event.triggeredBy !== undefined && { triggeredBy: event.triggeredBy }),
      ...(event.loopCounter !== undefined && { loopCounter: event.loopCounter }),
      ...(event.compensates && { compensates: event.compensates.throwKey }),
      ...(event.incoming && { incoming: event.incoming }),
      ...(event.elementType === 'complexGateway' && event.flows && { cameBy: event.flows }),
    }
    if (event.compensates) {
      const { compensationKey } = event.compensates
      for (const inner of state.compensations ?? []) if (inner.ownerKey === compensationKey) inner.ownerKey = event.key
    }
    if (scope.loop && event.loopCounter !== undefined) scope.loop.begun = event.loopCounter
  },
  'element.activated': (state, event) => {
    const instance = element(state, event.key)
    instance.state = 'active'
    if (instance.listened !== undefined) delete instance.listened
    if (instance.incoming) delete instance.incoming
  },
  'element.completing': (state, event) => {
    const instance = element(state, event.key)
    instance.state = 'completing'
    if (instance.listened !== undefined) delete instance.listened
  },
  'element.completed': (state, event) => {
    const instance = element(state, event.key)
    if (instance.elementType === 'endEvent' && endsTheProcess(state, instance)) state.endElementId = instance.elementId
    leave(state, event)
  },
  'element.terminating': (state, event) => {
    const instance = element(state, event.key)
    instance.state = 'terminating'
    delete instance.tokens
    delete instance.fired
    if (event.error) instance.endsWith = event.error
  },
  'element.terminated': leave,
  'listeners.restarted': (state, event) => {
    delete element(state, event.key).listened
  },
  'scope.interrupted': (state, event) => {
    const scope = element(state, event.key)
    delete scope.tokens
    delete scope.fired
  },
  'flow.taken': (state, event) => {
    const scope = element(state, event.scopeKey)
    scope.tokens ??= {}
    scope.tokens[event.flowId] = (scope.tokens[event.flowId] ?? 0) + 1
  },
  'token.removed': (state, event) => takeToken(element(state, event.scopeKey), event.flowId),
  'variables.set': (state, event) => {
    const instance = element(state, event.scopeKey)
    state.suspended?.changed.push(changeOf(state, event))
    instance.variables ??= {}
    Object.assign(instance.variables, event.variables)
  },
}
