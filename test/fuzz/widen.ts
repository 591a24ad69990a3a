import type { TaskPhase } from '../../engine/kernel/index.ts'
import { Chance } from './chance.ts'
import type { Graph, GraphFlow, GraphNode, ListenerEvent, NodeKind, Trigger, WideNode } from './graph.ts'
import type { FuzzCase } from './random-model.ts'
import { typedStart } from './typed-start.ts'

/** What a catch event may wait for; beside these, errors and escalations happen to activities and scopes. */
const WAITS: readonly Trigger[] = ['timer', 'message', 'signal', 'condition', 'date']
const PHASES: readonly TaskPhase[] = ['creating', 'assigning', 'updating', 'completing', 'canceling']
const SOUND: readonly Trigger[] = ['message', 'signal', 'escalation']
const GATEWAYS: readonly NodeKind[] = ['xor', 'and', 'or', 'complex', 'race']
/** A part of the numbers of a seed that the drawing of its model does not use. */
const APART = 0x77696465

/**
 * Changes a drawn model into one with rarer elements, so that what a seed stands for does not change when there are more
 * of them. What is block-structured stays so.
 */
export function widen(fuzz: FuzzCase): FuzzCase {
  const chance = new Chance(fuzz.seed ^ APART)
  if (!chance.is(65)) return fuzz
  const widener = new Widener(chance, fuzz.structured)
  const graphs = Object.fromEntries(Object.entries(fuzz.graphs).map(([id, graph]) => [id, widener.scope(graph)]))
  const { main, ...others } = graphs
  if (!main) return fuzz
  const started = chance.is(25) ? typedStart(main, chance) : { graph: main }
  const graph = chance.is(10) ? { ...started.graph, listens: chance.oneOf([['start'], ['end'], ['start', 'end']] as const) } : started.graph
  return {
    ...fuzz,
    graphs: { main: graph, ...others },
    wide: true,
    ...(started.startAt !== undefined && { startAt: started.startAt }),
    ...(!fuzz.structured && chance.is(10) && { beginAt: [chance.oneOf(idsOf(graph)), chance.oneOf(idsOf(graph))] }),
  }
}

const idsOf = ({ nodes }: Graph): readonly string[] => nodes.flatMap(({ id, inside }) => [id, ...(inside ? idsOf(inside) : [])])

class Widener {
  private count = 2_000
  private readonly chance: Chance
  private readonly structured: boolean

  constructor(chance: Chance, structured: boolean) {
    this.chance = chance
    this.structured = structured
  }

  scope(graph: Graph, container?: GraphNode): Graph {
    const nodes = graph.nodes.map((node) => {
      const inside = node.inside && this.scope(node.inside, node)
      return this.node({ ...node, ...(inside && { inside }) }, graph)
    })
    const changed = this.links(this.quantities(this.joins({ ...graph, nodes }), container))
    const isUndone = container?.kind === 'sub' && !container.undo && this.chance.is(20)
    return isUndone ? { ...changed, nodes: [...changed.nodes, this.undoing()] } : changed
  }

  private id(prefix: string): string {
    return `${prefix}${++this.count}`
  }

  /** One element on its own. */
  private node(node: GraphNode, graph: Graph): GraphNode {
    const { chance } = this
    const event = this.eventOf(node)
    const kind = this.otherKind(node)
    const on = event?.on ?? node.on
    const wide = { ...this.workOf({ ...node, kind }), ...this.repetitionOf(node), ...this.thrownBy(node, graph), ...event?.wide }
    const listens = node.listens ?? (chance.is(12) ? this.listenersOf(node) : undefined)
    const isUndo = node.kind === 'throw' && !on && chance.is(30)
    return {
      ...node,
      kind,
      ...(on && { on }),
      ...(isUndo && { on: 'compensation' as const }),
      ...(listens?.length && { listens }),
      ...(Object.keys(wide).length > 0 && { wide }),
    }
  }

  private otherKind({ kind, undo }: GraphNode): NodeKind {
    const { chance } = this
    if (kind === 'manual' && chance.is(30)) return 'plain'
    if (kind === 'script' && chance.is(50)) return 'decide'
    if (kind === 'job' && !undo && chance.is(12)) return 'send'
    return kind
  }

