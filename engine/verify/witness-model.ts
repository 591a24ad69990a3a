import { BpmnModdle } from 'bpmn-moddle'

interface Node {
  readonly $type: string
  id: string
  name?: string
  flowElements?: Node[]
  artifacts?: unknown
  laneSets?: unknown
  sourceRef?: Node
  targetRef?: Node
  incoming?: Node[]
  outgoing?: Node[]
  default?: Node
  eventDefinitions?: { readonly $type: string }[]
  conditionExpression?: unknown
  triggeredByEvent?: boolean
  isExecutable?: boolean
  isForCompensation?: boolean
  $parent?: Node
  rootElements?: Node[]
}
interface Moddle {
  fromXML(xml: string): Promise<{ rootElement: Node }>
  toXML(root: unknown): Promise<{ xml: string }>
  create(type: string, properties: Record<string, unknown>): Node
}

/** A definition in words that bpmn-engine shares, and what had to be left out of it. */
export interface WitnessModel {
  readonly xml: string
  /** Joins of more than one flow: known faults are looked for there. */
  readonly inclusiveJoins: readonly string[]
  readonly parallelJoins: readonly string[]
  readonly hasExclusive: boolean
  readonly hasStandardLoop: boolean
  /** Elements that mean more than can be said in these words; a path through one is not put to the witness. */
  readonly odd: readonly string[]
  /** The flow each gateway is asked about first. */
  readonly firstFlows: Readonly<Record<string, string>>
  /** Events behind an event-based gateway, with the flow to them. */
  readonly races: Readonly<Record<string, { readonly gatewayId: string; readonly flowId: string }>>
}

const KEPT: ReadonlySet<string> = new Set([
  'bpmn:StartEvent',
  'bpmn:EndEvent',
  'bpmn:ExclusiveGateway',
  'bpmn:ParallelGateway',
  'bpmn:InclusiveGateway',
  'bpmn:SequenceFlow',
])
const WAITING: ReadonlySet<string> = new Set([
  'bpmn:ServiceTask',
  'bpmn:UserTask',
  'bpmn:ReceiveTask',
  'bpmn:CallActivity',
  'bpmn:IntermediateCatchEvent',
])
/** All that can be said; what waits for a worker when it names a job is answered, the rest goes on at once. */
const SAID: ReadonlySet<string> = new Set([
  ...KEPT,
  ...WAITING,
  'bpmn:EventBasedGateway',
  'bpmn:SubProcess',
  'bpmn:Transaction',
  'bpmn:Task',
  'bpmn:ManualTask',
  'bpmn:ScriptTask',
  'bpmn:IntermediateThrowEvent',
  'bpmn:BusinessRuleTask',
  'bpmn:SendTask',
])
const JOB = 'zeebe:taskDefinition'

/**
 * Writes the process for the witness: everything that waits becomes a user task that is answered, every condition a question
 * to whoever holds the path. Boundary events and event subprocesses, and what only they lead to, are left out.
 * Undefined: there is no such process.
 */
export async function witnessModel(xml: string, bpmnProcessId: string): Promise<WitnessModel | undefined> {
  const moddle = new BpmnModdle() as unknown as Moddle
  const { rootElement } = await moddle.fromXML(xml)
  const process = rootElement.rootElements?.find(({ id, $type }) => $type === 'bpmn:Process' && id === bpmnProcessId)
  if (!process) return undefined
  const notes: Notes = {
    inclusiveJoins: [],
    parallelJoins: [],
    hasExclusive: false,
    hasStandardLoop: false,
    odd: [],
    firstFlows: {},
    races: {},
  }
  rewrite(moddle, process, notes)
  const root = moddle.create('bpmn:Definitions', { id: 'witness', targetNamespace: 'http://bpmn.io/schema/bpmn' })
  const alone = moddle.create('bpmn:Process', { id: process.id, isExecutable: true, flowElements: process.flowElements })
  for (const element of process.flowElements ?? []) element.$parent = alone
  root.rootElements = [alone]
  alone.$parent = root
  return { xml: (await moddle.toXML(root)).xml, ...notes }
}

interface Notes {
  readonly inclusiveJoins: string[]
  readonly parallelJoins: string[]
  hasExclusive: boolean
  hasStandardLoop: boolean
  readonly odd: string[]
  readonly firstFlows: Record<string, string>
  readonly races: Record<string, { readonly gatewayId: string; readonly flowId: string }>
}

