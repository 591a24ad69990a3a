import type { Element, ElementInstance, ElementType, ExecutableProcess } from '../kernel/index.ts'
import type { Path, VerifyFinding } from './contract.ts'
import { followersOf } from './outside-moves.ts'
import { type GraphState, pathTo, statesThatEnd } from './state-graph.ts'

interface Reach {
  readonly unreached: readonly string[]
  /** Those of them that are known never to be reached. */
  readonly dead: readonly string[]
  readonly cut: boolean
}

/** What the explored states show, each thing once, by the shortest path found. */
export function findingsOf(
  process: ExecutableProcess,
  states: readonly GraphState[],
  { unreached, dead, cut }: Reach,
): readonly VerifyFinding[] {
  const waiting = stuck(process, states, cut)
  const told = new Set(waiting.map(({ elementId }) => elementId))
  return [
    // A join that waits for ever is told of as such.
    ...deadElements(process, dead).filter(({ elementId }) => !told.has(elementId)),
    ...incidents(process, states),
    ...waiting,
    ...improperEnds(process, states),
    ...straightThroughLoops(process, states, unreached),
  ]
}

/** Only the first of what lies behind one another. */
function deadElements(process: ExecutableProcess, unreached: readonly string[]): readonly VerifyFinding[] {
  const dead = new Set(unreached)
  const told: string[] = []
  const behind = new Set<string>()
  const tell = (id: string) => {
    told.push(id)
    for (const follower of [id, ...followersOf(process, id)]) behind.add(follower)
  }
  const candidates = unreached.filter((id) => {
    const element = process.elements.get(id)
    return element && !isHandler(element) && !dead.has(element.scopeId ?? '') && !dead.has(element.attachedToId ?? '')
  })
  const isFirst = (id: string) => !process.elements.get(id)?.incoming.some(({ sourceId }) => dead.has(sourceId))
  for (const id of candidates) if (isFirst(id)) tell(id)
  // What goes round by itself has no first.
  for (const id of candidates) if (!behind.has(id) && !isBehindAttached(process, id, dead)) tell(id)
  return told.map((elementId) => ({
    kind: 'dead-element',
    processId: process.bpmnProcessId,
    elementId,
    message: {
      en: `Expected some path to reach ${elementId}, but none does; correct the conditions or flows before it, or take it out`,
      zh: `没有任何路径能到达 ${elementId}；请修改其前面的条件或顺序流，或将其删除`,
    },
    path: [],
  }))
}

/** Follows an event attached to something that is dead, and so told already. */
function isBehindAttached(process: ExecutableProcess, elementId: string, dead: ReadonlySet<string>): boolean {
  return [...dead].some((id) => dead.has(process.elements.get(id)?.attachedToId ?? '') && followersOf(process, id).has(elementId))
}

/** Compensation is asked for by events that name nothing; that it is never asked for is no fault of the model. */
const isHandler = ({ isForCompensation, event }: Element) => isForCompensation === true || event?.kind === 'compensation'

function incidents(process: ExecutableProcess, states: readonly GraphState[]): readonly VerifyFinding[] {
  const found = new Map<string, VerifyFinding>()
  for (const reached of states)
    for (const { elementId, message, incidentType } of Object.values(reached.state.incidents))
      if (!found.has(elementId))
        found.set(elementId, {
          kind: 'incident',
          processId: process.bpmnProcessId,
          elementId,
          message: { en: `${incidentType}: ${message}`, zh: `路径在 ${elementId} 处因事件（incident）停止，${incidentType}：${message}` },
          path: pathTo(reached),
        })
  return [...found.values()]
}

/** States that no path leads out of to an end. When not all was explored: only those from which all is known. */
function stuck(process: ExecutableProcess, states: readonly GraphState[], cut: boolean): readonly VerifyFinding[] {
  const ending = statesThatEnd(states)
  const found = new Map<string, VerifyFinding>()
  let looked = 0
  let goesOn: GraphState | undefined
  for (const reached of states) {
    if (ending.has(reached) || Object.keys(reached.state.incidents).length > 0 || leadsToIncident(reached)) continue
    if (!cut) goesOn ??= reached
    const joins = waitingJoins(process, reached)
    if (joins.every((join) => found.has(join)) || looked++ > MOST_LOOKED_AT) continue
    for (const join of waitingForEver(process, reached, joins)) if (!found.has(join)) found.set(join, deadlock(process, join, reached))
  }
  if (found.size > 0 || !goesOn) return [...found.values()]
  const waits = Object.values(goesOn.state.elements).findLast(({ children }) => !children)?.elementId ?? process.bpmnProcessId
  return [
    {
      kind: 'never-ends',
      processId: process.bpmnProcessId,
      elementId: waits,
      message: {
        en: `Expected a way from ${waits} to an end, but whatever happens there is none; lead a flow to an end event`,
        zh: `从 ${waits} 出发，无论发生什么都无法到达结束；请增加一条通向结束事件的顺序流`,
      },
      path: pathTo(goesOn),
    },
  ]
}

const deadlock = (process: ExecutableProcess, join: string, reached: GraphState): VerifyFinding => ({
  kind: 'deadlock',
  processId: process.bpmnProcessId,
  elementId: join,
  message: {
    en: `Expected a token on every flow that ${join} waits for, but no path brings the rest; join what was forked, and merge what was chosen with an exclusive gateway`,
    zh: `${join} 等待每条进入的顺序流都有令牌，但没有路径能带来其余的令牌；并行分支应以并行网关汇合，排他选择应以排他网关合并`,
  },
  path: pathTo(reached),
})

const MOST_LOOKED_AT = 300