  private workOf({ kind, inside }: GraphNode): WideNode {
    const { chance } = this
    const maps = ['job', 'user', 'receive', 'call', 'sub'].includes(kind) && chance.is(15) && { maps: true }
    if (kind === 'user') {
      const asks = chance.is(35) ? PHASES.filter(() => chance.is(40)) : []
      return {
        ...maps,
        ...(asks.length > 0 ? { asks } : chance.is(15) && { byJob: true }),
        ...(chance.is(25) && { assignee: 'kim' }),
      }
    }
    if (kind === 'call') return { ...maps, ...(chance.is(25) && { secretive: true }) }
    return { ...maps, ...(kind === 'adHoc' && this.adHocOf(inside ?? { nodes: [], flows: [] })) }
  }

  private adHocOf({ nodes, flows }: Graph): WideNode {
    const { chance } = this
    const first = nodes.filter(({ id, kind }) => kind !== 'boundary' && kind !== 'eventSub' && !flows.some(({ to }) => to === id))
    const chosen = first.filter(() => chance.is(60)).map(({ id }) => id)
    // With a condition and nothing chosen it waits for someone.
    const choose = chance.is(30) && (chosen.length > 0 || !this.structured) && { chosen }
    const until = chance.is(35) && { until: chance.oneOf(['=true', '=pick = 1', '=flag'] as const) }
    return { ...choose, ...until, ...(chance.is(25) && { inTurn: true }), ...(chance.is(25) && { waitsForRest: true }) }
  }

  private repetitionOf({ repeat }: GraphNode): WideNode {
    const { chance } = this
    if (!repeat) return {}
    if (repeat === 'loop') return chance.is(30) ? { testBefore: true } : {}
    return {
      ...(chance.is(25) && { until: chance.oneOf(['=numberOfCompletedInstances >= 2', '=pick = 2'] as const) }),
      ...(chance.is(20) && { times: chance.below(4) }),
    }
  }

  /** Other and further triggers of what catches. */
  private eventOf({ kind, on, aside }: GraphNode): { readonly on: Trigger; readonly wide: WideNode } | undefined {
    const { chance } = this
    if (!on || on === 'cancel' || on === 'compensation' || (kind !== 'catch' && kind !== 'boundary' && kind !== 'start')) return undefined
    const other = this.otherTrigger(on)
    const together = on !== 'error' && on !== 'escalation' && on !== 'cycle' && chance.is(50)
    const others = kind === 'catch' || together ? WAITS : [...WAITS, 'escalation' as const, ...(aside ? [] : ['error' as const])]
    const more = chance.is(25) ? [...new Set([chance.oneOf(others), chance.oneOf(others)])].filter((each) => each !== other) : []
    const triggers = [other, ...more]
    const codes = triggers.includes('error') || triggers.includes('escalation')
    return {
      on: other,
      wide: {
        ...(more.length > 0 && { more, ...(together && { together }) }),
        ...(codes && chance.is(30) && { anyCode: true }),
        ...(triggers.includes('condition') && chance.is(30) && { filtered: true }),
        ...((other === 'cycle' || other === 'cron') && chance.is(40) && { missedRuns: chance.oneOf(['skip', 'all'] as const) }),
      },
    }
  }

  private otherTrigger(on: Trigger): Trigger {
    const { chance } = this
    if (on === 'timer' && chance.is(30)) return chance.oneOf(['date', 'working'] as const)
    return on === 'cycle' && chance.is(40) ? 'cron' : on
  }

  private thrownBy({ kind, on }: GraphNode, { nodes }: Graph): WideNode {
    const { chance } = this
    if (kind !== 'throw' && kind !== 'end') return {}
    const undone = nodes.filter(({ undo }) => undo).map(({ id }) => id)
    if (on === 'compensation') return undone.length > 0 && chance.is(40) ? { undoes: chance.oneOf(undone) } : {}
    if (on === 'message' && chance.is(25)) return { byJob: true }
    if (!on || (!SOUND.includes(on) && on !== 'error') || !chance.is(25)) return {}
    return { more: [chance.oneOf(SOUND.filter((each) => each !== on))] }
  }

