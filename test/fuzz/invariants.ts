import type { Element, ElementInstance, EngineEvent, ExecutableProcess, InstanceState } from '../../engine/kernel/index.ts'
import { Finding } from './finding.ts'

const JOINS: readonly string[] = ['parallelGateway', 'inclusiveGateway', 'complexGateway']

/** What must hold of every instance whenever all its tokens wait. */
export function expectSound(process: ExecutableProcess, state: InstanceState): void {
  if (state.status !== 'active') {
    expectNothingLeft(state)
    return
  }
  expectWhole(process, state)
  if (state.suspended) return
  // What a command left undone because it ran out of its budget is done when that incident is resolved.
  if (Object.values(state.incidents).some(({ incidentType }) => incidentType === 'STEP_BUDGET_EXCEEDED')) return
  for (const instance of Object.values(state.elements)) {
    expectWaits(process, state, instance)
    for (const [flowId, count] of Object.entries(instance.tokens ?? {})) expectTokenWaits(process, state, instance, flowId, count)
  }
}

function expectNothingLeft(state: InstanceState): void {
  for (const kind of ['elements', 'jobs', 'userTasks', 'timers', 'subscriptions', 'incidents'] as const)
    if (Object.keys(state[kind]).length > 0)
      throw new Finding('left-over', `The instance ended, but left ${kind}: ${JSON.stringify(state[kind])}`)
  if (state.compensations || state.suspended) throw new Finding('left-over', 'The instance ended, but left compensations or is suspended')
}

/** What speaks of each other in the state agrees. */
function expectWhole(process: ExecutableProcess, state: InstanceState): void {
  const broken = (what: string) => new Finding('state-broken', what)
  const children = new Map<string, number>()
  for (const { key, scopeKey, elementId } of Object.values(state.elements)) {
    if (scopeKey === undefined ? key !== state.key : !state.elements[scopeKey]) throw broken(`${elementId} lives in a scope that is gone`)
    if (scopeKey !== undefined) children.set(scopeKey, (children.get(scopeKey) ?? 0) + 1)
    if (scopeKey !== undefined && !process.elements.has(elementId)) throw broken(`${elementId} is no element of the process`)
  }
  for (const instance of Object.values(state.elements)) {
    const { key, elementId, tokens = {} } = instance
    if ((instance.children ?? 0) !== (children.get(key) ?? 0))
      throw broken(`${elementId} counts ${instance.children ?? 0} children, but has ${children.get(key) ?? 0}`)
    for (const [flowId, count] of Object.entries(tokens)) {
      const target = process.elements.get(process.flows.get(flowId)?.targetId ?? '')
      if (!target || !(count > 0)) throw broken(`${count} tokens on flow ${flowId}`)
      if (target.scopeId !== elementId) throw broken(`a token on flow ${flowId} lies in ${elementId}`)
    }
    if (instance.jobKey !== undefined && !state.jobs[instance.jobKey]) throw broken(`the job of ${elementId} is gone`)
    if (instance.userTaskKey !== undefined && !state.userTasks[instance.userTaskKey]) throw broken(`the user task of ${elementId} is gone`)
    if (instance.incidentKey !== undefined && !state.incidents[instance.incidentKey]) throw broken(`the incident of ${elementId} is gone`)
    for (const timer of instance.timerKeys ?? []) if (!state.timers[timer]) throw broken(`a timer of ${elementId} is gone`)
    for (const open of instance.subscriptionKeys ?? [])
      if (!state.subscriptions[open]) throw broken(`a subscription of ${elementId} is gone`)
  }
  for (const kind of ['jobs', 'userTasks', 'timers', 'subscriptions', 'incidents'] as const)
    for (const { key, elementInstanceKey, elementId } of Object.values(state[kind])) {
      const owner = state.elements[elementInstanceKey]
      const keys = owner && [
        owner.jobKey,
        owner.userTaskKey,
        owner.incidentKey,
        ...(owner.timerKeys ?? []),
        ...(owner.subscriptionKeys ?? []),
      ]
      if (!keys?.includes(key)) throw broken(`${kind} ${key} of ${elementId} belongs to nobody`)
    }
}

