import { bpmnFile, type CatchOptions, type Mappings, type ProcessBuilder, process } from '../helpers/process-builder.ts'
import type { Graph, GraphNode, Trigger, WideNode } from './graph.ts'

/** BPMN of a graph and of the processes it calls, the graph first. */
export function xmlOf(graphs: Readonly<Record<string, Graph>>): string {
  const builders = Object.entries(graphs).map(([id, graph]) => {
    const builder = process(id)
    if (graph.listens) builder.listen(...graph.listens.map((event) => `${event}:listener`))
    write(builder, graph, true)
    return builder
  })
  return bpmnFile(...builders)
}

const KEY = '="k"'
const PUBLISH = '<zeebe:publishMessage correlationKey="=&quot;k&quot;" />'

function triggerOf(on: Trigger | undefined, wide: WideNode = {}): CatchOptions {
  switch (on) {
    case 'timer':
      return { duration: 'PT1H' }
    case 'date':
      return { date: '2026-03-01T06:00:00Z' }
    case 'working':
      return { duration: 'working PT4H' }
    case 'cycle':
      return { cycle: 'R3/PT30M' }
    case 'cron':
      return { cycle: '0 0 */2 * * *' }
    case 'message':
      return { message: 'news', correlationKey: KEY }
    case 'signal':
      return { signal: 'alarm' }
    case 'error':
      return { error: wide.anyCode ? '' : 'E' }
    case 'escalation':
      return { escalation: wide.anyCode ? '' : 'up' }
    case 'condition':
      return { condition: '=flag', ...(wide.filtered && { variableNames: 'flag' }) }
    case 'compensation':
      return { compensate: wide.undoes ?? '' }
    case 'cancel':
      return { cancel: true }
    case 'link':
      return { link: wide.linkName ?? 'over' }
    case undefined:
      return {}
  }
}

function catchOf({ on, wide = {} }: Pick<GraphNode, 'on' | 'wide'>): CatchOptions {
  const { more, together } = wide
  if (!more?.length) return triggerOf(on, wide)
  const all = [on, ...more].map((each) => triggerOf(each, wide))
  return together ? { all } : { any: all }
}

/** Nodes first, boundary events after what they are attached to, then the flows between them. */
function write(at: ProcessBuilder, { nodes, flows }: Graph, isRoot = false): void {
  for (const node of nodes) {
    if (node.kind === 'boundary') continue
    at.apart()
    writeNode(at, node, isRoot)
    writeRepetition(at, node)
    finishNode(at, node)
    if (node.undo) at.undo(node.id, `${node.id}_undo`, { type: 'undo' })
  }
  for (const node of nodes) {
    if (node.kind !== 'boundary') continue
    at.boundary(node.attachedTo ?? '', node.id, { ...catchOf(node), interrupting: !node.aside })
    finishNode(at, node)
  }
  for (const { from, to, when, otherwise } of flows) {
    at.at(from)
    if (otherwise) at.otherwise()
    else if (when !== undefined) at.when(when)
    at.to(to)
  }
}

/** What any element may have. */
function finishNode(at: ProcessBuilder, { listens, wide = {} }: GraphNode): void {
  const { asks, missedRuns } = wide
  if (listens) at.listen(...listens.map((event) => `${event}:listener`))
  if (asks) at.listenToTask(...asks.map((event) => `${event}:listener`))
  if (missedRuns) at.extend(`<zeebe:properties><zeebe:property name="timer.missedRuns" value="${missedRuns}" /></zeebe:properties>`)
  const attributes = at.elements.at(-1)?.attributes ?? {}
  if (wide.needs !== undefined) attributes.startQuantity = String(wide.needs)
  if (wide.gives !== undefined) attributes.completionQuantity = String(wide.gives)
  if (wide.inTurn) attributes.ordering = 'Sequential'
  if (wide.waitsForRest) attributes.cancelRemainingInstances = 'false'
}

function writeRepetition(at: ProcessBuilder, { repeat, silent, wide = {} }: GraphNode): void {
  const until = wide.until !== undefined && { completionCondition: wide.until }
  const sequential = repeat === 'sequential'
  if (repeat === 'loop') at.loop({ condition: '=again', maximum: 3, ...(wide.testBefore && { testBefore: true }) })
  else if (repeat && wide.times !== undefined) at.forEach({ loopCardinality: String(wide.times), sequential, ...until })
  else if (repeat)
    at.forEach({
      inputCollection: '=items',
      inputElement: 'item',
      ...(!silent && { outputCollection: 'results', outputElement: '=item' }),
      sequential,
      ...until,
    })
}

