import { runCase } from './fuzz-run.ts'
import type { Graph, GraphNode, WideNode } from './graph.ts'
import type { FuzzCase } from './random-model.ts'

const MOST_TRIES = 400

/** The smallest case found that breaks the same promise. */
export async function shrink(fuzz: FuzzCase): Promise<FuzzCase> {
  const promise = await findingOf(fuzz)
  let best = fuzz
  let tries = 0
  for (let better = true; better && tries < MOST_TRIES; ) {
    better = false
    for (const smaller of [...fewerChoices(best), ...smallerModels(best)]) {
      if (++tries > MOST_TRIES) break
      if ((await findingOf(smaller)) !== promise) continue
      best = smaller
      better = true
      break
    }
  }
  return best
}

async function findingOf(fuzz: FuzzCase): Promise<string | undefined> {
  try {
    const { finding } = await runCase(fuzz)
    // One that was cut and stops for want of a way on breaks no promise: it is not block-structured any more.
    return finding?.rule === 'never-ends' ? finding.message : finding?.rule
  } catch {
    // Cut down to something that is no model any more.
    return undefined
  }
}

function* fewerChoices(fuzz: FuzzCase): Generator<FuzzCase> {
  const { choices } = fuzz
  for (let size = Math.ceil(choices.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0)
    for (let at = choices.length - size; at >= 0; at -= size)
      yield { ...fuzz, choices: [...choices.slice(0, at), ...choices.slice(at + size)] }
}

function* smallerModels(fuzz: FuzzCase): Generator<FuzzCase> {
  for (const [id, graph] of Object.entries(fuzz.graphs)) {
    // A model that was cut need not be block-structured any more; only what holds of every model counts then.
    for (const smaller of smallerGraphs(graph)) yield { ...fuzz, graphs: { ...fuzz.graphs, [id]: smaller } }
  }
}

function* smallerGraphs(graph: Graph): Generator<Graph> {
  const { listens: _, ...quiet } = graph
  if (graph.listens) yield quiet
  for (const node of graph.nodes) if (node.kind !== 'start') yield tidy(without(graph, node))
  for (const [index, node] of graph.nodes.entries()) {
    const put = (other: GraphNode): Graph => ({ ...graph, nodes: graph.nodes.with(index, other) })
    const { repeat, undo, listens, inside, wide, ...bare } = node
    if (inside && node.kind !== 'eventSub') yield put({ ...bare, kind: 'manual' })
    if (inside) for (const smaller of smallerGraphs(inside)) yield put({ ...node, inside: smaller })
    if (repeat) yield put(dropped(node, 'repeat'))
    if (undo) yield put(dropped(node, 'undo'))
    if (listens) yield put(dropped(node, 'listens'))
    if (wide) for (const smaller of narrower(wide)) yield put({ ...dropped(node, 'wide'), ...(smaller && { wide: smaller }) })
  }
  for (const flow of graph.flows) yield tidy({ ...graph, flows: graph.flows.filter((other) => other !== flow) })
}

/** Without one of the rarer properties; without any when it was the only one. */
function narrower(wide: WideNode): readonly (WideNode | undefined)[] {
  const entries = Object.entries(wide)
  if (entries.length === 1) return [undefined]
  return entries.map((entry) => Object.fromEntries(entries.filter((other) => other !== entry)))
}

function dropped(node: GraphNode, field: 'repeat' | 'undo' | 'listens' | 'wide'): GraphNode {
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== field)) as unknown as GraphNode
}

/** Its predecessors lead on to its successors. */
function without({ nodes, flows, ...rest }: Graph, { id }: GraphNode): Graph {
  const before = flows.filter(({ from, to }) => to === id && from !== id)
  const after = flows.filter(({ from, to }) => from === id && to !== id)
  const bridges = before.flatMap((flow) =>
    after.flatMap(({ to }) => (flows.some((other) => other.from === flow.from && other.to === to) ? [] : [{ ...flow, to }])),
  )
  return {
    ...rest,
    nodes: nodes.filter((node) => node.id !== id),
    flows: [...flows.filter(({ from, to }) => from !== id && to !== id), ...bridges],
  }
}

/** Leaves out what can no longer be reached. */
function tidy({ nodes, flows, ...rest }: Graph): Graph {
  const kept = new Set(nodes.filter(({ kind }) => kind === 'start' || kind === 'eventSub').map(({ id }) => id))
  if (!nodes.some(({ kind }) => kind === 'start')) return { ...rest, nodes, flows }
  for (let size = -1; size !== kept.size; ) {
    size = kept.size
    for (const { from, to } of flows) if (kept.has(from)) kept.add(to)
    for (const { id, attachedTo } of nodes) if (attachedTo !== undefined && kept.has(attachedTo)) kept.add(id)
  }
  return { ...rest, nodes: nodes.filter(({ id }) => kept.has(id)), flows: flows.filter(({ from, to }) => kept.has(from) && kept.has(to)) }
}
