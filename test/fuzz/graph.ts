import { bpmnFile, type CatchOptions, type ProcessBuilder, process } from '../helpers/process-builder.ts'

/** What an event waits for or throws. Each has one name of its own, so that throws and catches meet. */
export type Trigger = 'timer' | 'cycle' | 'message' | 'signal' | 'error' | 'escalation' | 'condition' | 'compensation' | 'cancel' | 'link'

export type NodeKind =
  | 'start'
  | 'end'
  | 'terminate'
  | 'job'
  | 'user'
  | 'manual'
  | 'script'
  | 'receive'
  | 'publish'
  | 'call'
  | 'sub'
  | 'transaction'
  | 'adHoc'
  | 'eventSub'
  | 'xor'
  | 'and'
  | 'or'
  | 'complex'
  | 'race'
  | 'catch'
  | 'throw'
  | 'boundary'

/** An element of a random model: plain data, so that a finding can be cut down and written to a file. */
export interface GraphNode {
  readonly id: string
  readonly kind: NodeKind
  readonly on?: Trigger
  /** Of a boundary event or the start of an event subprocess. Absent: it interrupts. */
  readonly aside?: boolean
  readonly attachedTo?: string
  readonly inside?: Graph
  readonly repeat?: 'parallel' | 'sequential' | 'loop'
  /** Has a compensation handler. */
  readonly undo?: boolean
  readonly listens?: readonly ('start' | 'end')[]
  /** Process a call activity calls. */
  readonly calls?: string
}
export interface GraphFlow {
  readonly from: string
  readonly to: string
  readonly when?: string
  readonly otherwise?: boolean
}
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly flows: readonly GraphFlow[]
}

/** BPMN of a graph and of the processes it calls, the graph first. */
export function xmlOf(graphs: Readonly<Record<string, Graph>>): string {
  const builders = Object.entries(graphs).map(([id, graph]) => {
    const builder = process(id)
    write(builder, graph)
    return builder
  })
  return bpmnFile(...builders)
}

const KEY = '="k"'

function triggerOf(on: Trigger | undefined): CatchOptions {
  switch (on) {
    case 'timer':
      return { duration: 'PT1H' }
    case 'cycle':
      return { cycle: 'R3/PT30M' }
    case 'message':
      return { message: 'news', correlationKey: KEY }
    case 'signal':
      return { signal: 'alarm' }
    case 'error':
      return { error: 'E' }
    case 'escalation':
      return { escalation: 'up' }
    case 'condition':
      return { condition: '=flag' }
    case 'compensation':
      return { compensate: '' }
    case 'cancel':
      return { cancel: true }
    case 'link':
      return { link: 'over' }
    case undefined:
      return {}
  }
}

/** Nodes first, boundary events after what they are attached to, then the flows between them. */
function write(at: ProcessBuilder, { nodes, flows }: Graph): void {
  for (const node of nodes) {
    if (node.kind === 'boundary') continue
    at.apart()
    writeNode(at, node)
    if (node.listens) at.listen(...node.listens.map((event) => `${event}:listener`))
    if (node.repeat === 'loop') at.loop({ condition: '=again', maximum: 3 })
    else if (node.repeat)
      at.forEach({
        inputCollection: '=items',
        inputElement: 'item',
        outputCollection: 'results',
        outputElement: '=item',
        sequential: node.repeat === 'sequential',
      })
    if (node.undo) at.undo(node.id, `${node.id}_undo`, { type: 'undo' })
  }
  for (const { id, kind, attachedTo = '', on, aside } of nodes)
    if (kind === 'boundary') at.boundary(attachedTo, id, { ...triggerOf(on), interrupting: !aside })
  for (const { from, to, when, otherwise } of flows) {
    at.at(from)
    if (otherwise) at.otherwise()
    else if (when !== undefined) at.when(when)
    at.to(to)
  }
}

function writeNode(at: ProcessBuilder, node: GraphNode): void {
  const { id, on } = node
  const inner = (builder: ProcessBuilder) => write(builder, node.inside ?? { nodes: [], flows: [] })
  switch (node.kind) {
    case 'start':
      if (on) at.startOn(id, { ...triggerOf(on), interrupting: !node.aside })
      else at.start(id)
      return
    case 'end':
      at.end(id, on === 'message' ? { message: 'news', correlationKey: KEY } : triggerOf(on))
      return
    case 'terminate':
      at.end(id, { terminate: true })
      return
    case 'job':
      at.serviceTask(id, { type: 'job' })
      return
    case 'user':
      at.userTask(id)
      return
    case 'manual':
      at.manualTask(id)
      return
    case 'script':
      at.scriptTask(id, { expression: '=pick', resultVariable: 'seen' })
      return
    case 'receive':
      at.receiveTask(id, { message: 'news', correlationKey: KEY })
      return
    case 'publish':
      at.sendTask(id, { message: 'news', correlationKey: KEY })
      return
    case 'call':
      at.callActivity(id, { processId: node.calls ?? '' })
      return
    case 'sub':
      at.subProcess(id, inner)
      return
    case 'transaction':
      at.transaction(id, inner)
      return
    case 'adHoc':
      at.adHoc(id, inner)
      return
    case 'eventSub':
      at.eventSubProcess(id, inner)
      return
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
      at.complex(id, '=activationCount >= 2')
      return
    case 'race':
      at.eventGateway(id)
      return
    case 'catch':
      at.catchEvent(id, triggerOf(on))
      return
    case 'throw':
      at.throwEvent(id, on === 'message' ? { message: 'news', correlationKey: KEY } : triggerOf(on))
      return
    case 'boundary':
      throw new Error(`Expected boundary event ${id} to be written after its activity`)
  }
}
