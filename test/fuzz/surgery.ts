import type { Command, ExecutableProcess, MappingInstruction, ProcessDefinitionKey } from '../../engine/kernel/index.ts'
import type { Chance } from './chance.ts'
import type { FuzzInstance } from './fuzz-world.ts'
import type { Graph, WideNode } from './graph.ts'

/** Tokens put in and taken away at random; often refused. */
export function modification({ state }: FuzzInstance, process: ExecutableProcess, chance: Chance): Command {
  const elementIds = [...process.elements.keys()]
  const live = Object.values(state.elements).filter(({ scopeKey }) => scopeKey !== undefined)
  const target = chance.oneOf(elementIds)
  const source = live.length > 0 ? chance.oneOf(live) : undefined
  const kind = chance.below(4)
  const terminate = source ? [chance.is(50) ? { elementInstanceKey: source.key } : { elementId: source.elementId }] : []
  if (kind === 0) return { type: 'modifyInstance', activate: [{ elementId: target }], terminate: [] }
  if (kind === 1) return { type: 'modifyInstance', activate: [], terminate }
  if (kind === 2 && source)
    return {
      type: 'modifyInstance',
      activate: [],
      terminate: [],
      move: [{ sourceElementInstanceKey: source.key, targetElementId: target }],
    }
  const within = chance.oneOf([...live.map(({ key }) => key), state.key as string])
  const activate = { elementId: target, ...(chance.is(50) && { ancestorElementInstanceKey: within as never }) }
  return { type: 'modifyInstance', activate: [{ ...activate, variables: [{ variables: { pick: 2 } }] }], terminate }
}

const SUFFIX = '_2'

/** The same with other ids, and without one of its boundary events when it has some. */
export function otherVersion(graph: Graph, dropped: string | undefined): Graph {
  const { listens } = graph
  const nodes = graph.nodes
    .filter(({ id }) => id !== dropped)
    .map((node) => ({
      ...node,
      id: node.id + SUFFIX,
      ...(node.attachedTo !== undefined && { attachedTo: node.attachedTo + SUFFIX }),
      ...(node.inside && { inside: otherVersion(node.inside, dropped) }),
      ...(node.wide && { wide: renamedIn(node.wide) }),
    }))
  const flows = graph.flows
    .filter(({ from }) => from !== dropped)
    .map((flow) => ({ ...flow, from: flow.from + SUFFIX, to: flow.to + SUFFIX }))
  return { nodes, flows, ...(listens && { listens }) }
}

function renamedIn(wide: WideNode): WideNode {
  const { chosen, undoes } = wide
  return {
    ...wide,
    ...(chosen && { chosen: chosen.map((id) => id + SUFFIX) }),
    ...(undoes !== undefined && { undoes: undoes + SUFFIX }),
  }
}

/** To the other version, everything that is still there. */
export function migration(source: ExecutableProcess, target: ExecutableProcess, targetKey: string): Command {
  const renamed = (id: string) => id.replace(/^([a-z]+(?:-[a-zA-Z]+)?\d+|[a-zA-Z]+\d+)/, `$1${SUFFIX}`)
  const mapping: MappingInstruction[] = []
  for (const { id, scopeId } of source.elements.values())
    if (scopeId !== undefined && target.elements.has(renamed(id))) mapping.push({ sourceElementId: id, targetElementId: renamed(id) })
  for (const flow of source.flows.values()) {
    const same = [...target.flows.values()].find(
      ({ sourceId, targetId }) => sourceId === renamed(flow.sourceId) && targetId === renamed(flow.targetId),
    )
    if (same) mapping.push({ sourceElementId: flow.id, targetElementId: same.id })
  }
  return { type: 'migrateInstance', targetProcessDefinitionKey: targetKey as ProcessDefinitionKey, version: 2, mapping }
}