  private listenersOf({ kind, on, repeat }: GraphNode): readonly ListenerEvent[] {
    const { chance } = this
    if (GATEWAYS.includes(kind)) return ['start']
    if (kind === 'start' || kind === 'boundary') return on === 'compensation' ? [] : ['end']
    if (kind === 'end' || kind === 'terminate') return ['start']
    const first = repeat && repeat !== 'loop' && chance.is(40) ? (['beforeAll'] as const) : []
    return [...first, ...chance.oneOf([['start'], ['end'], ['start', 'end']] as const)]
  }

  /** Complex gateways that join, and activities that choose their flows as an inclusive gateway does. */
  private joins({ nodes, flows, ...rest }: Graph): Graph {
    const { chance } = this
    const counted = (side: 'from' | 'to', id: string) => flows.filter((flow) => flow[side] === id).length
    const changed = nodes.map((node): GraphNode => {
      const { id, kind, listens, ...bare } = node
      const incoming = counted('to', id)
      if (kind === 'and' && incoming > 1 && chance.is(35))
        return { ...node, kind: 'complex', wide: { ...node.wide, fires: chance.between(1, incoming) } }
      if (kind === 'or' && counted('from', id) > 1 && chance.is(35)) return { ...bare, id, kind: chance.oneOf(['manual', 'job'] as const) }
      return node
    })
    return { ...rest, nodes: changed, flows }
  }

  /** One that gives several tokens, then one that needs as many. In unstructured models they need not agree. */
  private quantities({ nodes, flows, ...rest }: Graph, container?: GraphNode): Graph {
    const { chance } = this
    const graph = { ...rest, nodes: [...nodes], flows: [...flows] }
    for (const [index, node] of nodes.entries()) {
      if (!['job', 'user', 'manual', 'plain', 'send'].includes(node.kind) || node.repeat || node.undo) continue
      if (!this.structured) {
        if (chance.is(8))
          graph.nodes[index] = { ...node, wide: { ...node.wide, ...chance.oneOf([{ needs: 2 }, { gives: 2 }, { needs: 2, gives: 2 }]) } }
        continue
      }
      const out = flows.filter(({ from }) => from === node.id)
      const isGuarded = nodes.some(({ attachedTo }) => attachedTo === node.id)
      if (container?.kind === 'adHoc' || out.length !== 1 || out[0]?.when || out[0]?.otherwise || isGuarded || !chance.is(8)) continue
      const many = chance.between(2, 3)
      const [each, last] = [this.id('job'), this.id('manual')]
      graph.nodes[index] = { ...node, wide: { ...node.wide, gives: many } }
      graph.nodes.push(
        { id: each, kind: chance.oneOf(['job', 'manual', 'receive'] as const) },
        { id: last, kind: 'manual', wide: { needs: many } },
      )
      graph.flows = graph.flows.map((flow): GraphFlow => (flow === out[0] ? { ...flow, from: last } : flow))
      graph.flows.push({ from: node.id, to: each }, { from: each, to: last })
    }
    return graph
  }

  /** Flows that are not drawn. */
  private links({ nodes, flows, ...rest }: Graph): Graph {
    const added: GraphNode[] = []
    const races = new Set(nodes.filter(({ kind }) => kind === 'race').map(({ id }) => id))
    const linked = flows.flatMap((flow): GraphFlow[] => {
      if (flow.when !== undefined || flow.otherwise || races.has(flow.from) || !this.chance.is(5)) return [flow]
      const [thrown, caught] = [this.id('link-throw'), this.id('link-catch')]
      const wide = { linkName: thrown }
      added.push({ id: thrown, kind: 'throw', on: 'link', wide }, { id: caught, kind: 'catch', on: 'link', wide })
      return [
        { from: flow.from, to: thrown },
        { from: caught, to: flow.to },
      ]
    })
    return { ...rest, nodes: [...nodes, ...added], flows: linked }
  }

  /** What undoes a subprocess that has completed. */
  private undoing(): GraphNode {
    const { chance } = this
    const [start, work, end] = [this.id('compensation-start'), this.id('job'), this.id('end')]
    const inside: Graph = {
      nodes: [
        { id: start, kind: 'start', on: 'compensation' },
        { id: work, kind: chance.oneOf(['job', 'user', 'manual'] as const) },
        { id: end, kind: 'end' },
      ],
      flows: [
        { from: start, to: work },
        { from: work, to: end },
      ],
    }
    return { id: this.id('eventSub'), kind: 'eventSub', inside }
  }
}