/** Every live element waits for something that can still happen. */
function expectWaits(process: ExecutableProcess, state: InstanceState, instance: ElementInstance): void {
  const { elementId, elementType: type } = instance
  const lost = (what: string) => new Finding('waits-for-nothing', `${elementId} (${type}, ${instance.state}) ${what}`)
  if (instance.incidentKey !== undefined) return
  // Task listeners are asked before their task is gone, and what is around it waits for them.
  if (instance.state === 'terminating' && (instance.children || isAsked(state, instance))) return
  if (instance.state === 'terminating') throw lost('is still being terminated')
  // A listener's job, or what a later command carries on with.
  if (instance.jobKey !== undefined || instance.compensating) return
  if (instance.state !== 'active') throw lost('is held up by nothing')
  const element = process.elements.get(elementId)
  if (instance.children || instance.tokens) return
  // A large body goes on by a further command.
  if (instance.loop && instance.loop.begun < instance.loop.items.length) return
  const waits = {
    userTask: instance.userTaskKey !== undefined,
    callActivity: instance.childInstanceKey !== undefined,
    receiveTask: waitsItself(state, instance, element),
    intermediateCatchEvent: waitsItself(state, instance, element),
    eventBasedGateway: Boolean(instance.timerKeys ?? instance.subscriptionKeys ?? instance.conditions),
    // An ad-hoc subprocess with a condition waits for someone to choose.
    adHocSubProcess: element?.adHoc?.completionCondition !== undefined,
  } as Partial<Record<string, boolean>>
  if (!waits[type]) throw lost('waits for nothing')
}

function isAsked(state: InstanceState, { userTaskKey, jobKey }: ElementInstance): boolean {
  return jobKey !== undefined && state.userTasks[userTaskKey ?? '']?.phase === 'canceling'
}

function waitsItself(state: InstanceState, instance: ElementInstance, element: Element | undefined): boolean {
  const isOwn = (open: { readonly elementId: string } | undefined) => open?.elementId === element?.id
  return (
    (instance.timerKeys ?? []).some((key) => isOwn(state.timers[key])) ||
    (instance.subscriptionKeys ?? []).some((key) => isOwn(state.subscriptions[key])) ||
    (instance.conditions ?? []).includes(instance.elementId)
  )
}

/** Tokens lie on flows only at the door of a join that cannot fire. */
function expectTokenWaits(process: ExecutableProcess, state: InstanceState, scope: ElementInstance, flowId: string, count: number): void {
  const target = process.elements.get(process.flows.get(flowId)?.targetId ?? '')
  if (!target) return
  const { incoming, type } = target
  const tokens = scope.tokens ?? {}
  const lost = (what: string) => new Finding('token-lost', `${count} tokens on ${flowId} to ${target.id} (${type}): ${what}`)
  if (scope.state !== 'active') throw lost(`their scope is ${scope.state}`)
  if (target.startQuantity !== undefined) {
    const waiting = incoming.reduce((sum, { id }) => sum + (tokens[id] ?? 0), 0)
    if (waiting >= target.startQuantity) throw lost(`it needs ${target.startQuantity}, has ${waiting}, and does not begin`)
    return
  }
  if (!JOINS.includes(type) || incoming.length < 2) throw lost('nothing holds them up')
  if (scope.compensating) return
  if (type === 'parallelGateway' && incoming.every(({ id }) => tokens[id])) throw lost('every flow has a token, and the join does not fire')
  if (type !== 'inclusiveGateway') return
  if (incoming.every(({ id }) => tokens[id])) throw lost('every flow has a token, and the join does not fire')
  const elsewhere = Object.keys(tokens).some((id) => !incoming.some((flow) => flow.id === id))
  const alive = Object.values(state.elements).some(({ scopeKey }) => scopeKey === scope.key)
  if (!elsewhere && !alive) throw lost('nothing else is left in the scope, and the join does not fire')
}

/** One command: an instance ends once, and nothing happens after it. */
export function expectOneEnd(events: readonly EngineEvent[]): void {
  const end = events.findIndex(({ type }) => type === 'instance.completed' || type === 'instance.terminated')
  const after = end < 0 ? undefined : events[end + 1]
  if (after) throw new Finding('after-the-end', `${after.type} after ${events[end]?.type}`)
}

/** At rest with tokens before joins and nothing else: it will never go on. */
export function isDeadlocked(state: InstanceState): boolean {
  const waiting = Object.values(state.elements).filter(({ children, scopeKey }) => scopeKey !== undefined && !children)
  return state.status === 'active' && waiting.every(({ tokens }) => tokens) && Object.values(state.elements).some(({ tokens }) => tokens)
}
