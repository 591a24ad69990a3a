import type { Edge, Lane, Node, Note, Scope } from './contract.ts'

/** What of a moddle element is looked at here. */
export interface Moddle {
  readonly $type: string
  readonly id: string
  readonly name?: string
  readonly text?: string
  readonly [property: string]: unknown
}

const KINDS: readonly (readonly [RegExp, Node['kind']])[] = [
  [/Event$/, 'event'],
  [/Gateway$/, 'gateway'],
  [/^bpmn:(SubProcess|Transaction|AdHocSubProcess)$/, 'scope'],
  [/Task$|^bpmn:CallActivity$/, 'activity'],
  [/^bpmn:Data(ObjectReference|StoreReference)$/, 'data'],
]

/** The flow nodes of a process or subprocess as the layout sees them. */
export function readScope(element: Moddle): Scope {
  const flowElements = many(element.flowElements)
  const artifacts = many(element.artifacts)
  const lanes = leafLanes(element)
  const laneOf = new Map(lanes.flatMap(({ nodes }, index) => nodes.map((id) => [id, index] as const)))
  const boundary = flowElements.filter(({ $type }) => $type === 'bpmn:BoundaryEvent')
  const hostOf = new Map(boundary.map((event) => [event.id, one(event.attachedToRef)?.id ?? '']))
  const toNode = (node: Moddle): Node => {
    const kind = KINDS.find(([pattern]) => pattern.test(node.$type))?.[1] ?? 'activity'
    return {
      id: node.id,
      kind,
      name: node.name ?? '',
      lane: laneOf.get(node.id) ?? (isAside(node) ? Math.max(lanes.length - 1, 0) : 0),
      boundary: boundary.filter(({ id }) => hostOf.get(id) === node.id).map(({ id, name = '' }) => ({ id, name })),
      ...(kind === 'scope' ? { inner: readScope(node) } : {}),
    }
  }
  const isDrawn = ({ $type }: Moddle) => KINDS.some(([pattern]) => pattern.test($type)) && $type !== 'bpmn:BoundaryEvent'
  const drawn = flowElements.filter(isDrawn)
  return {
    nodes: drawn.filter((node) => !isAside(node)).map(toNode),
    asides: drawn.filter(isAside).map(toNode),
    edges: [...flowElements, ...artifacts].flatMap((flow) => readEdge(flow, hostOf)),
    lanes: lanes.map(({ id, name }) => ({ id, name })),
    notes: readNotes(artifacts),
  }
}

function isAside(node: Moddle): boolean {
  return node.triggeredByEvent === true
}

/** Sequence flows, and the associations from compensation events to their handlers. */
function readEdge(flow: Moddle, hostOf: ReadonlyMap<string, string>): Edge[] {
  const source = one(flow.sourceRef)
  const target = one(flow.targetRef)
  const isFlow = flow.$type === 'bpmn:SequenceFlow'
  const isHandling = flow.$type === 'bpmn:Association' && source?.$type === 'bpmn:BoundaryEvent'
  if (!source || !target || !(isFlow || isHandling)) return []
  const host = hostOf.get(source.id)
  return [
    {
      id: flow.id,
      source: host ?? source.id,
      target: target.id,
      name: flow.name ?? '',
      ...(host === undefined ? {} : { boundaryId: source.id }),
    },
  ]
}

function readNotes(artifacts: readonly Moddle[]): Note[] {
  return artifacts
    .filter(({ $type }) => $type === 'bpmn:TextAnnotation')
    .map((note) => {
      const association = artifacts.find(
        ({ $type, sourceRef, targetRef }) => $type === 'bpmn:Association' && [one(sourceRef)?.id, one(targetRef)?.id].includes(note.id),
      )
      const about = [one(association?.sourceRef), one(association?.targetRef)].find((end) => end && end.id !== note.id)
      return { id: note.id, text: note.text ?? '', ...(about && association ? { about: about.id, associationId: association.id } : {}) }
    })
}

function leafLanes(element: Moddle): readonly (Lane & { readonly nodes: readonly string[] })[] {
  const leaves = (set: unknown): (Lane & { nodes: readonly string[] })[] =>
    many((set as Moddle | undefined)?.lanes).flatMap((lane) => {
      const inside = leaves(lane.childLaneSet)
      return inside.length > 0 ? inside : [{ id: lane.id, name: lane.name ?? '', nodes: many(lane.flowNodeRef).map(({ id }) => id) }]
    })
  return many(element.laneSets).flatMap((set) => leaves(set))
}

export function many(value: unknown): readonly Moddle[] {
  return Array.isArray(value) ? (value as readonly Moddle[]) : []
}
export function one(value: unknown): Moddle | undefined {
  return value !== null && typeof value === 'object' ? (value as Moddle) : undefined
}