/** Those of the joins that wait in every state that can follow; none when not all that follows is known. */
function waitingForEver(process: ExecutableProcess, reached: GraphState, joins: readonly string[]): readonly string[] {
  let kept = joins
  const following = new Set([reached])
  for (const at of following) {
    if (at.expanded !== 'fully') return []
    const waiting = waitingJoins(process, at)
    kept = kept.filter((join) => waiting.includes(join))
    if (kept.length === 0) return []
    for (const { to } of at.nextStates) following.add(to)
  }
  return kept
}

/** It stops for another reason, which is told already. */
function leadsToIncident(from: GraphState): boolean {
  const seen = new Set([from])
  const open = [from]
  for (let at = open.pop(); at; at = open.pop()) {
    if (Object.keys(at.state.incidents).length > 0) return true
    for (const { to: next } of at.nextStates)
      if (!seen.has(next)) {
        seen.add(next)
        open.push(next)
      }
  }
  return false
}

function waitingJoins(process: ExecutableProcess, { state }: GraphState): readonly string[] {
  return Object.values(state.elements).flatMap(({ tokens = {} }) =>
    Object.keys(tokens).flatMap((flowId) => process.flows.get(flowId)?.targetId ?? []),
  )
}

/** One place with two tokens, though nothing that runs beside or is repeated leads there. */
function improperEnds(process: ExecutableProcess, states: readonly GraphState[]): readonly VerifyFinding[] {
  const beside = new Set(
    [...process.elements.values()]
      .filter(
        ({ type, interrupting, completionQuantity = 1 }) => (type === 'boundaryEvent' && interrupting === false) || completionQuantity > 1,
      )
      .flatMap(({ id }) => [id, ...followersOf(process, id)]),
  )
  let first: { readonly reached: GraphState; readonly elementId: string } | undefined
  for (const reached of states) {
    const elementId = doubled(process, Object.values(reached.state.elements), beside)
    if (elementId === undefined) continue
    first = { reached, elementId }
    break
  }
  if (!first) return []
  const { elementId, reached } = first
  const message = {
    en: `Expected one token at a time in ${elementId}, but found two: what was forked before it is not joined; put a parallel gateway where the branches meet, or all behind it is done and ended twice`,
    zh: `${elementId} 同时只应有一个令牌，但出现了两个：前面的并行分支没有汇合；请在分支交汇处放置并行网关，否则其后的步骤会执行并结束两次`,
  }
  return [{ kind: 'improper-end', processId: process.bpmnProcessId, elementId, message, path: pathTo(reached) }]
}

function doubled(process: ExecutableProcess, instances: readonly ElementInstance[], beside: ReadonlySet<string>): string | undefined {
  const counts = new Map<string, number>()
  for (const { elementId, scopeKey, loopCounter, elementType, tokens = {}, key } of instances) {
    const several = Object.entries(tokens).find(([, count]) => count > 1)
    const target = several && process.flows.get(several[0])?.targetId
    if (target !== undefined && !beside.has(target)) return target
    if (loopCounter !== undefined || elementType === 'eventSubProcess' || scopeKey === undefined || beside.has(elementId)) continue
    if (process.elements.get(elementId)?.isForCompensation || scopeKey === key) continue
    const place = `${scopeKey} ${elementId}`
    counts.set(place, (counts.get(place) ?? 0) + 1)
    if ((counts.get(place) ?? 0) > 1) return elementId
  }
  return undefined
}

const WAITING: ReadonlySet<ElementType> = new Set<ElementType>([
  'serviceTask',
  'userTask',
  'receiveTask',
  'callActivity',
  'intermediateCatchEvent',
  'eventBasedGateway',
  'subProcess',
  'transaction',
  'adHocSubProcess',
])

/** Loops of elements that never wait: when their conditions hold, they only end by an incident. */
function straightThroughLoops(
  process: ExecutableProcess,
  states: readonly GraphState[],
  unreached: readonly string[],
): readonly VerifyFinding[] {
  const dead = new Set(unreached)
  const told = new Set<string>()
  return [...process.elements.values()].flatMap((element) => {
    if (told.has(element.id) || dead.has(element.id)) return []
    const loop = loopThrough(process, element)
    if (!loop) return []
    for (const id of loop) told.add(id)
    return [
      {
        kind: 'straight-through-loop',
        processId: process.bpmnProcessId,
        elementId: element.id,
        message: {
          en: `Expected something that waits in the loop ${[...loop, element.id].join(' → ')}, but a token goes round at once; put a task or an event into it`,
          zh: `循环 ${[...loop, element.id].join(' → ')} 中没有任何等待的元素，令牌会立即无休止地循环；请在其中加入任务或事件`,
        },
        path: pathThrough(states, element.id),
      },
    ]
  })
}

/** The shortest path known that goes through an element. */
function pathThrough(states: readonly GraphState[], elementId: string): Path {
  const reached = states.find(({ by }) => by?.step.completed.includes(elementId))
  return reached ? pathTo(reached) : []
}

function loopThrough(process: ExecutableProcess, start: Element): readonly string[] | undefined {
  const waits = (id: string) => {
    const element = process.elements.get(id)
    return element !== undefined && (WAITING.has(element.type) || element.job !== undefined)
  }
  if (waits(start.id)) return undefined
  const trail = new Map<string, string>()
  const open = [start.id]
  for (let id = open.shift(); id !== undefined; id = open.shift())
    for (const { targetId } of process.elements.get(id)?.outgoing ?? []) {
      if (targetId === start.id) {
        const loop = [id]
        for (let before = trail.get(id); before !== undefined; before = trail.get(before)) loop.unshift(before)
        return loop
      }
      if (waits(targetId) || trail.has(targetId)) continue
      trail.set(targetId, id)
      open.push(targetId)
    }
  return undefined
}
