import type { Chance } from './chance.ts'
import type { Graph, GraphNode, Trigger } from './graph.ts'

const STARTS: readonly Trigger[] = ['message', 'signal', 'condition', 'date', 'cron']

/** Lets a process be started by something instead of by hand: an event, a receive task, a gateway before events. */
export function typedStart(graph: Graph, chance: Chance): { readonly graph: Graph; readonly startAt?: string } {
  const start = graph.nodes.find(({ kind }) => kind === 'start')
  if (!start) return { graph }
  const replace = (node: GraphNode): Graph => ({ ...graph, nodes: graph.nodes.map((other) => (other === start ? node : other)) })
  const kind = chance.below(5)
  if (kind === 0) {
    const { listens, ...bare } = start
    return { graph: replace({ ...bare, kind: 'receive', wide: { instantiates: 'first' } }), startAt: start.id }
  }
  if (kind === 1 || kind === 2) return gatewayStart(graph, start, kind === 1 ? 'first' : 'all', chance)
  const on = chance.oneOf(STARTS)
  const other = chance.oneOf(STARTS.filter((each) => each !== on && each !== 'cron' && each !== 'date'))
  return { graph: replace({ ...start, on, ...(chance.is(30) && { wide: { more: [other] } }) }), startAt: start.id }
}

function gatewayStart(
  graph: Graph,
  start: GraphNode,
  instantiates: 'first' | 'all',
  chance: Chance,
): { readonly graph: Graph; readonly startAt: string } {
  const caught = (['message', instantiates === 'all' ? 'message' : 'signal'] as const).map(
    (on, index): GraphNode => ({ id: `${on}-catch${1900 + index}`, kind: 'catch', on }),
  )
  const gateway: GraphNode = { id: 'race1910', kind: 'race', wide: { instantiates } }
  const merge: GraphNode = { id: 'xor1911', kind: instantiates === 'all' ? 'and' : 'xor' }
  // Unlike a gateway it may have several flows without a condition.
  const first: GraphNode = { id: 'manual1912', kind: 'manual' }
  return {
    graph: {
      ...graph,
      nodes: [gateway, ...caught, merge, first, ...graph.nodes.filter((node) => node !== start)],
      flows: [
        ...caught.flatMap(({ id }) => [
          { from: gateway.id, to: id },
          { from: id, to: merge.id },
        ]),
        { from: merge.id, to: first.id },
        ...graph.flows.flatMap((flow) => (flow.from === start.id ? [{ ...flow, from: first.id }] : [flow])),
      ],
    },
    startAt: chance.oneOf(caught).id,
  }
}
