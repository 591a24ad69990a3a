import { type ModdleElement, many } from '../moddle.ts'
import { type ModelView, typeOf } from '../validate/standard/model-view.ts'

type Writable = { -readonly [K in keyof ModdleElement]: ModdleElement[K] }

const CONTAINERS: ReadonlySet<string> = new Set(['Process', 'SubProcess', 'Transaction'])
const NOT_STARTED: ReadonlySet<string> = new Set([
  'BoundaryEvent',
  'SequenceFlow',
  'DataObject',
  'DataObjectReference',
  'DataStoreReference',
])

/**
 * Where a process or subprocess has no start event, all that no flow leads to begins with it (BPMN 2.0.2 §10.5.2): a start
 * event and flows that are not drawn.
 */
export function addImplicitStarts(container: ModdleElement, model: ModelView): void {
  const content = many(container, 'flowElements')
  if (!CONTAINERS.has(typeOf(container)) || container.triggeredByEvent === true) return
  if (content.some((node) => typeOf(node) === 'StartEvent' || node.instantiate === true)) return
  const start: ModdleElement = { $type: 'bpmn:StartEvent', id: `${container.id}-start`, $parent: container }
  const flows = content
    .filter((node) => beginsWithItsScope(node, model))
    .map(
      (node): ModdleElement => ({
        $type: 'bpmn:SequenceFlow',
        id: `${start.id}-${node.id}`,
        sourceRef: start,
        targetRef: node,
        $parent: container,
      }),
    )
  const writable = container as Writable
  writable.flowElements = [start, ...content, ...flows]
}

function beginsWithItsScope(node: ModdleElement, model: ModelView): boolean {
  const isLinkCatch =
    typeOf(node) === 'IntermediateCatchEvent' &&
    many(node, 'eventDefinitions').some((definition) => typeOf(definition) === 'LinkEventDefinition')
  return (
    !NOT_STARTED.has(typeOf(node)) &&
    !isLinkCatch &&
    node.triggeredByEvent !== true &&
    node.isForCompensation !== true &&
    model.flowsInto(node).length === 0
  )
}
