import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { askTaskListener } from './ask-task-listener.ts'
import { closeCatches } from './catch-event.ts'
import { leaveScope } from './lifecycle.ts'

type Children = ReadonlyMap<ElementInstanceKey, readonly ElementInstance[]>

/** Ends an element from outside, and everything inside it first. No flow is taken. */
export function terminate(step: Step, instance: ElementInstance): void {
  terminateTree(step, instance, instance.children ? childrenByScope(step) : new Map())
}

/** As `terminate`, for many at once and without asking listeners. What one of them took with it is passed over. */
export function removeEach(step: Step, instances: readonly ElementInstance[]): void {
  const children = childrenByScope(step)
  for (const instance of instances) if (step.find(instance.key)) terminateTree(step, instance, children, true)
}

/** Ends everything inside a scope, tokens on its flows included; the scope itself lives on. */
export function interruptScope(step: Step, scope: ElementInstance, byElementId: string, force = false): void {
  step.emit({ type: 'scope.interrupted', key: scope.key, byElementId })
  step.interrupted(scope.key)
  if (!scope.children) return
  const children = childrenByScope(step)
  for (const child of children.get(scope.key) ?? []) terminateTree(step, child, children, force)
}

/** The whole instance ends. `error` tells the parent of a child instance what left it uncaught. */
export function terminateInstance(step: Step, error?: { readonly errorCode: string; readonly errorMessage: string }, force = false): void {
  const root = step.get(step.state.key)
  interruptScope(step, root, root.elementId, force)
  releaseWaits(step, root)
  if (root.children) step.emit({ type: 'element.terminating', key: root.key, elementId: root.elementId, ...(error && { error }) })
  else endInstance(step, root, error)
}

function endInstance(step: Step, root: ElementInstance, error: ElementInstance['endsWith']): void {
  const variables = step.state.parent && { ...root.variables }
  step.emit({ type: 'instance.terminated', at: step.env.now, ...(variables && { variables }), ...(error && { error }) })
}

/** Something inside a scope that was being terminated is gone at last: so may be the scope, and those around it. */
export function afterTerminated(step: Step, scopeKey: ElementInstanceKey): void {
  const scope = step.find(scopeKey)
  if (!scope) return
  if (scope.state !== 'terminating') step.later(() => leaveScope(step, scopeKey))
  else if (scope.children) return
  else if (scope.scopeKey === undefined) endInstance(step, scope, scope.endsWith)
  else {
    step.emit({ type: 'element.terminated', key: scope.key, elementId: scope.elementId })
    afterTerminated(step, scope.scopeKey)
  }
}

/** @param force without asking listeners */
function terminateTree(step: Step, instance: ElementInstance, children: Children, force = false): void {
  const inside = children.get(instance.key) ?? []
  if (inside.length > 0 || instance.tokens) step.emit({ type: 'element.terminating', key: instance.key, elementId: instance.elementId })
  for (const child of inside) terminateTree(step, child, children, force)
  const task = instance.userTaskKey === undefined ? undefined : step.state.userTasks[instance.userTaskKey]
  // Its listeners are asked first; until then it stays, and so does what is around it.
  if (task?.phase === 'canceling' && !force) return
  const element = task && step.elementOf(instance)
  if (task && element?.taskListeners?.canceling && !force) {
    step.emit({ type: 'element.terminating', key: instance.key, elementId: instance.elementId })
    releaseAllButTask(step, instance)
    step.emit({ type: 'userTask.transition', userTaskKey: task.key, phase: 'canceling', held: { action: 'cancel', changes: {} } })
    askTaskListener(step, element, instance, task)
    return
  }
  releaseWaits(step, instance)
  if (!instance.children) step.emit({ type: 'element.terminated', key: instance.key, elementId: instance.elementId })
}

function childrenByScope(step: Step): Children {
  const children = new Map<ElementInstanceKey, ElementInstance[]>()
  for (const instance of Object.values(step.state.elements)) {
    if (instance.scopeKey === undefined) continue
    const siblings = children.get(instance.scopeKey)
    if (siblings) siblings.push(instance)
    else children.set(instance.scopeKey, [instance])
  }
  return children
}

/** Takes back the work, waits and incidents of an instance. */
export function releaseWaits(step: Step, instance: ElementInstance): void {
  if (instance.userTaskKey !== undefined) step.emit({ type: 'userTask.canceled', userTaskKey: instance.userTaskKey })
  releaseAllButTask(step, instance)
}

function releaseAllButTask(step: Step, instance: ElementInstance): void {
  if (instance.jobKey !== undefined) step.emit({ type: 'job.canceled', jobKey: instance.jobKey })
  closeCatches(step, instance)
  if (instance.incidentKey !== undefined) step.emit({ type: 'incident.resolved', incidentKey: instance.incidentKey })
  if (instance.childInstanceKey !== undefined) step.emit({ type: 'child.cancelRequested', childInstanceKey: instance.childInstanceKey })
}
