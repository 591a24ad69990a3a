import type { Chance } from './chance.ts'
import type { Graph, GraphFlow, GraphNode } from './graph.ts'

export type Draft = Omit<GraphNode, 'id'>

/** Ids over all scopes of one file. */
export interface Names {
  count: number
  /** Processes that may be called. */
  readonly children: readonly string[]
}

/** A graph under construction. */
export class GraphMaker {
  readonly nodes: GraphNode[] = []
  readonly flows: GraphFlow[] = []
  readonly chance: Chance
  readonly names: Names

  constructor(chance: Chance, names: Names) {
    this.chance = chance
    this.names = names
  }

  add(node: Draft): string {
    const id = `${node.on ?? ''}${node.on ? '-' : ''}${node.kind}${++this.names.count}`
    this.nodes.push({ id, ...node })
    return id
  }
  flow(from: string, to: string, choice: Pick<GraphFlow, 'when' | 'otherwise'> = {}): void {
    this.flows.push({ from, to, ...choice })
  }
  inner(): GraphMaker {
    return new GraphMaker(this.chance, this.names)
  }
  get graph(): Graph {
    return { nodes: this.nodes, flows: this.flows }
  }
}