/** Loops and conditions outside must still see what is answered. */
const MAPPED: Mappings = { inputs: { pick: '=pick', mine: '=again' }, outputs: { pick: '=pick', again: '=again', flag: '=flag' } }

function writeNode(at: ProcessBuilder, node: GraphNode, isRoot: boolean): void {
  const { id, wide = {} } = node
  const inner = (builder: ProcessBuilder) => write(builder, node.inside ?? { nodes: [], flows: [] })
  switch (node.kind) {
    case 'sub':
      at.subProcess(id, inner, wide.maps ? MAPPED : {})
      return
    case 'transaction':
      at.transaction(id, inner)
      return
    case 'adHoc':
      at.adHoc(id, inner, {
        ...(wide.chosen && { activeElements: `=${JSON.stringify(wide.chosen)}` }),
        ...(wide.until !== undefined && { completionCondition: wide.until }),
      })
      return
    case 'eventSub':
      at.eventSubProcess(id, inner)
      return
    default:
      if (!writeTask(at, node)) writeGatewayOrEvent(at, node, isRoot)
  }
}

/** False: it is no task. */
function writeTask(at: ProcessBuilder, { id, kind, calls = '', wide = {} }: GraphNode): boolean {
  const maps = wide.maps ? MAPPED : {}
  const news = { message: 'news', correlationKey: KEY }
  switch (kind) {
    case 'job':
      at.serviceTask(id, { type: 'job', ...maps })
      return true
    case 'user':
      at.userTask(id, { ...maps, ...(wide.byJob && { byJob: true }), ...(wide.assignee !== undefined && { assignee: wide.assignee }) })
      return true
    case 'manual':
      at.manualTask(id)
      return true
    case 'plain':
      at.task(id)
      return true
    case 'script':
      at.scriptTask(id, { expression: '=pick', resultVariable: 'seen' })
      return true
    case 'decide':
      at.businessRuleTask(id, { decisionId: 'choose', resultVariable: 'seen', ...maps })
      return true
    case 'receive':
      at.receiveTask(id, { ...news, ...maps, ...(wide.instantiates && { instantiate: true }) })
      return true
    case 'publish':
      at.sendTask(id, news)
      return true
    case 'send':
      at.sendTask(id, { type: 'job' })
      return true
    case 'call':
      at.callActivity(id, { processId: calls, propagateAllChildVariables: !wide.secretive, ...maps })
      return true
    default:
      return false
  }
}

function writeGatewayOrEvent(at: ProcessBuilder, node: GraphNode, isRoot: boolean): void {
  const { id, on, wide = {} } = node
  switch (node.kind) {
    case 'xor':
      at.exclusive(id)
      return
    case 'and':
      at.parallel(id)
      return
    case 'or':
      at.inclusive(id)
      return
    case 'complex':
      at.complex(id, `=activationCount >= ${wide.fires ?? 2}`)
      return
    case 'race':
      at.eventGateway(id, wide.instantiates ? { instantiate: wide.instantiates } : {})
      return
    case 'start':
      if (!on) at.start(id)
      else if (isRoot) at.start(id, catchOf(node))
      else at.startOn(id, { ...catchOf(node), interrupting: !node.aside })
      return
    case 'catch':
      at.catchEvent(id, catchOf(node))
      return
    case 'end':
      writeThrow(node, (options) => at.end(id, options), at)
      return
    case 'terminate':
      at.end(id, { terminate: true })
      return
    case 'throw':
      writeThrow(node, (options) => at.throwEvent(id, options), at)
      return
    default:
      throw new Error(`Expected ${node.kind} ${id} to be written in its place, but it has none`)
  }
}

function writeThrow(
  { on, wide = {} }: GraphNode,
  add: (options: Parameters<ProcessBuilder['end']>[1] & Parameters<ProcessBuilder['throwEvent']>[1]) => unknown,
  at: ProcessBuilder,
): void {
  if (wide.more?.length) {
    add({ any: [on, ...wide.more].map((each) => (each === 'message' ? { message: 'news' } : triggerOf(each, wide))) })
    if ([on, ...wide.more].includes('message')) at.extend(PUBLISH)
  } else if (on === 'message') add(wide.byJob ? { type: 'job', message: 'news' } : { message: 'news', correlationKey: KEY })
  else add(triggerOf(on, wide))
}
