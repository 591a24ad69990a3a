import { type FoundValue, findNodes, findSegments, findValues, type NodeAt, type ReadMessage, type TextPlace } from '../edifact/index.ts'
import type { AnswerFault, PointedError, ReadAnswer, ReadAnswerFile } from './answer.ts'
import { type AnswerMapping, isStatus, toPaths } from './answer-mapping.ts'

interface Reading {
  readonly mapping: AnswerMapping
  readonly at: NodeAt
}

/** Reads one answer out of a message that keeps to its grammar. */
export function readEdifactAnswer(
  mapping: AnswerMapping,
  message: ReadMessage,
  { interchange, placeOf }: { readonly interchange: string; placeOf(offset: number): TextPlace },
): ReadAnswerFile {
  const reading: Reading = { mapping, at: { node: message.tree, around: [] } }
  const { file } = mapping
  const beginning = message.segments[1]
  const place = { ...placeOf(beginning?.offset ?? 0), ...(beginning ? { segment: beginning.index, tag: beginning.tag } : {}) }
  const receipt = first(reading, file.receiptNo)
  const status = statusOf(reading)
  const faults: AnswerFault[] = []
  if (receipt === undefined) {
    faults.push({
      rule: 'answer.receipt',
      ...place,
      text: {
        en: `Expected the receipt number at ${toPaths(file.receiptNo).join(' or ')}, found none; say which declaration is answered`,
        zh: `未在 ${toPaths(file.receiptNo).join(' 或 ')} 找到回执号；请注明所答复的申报`,
      },
    })
  }
  if (status === undefined) {
    faults.push({
      rule: 'answer.status',
      ...place,
      text: {
        en: `Expected a code that forms/answers/${mapping.agencyId}.edifact.json knows, found none in message ${message.reference}`,
        zh: `报文 ${message.reference} 中没有 forms/answers/${mapping.agencyId}.edifact.json 所列的代码`,
      },
    })
  }
  if (receipt === undefined || status === undefined) return { answers: [], faults }
  const version = Number(first(reading, file.version)?.value ?? Number.NaN)
  const reference = first(reading, file.reference)?.value
  const said = first(reading, file.note)
  const note = said && textOf(said)
  const answer: ReadAnswer = {
    id: `${interchange}/${message.reference}`,
    receiptNo: receipt.value,
    ...(Number.isInteger(version) ? { version } : {}),
    status,
    ...(reference === undefined ? {} : { reference }),
    ...(note === undefined ? {} : { note }),
    errors: errorsOf(reading),
    place: {
      ...placeOf(offsetOf(receipt)),
      segment: receipt.segment.index,
      tag: receipt.segment.tag,
      element: receipt.leaf.element,
      component: receipt.leaf.component,
    },
  }
  return { answers: [answer], faults: [] }
}

function statusOf({ mapping, at }: Reading): ReadAnswer['status'] | undefined {
  for (const { status, all } of mapping.file.status.when ?? []) {
    const holds = all.every((text) => {
      const selector = mapping.selectors.get(text)
      return selector !== undefined && findSegments(selector, at).length > 0
    })
    if (holds && isStatus(status)) return status
  }
  return undefined
}

function errorsOf({ mapping, at }: Reading): readonly PointedError[] {
  const { errors, sections = {} } = mapping.file
  if (errors === undefined) return []
  const rows = toPaths(errors.rows).flatMap((text) => {
    const selector = mapping.selectors.get(text)
    return selector === undefined ? [] : findNodes(selector, at)
  })
  return rows.flatMap((row) => {
    const reading = { mapping, at: row }
    const section = first(reading, errors.section)?.value
    const line = Number(first(reading, errors.line)?.value ?? Number.NaN)
    const tag = first(reading, errors.tag)?.value
    const group = section === undefined ? undefined : sections[section]
    const place = {
      ...(group === undefined ? {} : { group }),
      ...(group !== undefined && Number.isInteger(line) && line > 0 ? { line } : {}),
      ...(tag === undefined ? {} : { tag: section === undefined ? tag : `${section}/${tag}` }),
    }
    // One place may have several errors, each with its text; a single text is for all of them.
    const texts = all(reading, errors.text).map(textOf)
    const rules = all(reading, errors.rule).map(({ value }) => value)
    return (rules.length === 0 ? ['agency'] : rules).map((rule, index) => {
      const text = texts[index] ?? texts[0]
      return { rule, ...(text === undefined ? {} : { text }), ...place }
    })
  })
}

/** Lines of a free text stand in components of their own. */
function textOf({ segment, leaf }: FoundValue): string {
  const components = segment.elements[leaf.element - 1] ?? []
  return components
    .slice(leaf.component - 1, leaf.lastComponent)
    .filter((line) => line !== '')
    .join(' ')
}

function all({ mapping, at }: Reading, paths: string | readonly string[] | undefined): readonly FoundValue[] {
  return toPaths(paths).flatMap((text) => {
    const selector = mapping.selectors.get(text)
    return selector === undefined ? [] : findValues(selector, at)
  })
}

function first({ mapping, at }: Reading, paths: string | readonly string[] | undefined): FoundValue | undefined {
  for (const text of toPaths(paths)) {
    const selector = mapping.selectors.get(text)
    const [found] = selector === undefined ? [] : findValues(selector, at)
    if (found !== undefined) return found
  }
  return undefined
}

function offsetOf({ segment, leaf }: FoundValue): number {
  return segment.offsets[leaf.element - 1]?.[leaf.component - 1] ?? segment.offset
}
