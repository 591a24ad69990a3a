import type { MultiInstance, StandardLoop } from '../executable-process.ts'
import { extension, type ModdleElement, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'
import { compileFeel, feelValue } from './text-value.ts'

export type MultiInstanceDefinition = Omit<MultiInstance, 'body' | 'inner'>

export type StandardLoopDefinition = Omit<StandardLoop, 'body' | 'inner'>

/** Reads the loop or multi-instance marker of an activity, if it has one. */
export function readLoop(draft: ProcessDraft, source: ModdleElement, id: string, problems: Problems): void {
  const loop = one(source, 'loopCharacteristics')
  if (loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics') draft.multiInstances.set(id, readMultiInstance(loop, id, problems))
  if (loop?.$type === 'bpmn:StandardLoopCharacteristics') draft.standardLoops.set(id, readStandardLoop(loop, id, problems))
}

function readStandardLoop(loop: ModdleElement, id: string, problems: Problems): StandardLoopDefinition {
  const condition = bodyOf(loop, 'loopCondition')
  const maximum = typeof loop.loopMaximum === 'number' ? loop.loopMaximum : undefined
  if (maximum !== undefined && maximum < 1)
    problems.error(id, 'LOOP_MAXIMUM', `Expected the loop maximum of ${id} to be at least 1, but found ${maximum}; correct it`)
  if (condition === undefined && maximum === undefined)
    problems.error(
      id,
      'LOOP_WITHOUT_END',
      `Expected the loop of ${id} to have a condition or a maximum, but it has neither and would never end; add one`,
    )
  return {
    testBefore: loop.testBefore === true,
    ...(maximum !== undefined && { maximum }),
    ...(condition !== undefined && { condition: feelValue(condition, id, 'the loop condition', problems) }),
  }
}

function readMultiInstance(loop: ModdleElement, id: string, problems: Problems): MultiInstanceDefinition {
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
export function linkLoops(draft: ProcessDraft): void {
  for (const [id, definition] of draft.multiInstances) {
    const views = viewsOf(draft, id, 'multiInstanceBody')
    if (views) views.element.multiInstance = views.body.multiInstance = { ...definition, body: views.body, inner: views.inner }
  }
  for (const [id, definition] of draft.standardLoops) {
    const views = viewsOf(draft, id, 'loopBody')
    if (views) views.element.standardLoop = views.body.standardLoop = { ...definition, body: views.body, inner: views.inner }
  }
}

/** Gives each ad-hoc subprocess of the dialect the scope that stands around one chosen activity. Run once flows are linked. */
export function linkAdHocScopes(draft: ProcessDraft): void {
  for (const element of draft.elements.values()) {
    if (!element.adHoc?.choices) continue
    const inner: ElementDraft = {
      ...element,
      type: 'adHocInner',
      inputs: [],
      outputs: [],
      incoming: [],
      outgoing: [],
      boundaryEvents: [],
      eventSubProcesses: [],
    }
    for (const own of ['startListeners', 'endListeners', 'compensation', 'multiInstance', 'standardLoop', 'adHoc', 'job'] as const)
      delete inner[own]
    element.adHoc = { ...element.adHoc, inner }
  }
}

function viewsOf(draft: ProcessDraft, id: string, type: 'multiInstanceBody' | 'loopBody') {
  const element = draft.elements.get(id)
  if (!element) return undefined
  const body: ElementDraft = { ...element, type, inputs: [], outputs: [], eventSubProcesses: [] }
  // Listeners belong to each repetition, but for those before all.
  delete body.startListeners
  delete body.endListeners
  const beforeAll = draft.beforeAll.get(id)
  if (beforeAll) body.startListeners = beforeAll
  const inner: ElementDraft = { ...element, incoming: [], outgoing: [], boundaryEvents: [] }
  // The body as a whole is undone, not each repetition.
  if (inner.compensation?.boundaryId !== undefined) delete inner.compensation
  else delete body.compensation
  return { element, body, inner }
}
