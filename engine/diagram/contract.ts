/** What is laid out: one scope of flow nodes, be it a process, a subprocess or an event subprocess. */
export interface Scope {
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
  /** Event subprocesses: no flow leads into them. */
  readonly asides: readonly Node[]
  /** Names of the leaf lanes from top to bottom; empty when there are none. */
  readonly lanes: readonly Lane[]
  readonly notes: readonly Note[]
}
export interface Lane {
  readonly id: string
  readonly name: string
}
export interface Node {
  readonly id: string
  readonly kind: 'event' | 'gateway' | 'activity' | 'scope' | 'data'
  readonly name: string
  /** Index of its lane; 0 when there are none. */
  readonly lane: number
  readonly inner?: Scope
  readonly boundary: readonly { readonly id: string; readonly name: string }[]
}
export interface Edge {
  readonly id: string
  /** The host, when the flow leaves a boundary event. */
  readonly source: string
  readonly boundaryId?: string
  readonly target: string
  readonly name: string
}
/** A text annotation, and what it is about. */
export interface Note {
  readonly id: string
  readonly text: string
  readonly about?: string
  readonly associationId?: string
}

export interface Point {
  readonly x: number
  readonly y: number
}
export interface Box extends Point {
  readonly width: number
  readonly height: number
}
export interface DrawnShape extends Box {
  readonly id: string
  readonly label?: Box
  readonly isExpanded?: boolean
  readonly isHorizontal?: boolean
}
export interface DrawnEdge {
  readonly id: string
  readonly points: readonly Point[]
  readonly label?: Box
}
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly DrawnShape[]
  readonly edges: readonly DrawnEdge[]
}
