import type { JsonObject } from '../../kernel/index.ts'
import { decodeInterchange } from './character-set.ts'
import { type EdifactFault, MAX_FAULTS, type TextPlace } from './fault.ts'
import type { MessageMapping } from './map-message.ts'
import { type InterchangeHeader, interchangeSteps, type ReadMessage } from './read-interchange.ts'

/** One message as the data of a form; what the form itself asks for is checked apart. */
export interface ReadDeclaration {
  readonly formId: string
  /** Reference of the message in its interchange. */
  readonly reference: string
  readonly messageType: string
  /** Where it begins. */
  readonly at: TextPlace
  readonly data: JsonObject
  /** Those of this message; a message with faults is not to be taken. */
  readonly faults: readonly EdifactFault[]
}
export interface ReadDeclarations {
  readonly header?: InterchangeHeader
  readonly declarations: readonly ReadDeclaration[]
  /** Of the file as a whole: with one of them nothing of it is to be taken. */
  readonly faults: readonly EdifactFault[]
}

/** Reads an EDIFACT file into declarations. `formId` chooses where one message type could become several forms. */
export function readDeclarations(bytes: Uint8Array, mappings: readonly MessageMapping[], formId?: string): ReadDeclarations {
  const steps = declarationSteps(bytes, mappings, formId)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in steps: a large interchange need not keep everything else waiting. */
export function* declarationSteps(
  bytes: Uint8Array,
  mappings: readonly MessageMapping[],
  formId?: string,
): Generator<void, ReadDeclarations> {
  const text = decodeInterchange(bytes)
  if (text === undefined) return { declarations: [], faults: [NOT_TEXT] }
  const { header, messages, envelopeFaults, placeOf } = yield* interchangeSteps(text)
  const toDeclaration = (message: ReadMessage): ReadDeclaration => {
    const mapping = mappings.find((each) => each.message === message.type && (formId === undefined || each.form === formId))
    const { reference, type: messageType } = message
    const at = placeOf(message.segments[0]?.offset ?? 0)
    if (mapping === undefined) {
      const [segment] = message.segments
      const faults = [
        ...message.faults,
        { ...noMapping(messageType, mappings), ...placeOf(segment?.offset ?? 0), segment: segment?.index ?? 1, tag: 'UNH' },
      ]
      return { formId: formId ?? '', reference, messageType, at, data: {}, faults }
    }
    const { data, faults: found } = mapping.read(message, placeOf)
    return { formId: mapping.form, reference, messageType, at, data, faults: [...message.faults, ...found] }
  }
  const declarations: ReadDeclaration[] = []
  for (const message of messages) {
    declarations.push(toDeclaration(message))
    yield
  }
  return { header, declarations, faults: envelopeFaults.slice(0, MAX_FAULTS) }
}

const NOT_TEXT: EdifactFault = {
  rule: 'edifact.encoding',
  line: 1,
  column: 1,
  text: {
    en: 'Expected text in the encoding that UNB announces, found bytes that are not; UNOW and UNOY mean UTF-8',
    zh: '文件字节与 UNB 声明的编码不符；UNOW 与 UNOY 为 UTF-8',
  },
}

function noMapping(messageType: string, mappings: readonly MessageMapping[]): Pick<EdifactFault, 'rule' | 'text'> {
  const known = [...new Set(mappings.map(({ message }) => message))].join(', ')
  return {
    rule: 'edifact.message-type',
    text: {
      en: `Expected a message that can become this declaration (${known || 'none'}), found ${messageType || 'none'}`,
      zh: `应为可导入本申报的报文（${known || '无'}），现为 ${messageType || '空'}`,
    },
  }
}