function rewrite(moddle: Moddle, scope: Node, notes: Notes): void {
  const before = reachable(scope)
  const after = new Map<Node, Node>()
  for (const element of before) {
    if (element.$type === 'bpmn:SequenceFlow') continue
    after.set(element, plainOf(moddle, element, notes))
  }
  const flows = before.filter(({ $type }) => $type === 'bpmn:SequenceFlow')
  for (const flow of flows) {
    const [source, target] = [after.get(flow.sourceRef as Node), after.get(flow.targetRef as Node)]
    if (!source || !target) continue
    const isChosen = flow.conditionExpression !== undefined || flow.sourceRef?.$type === 'bpmn:EventBasedGateway'
    const created = moddle.create('bpmn:SequenceFlow', { id: flow.id, sourceRef: source, targetRef: target })
    if (flow.sourceRef?.$type === 'bpmn:EventBasedGateway') notes.races[target.id] = { gatewayId: source.id, flowId: flow.id }
    if (isChosen && flow.sourceRef?.default !== flow) {
      notes.firstFlows[source.id] ??= flow.id
      const body = `next(null, this.environment.services.takes(${JSON.stringify(flow.sourceRef?.id)}, ${JSON.stringify(flow.id)}))`
      created.conditionExpression = moddle.create('bpmn:FormalExpression', { language: 'javascript', body })
    }
    if (flow.sourceRef?.default === flow) source.default = created
    source.outgoing = [...(source.outgoing ?? []), created]
    target.incoming = [...(target.incoming ?? []), created]
    after.set(flow, created)
  }
  scope.flowElements = [...after.values()]
  for (const element of scope.flowElements) element.$parent = scope
}

/** From the none start event on; a boundary event is no flow. */
function reachable(scope: Node): readonly Node[] {
  const all = scope.flowElements ?? []
  const reached = new Set(all.filter(({ $type, eventDefinitions }) => $type === 'bpmn:StartEvent' && !eventDefinitions?.length))
  for (const element of reached)
    for (const flow of all)
      if (flow.$type === 'bpmn:SequenceFlow' && flow.sourceRef === element && flow.targetRef) {
        reached.add(flow)
        reached.add(flow.targetRef)
      }
  return all.filter((element) => reached.has(element))
}

function plainOf(moddle: Moddle, element: Node, notes: Notes): Node {
  const { id, $type } = element
  const create = (type: string, more: Record<string, unknown> = {}) => moddle.create(type, { id, ...more })
  note(element, notes)
  if ($type === 'bpmn:EndEvent' && !hasJob(element)) {
    const isTerminate = definitionTypes(element).includes('bpmn:TerminateEventDefinition')
    return create($type, isTerminate ? { eventDefinitions: [moddle.create('bpmn:TerminateEventDefinition', {})] } : {})
  }
  if (KEPT.has($type) && !hasJob(element)) return create($type)
  if ($type === 'bpmn:EventBasedGateway') return create('bpmn:ExclusiveGateway')
  if (WAITING.has($type)) return create('bpmn:UserTask')
  if ($type !== 'bpmn:SubProcess' && $type !== 'bpmn:Transaction') return create(hasJob(element) ? 'bpmn:UserTask' : 'bpmn:Task')
  rewrite(moddle, element, notes)
  const inside = create('bpmn:SubProcess', { flowElements: element.flowElements })
  for (const inner of element.flowElements ?? []) inner.$parent = inside
  return inside
}

/** Where what completes depends on more than flows and answers, and where the witness is known to be wrong. */
function note(element: Node, notes: Notes): void {
  const { id, $type } = element
  if (loopOf(element) === 'bpmn:StandardLoopCharacteristics') notes.hasStandardLoop = true
  const joins = (element.incoming?.length ?? 0) > 1
  if ($type === 'bpmn:InclusiveGateway' && joins) notes.inclusiveJoins.push(id)
  if ($type === 'bpmn:ParallelGateway' && joins) notes.parallelJoins.push(id)
  if ($type === 'bpmn:ExclusiveGateway' || $type === 'bpmn:EventBasedGateway') notes.hasExclusive = true
  const comesBack = definitionTypes(element).some((type) => /Error|Cancel|Compensate|Escalation|Link|Signal/.test(type))
  const isThrow = $type === 'bpmn:EndEvent' || $type === 'bpmn:IntermediateThrowEvent'
  if ((comesBack && (isThrow || isLink(element))) || !SAID.has($type)) notes.odd.push(id)
}

const definitionTypes = ({ eventDefinitions = [] }: Node) => eventDefinitions.map(({ $type }) => $type)
const isLink = (element: Node) => definitionTypes(element).includes('bpmn:LinkEventDefinition')
function hasJob(element: Node): boolean {
  const { extensionElements } = element as { extensionElements?: { values?: readonly { readonly $type: string }[] } }
  return extensionElements?.values?.some(({ $type }) => $type === JOB) ?? false
}

function loopOf(element: Node): string | undefined {
  return (element as { loopCharacteristics?: { readonly $type: string } }).loopCharacteristics?.$type
}
