import type { MultiInstance } from '../executable-process.ts'
import { extension, type ModdleElement, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'
import { compileFeel, feelValue } from './text-value.ts'

export type LoopDefinition = Omit<MultiInstance, 'body' | 'inner'>

/** Reads the multi-instance marker of an activity; undefined when it has none. */
export function readMultiInstance(source: ModdleElement, id: string, problems: Problems): LoopDefinition | undefined {
  const loop = one(source, 'loopCharacteristics')
  if (!loop) return undefined
  if (loop.$type !== 'bpmn:MultiInstanceLoopCharacteristics') {
    problems.error(
      id,
      'UNSUPPORTED_LOOP',
      `Expected ${id} to run once or for each item of a list, but it has a standard loop marker; model the repetition with gateways`,
    )
    return undefined
  }
  const zeebe = extension(loop, 'zeebe:LoopCharacteristics')
  const attribute = (name: string) => (zeebe && text(zeebe, name)) || undefined
  const collection = attribute('inputCollection')
  const cardinality = bodyOf(loop, 'loopCardinality')
  if (collection === undefined && cardinality === undefined) {
    problems.error(
      id,
      'INPUT_COLLECTION_MISSING',
      `Expected the repetitions of ${id} to have an input collection, but they have none; say which list to go through`,
    )
  }
  const [outputCollection, outputElement] = [attribute('outputCollection'), attribute('outputElement')]
  if ((outputCollection === undefined) !== (outputElement === undefined)) {
    problems.error(
      id,
      'OUTPUT_COLLECTION_HALF',
      `Expected ${id} to have both an output collection and an output element, or neither, but it has one; add the other`,
    )
  }
  const inputElement = attribute('inputElement')
  const condition = bodyOf(loop, 'completionCondition')
  return {
    sequential: loop.isSequential === true,
    ...(collection !== undefined && { inputCollection: feelValue(collection, id, 'the input collection', problems) }),
    ...(collection === undefined &&
      cardinality !== undefined && { loopCardinality: compileFeel(withoutSign(cardinality), id, 'the loop cardinality', problems) }),
    ...(inputElement !== undefined && { inputElement }),
    ...(outputCollection !== undefined && { outputCollection }),
    ...(outputElement !== undefined && { outputElement: feelValue(outputElement, id, 'the output element', problems) }),
    ...(condition !== undefined && { completionCondition: feelValue(condition, id, 'the completion condition', problems) }),
  }
}

function bodyOf(loop: ModdleElement, property: string): string | undefined {
  const expression = one(loop, property)
  return (expression && text(expression, 'body')?.trim()) || undefined
}

function withoutSign(expression: string): string {
  return expression.startsWith('=') ? expression.slice(1) : expression
}

/** Gives each repeated activity its two views. Run once flows and attachments are linked. */
export function linkMultiInstance(draft: ProcessDraft): void {
  for (const [id, loop] of draft.loops) {
    const element = draft.elements.get(id)
    if (!element) continue
    const body: ElementDraft = { ...element, type: 'multiInstanceBody', inputs: [], outputs: [], eventSubProcesses: [] }
    const inner: ElementDraft = { ...element, incoming: [], outgoing: [], boundaryEvents: [] }
    // The body as a whole is undone, not each repetition.
    if (inner.compensation?.boundaryId !== undefined) delete inner.compensation
    else delete body.compensation
    const multiInstance: MultiInstance = { ...loop, body, inner }
    element.multiInstance = multiInstance
    body.multiInstance = multiInstance
  }
}
