import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import type { Forms } from '../contract.ts'
import { decodeInterchange, interchangeReference, type ReadControl, readControl, readInterchange, writeControl } from '../edifact/index.ts'
import type { AnswerFault, AnswerPlace, ReadAnswer, ReadAnswerFile } from './answer.ts'
import type { AnswerMappingFile } from './answer-mapping.ts'
import { parseXml } from './parse-xml.ts'
import { readDocumentAnswer } from './read-document-answer.ts'
import { readEdifactAnswer } from './read-edifact-answer.ts'

/** What the agency sent: bytes of an interchange or of XML, or JSON that is parsed already. */
export type AnswerBody =
  | { readonly format: 'edifact'; readonly bytes: Uint8Array }
  | { readonly format: 'xml'; readonly bytes: Uint8Array }
  | { readonly format: 'json'; readonly document: JsonObject }

/** An answer file, read and not yet compared with any declaration. */
export interface ReadFile extends ReadAnswerFile {
  readonly mapping: AnswerMappingFile
  readonly controls: readonly { readonly id: string; readonly control: ReadControl; readonly place: AnswerPlace }[]
  /** Makes the CONTRL that answers it. */
  control?(faults: readonly AnswerFault[], now: EpochMs): string
}

const NOTHING: AnswerMappingFile = { receiptNo: [], status: {} }
/** CONTRL goes in any character set; this one every machine reads. */
const CONTROL_CHARACTERS = 'UNOB'

export function readAnswerFile(forms: Forms, agencyId: string, body: AnswerBody): ReadFile {
  if (body.format === 'edifact') return readInterchangeFile(forms, agencyId, body.bytes)
  const mapping = forms.answerMapping(agencyId, body.format)
  if (mapping === undefined) return failed(noMapping(agencyId, body.format))
  if (body.format === 'json') return { ...readDocumentAnswer(mapping, body.document), mapping: mapping.file, controls: [] }
  const text = decodeUtf8(body.bytes)
  const parsed = text === undefined ? { fault: notUtf8('xml.encoding') } : parseXml(text)
  if ('fault' in parsed) return failed(parsed.fault)
  return { ...readDocumentAnswer(mapping, parsed.value), mapping: mapping.file, controls: [] }
}

function readInterchangeFile(forms: Forms, agencyId: string, bytes: Uint8Array): ReadFile {
  const text = decodeInterchange(bytes)
  if (text === undefined) return failed(notUtf8('edifact.encoding'))
  const interchange = readInterchange(text)
  const { header, messages, placeOf } = interchange
  const faults: AnswerFault[] = [...interchange.faults]
  const answers: ReadAnswer[] = []
  const controls: { id: string; control: ReadControl; place: AnswerPlace }[] = []
  const mapping = forms.answerMapping(agencyId, 'edifact')
  const parties = forms.interchangeParties(agencyId)
  if (faults.length === 0) faults.push(...foreignParties(interchange, parties))
  for (const message of faults.length > 0 ? [] : messages) {
    const [, beginning] = message.segments
    const place = { ...placeOf(beginning?.offset ?? 0), ...(beginning ? { segment: beginning.index, tag: beginning.tag } : {}) }
    const control = readControl(message)
    if (control !== undefined) controls.push({ id: `${header.reference}/${message.reference}`, control, place })
    else if (mapping === undefined) faults.push({ ...noMapping(agencyId, 'edifact'), ...place })
    else if (mapping.file.message !== message.type)
      faults.push({ rule: 'edifact.message-type', ...place, text: wrongType(mapping.file.message ?? '', message.type) })
    else {
      const read = readEdifactAnswer(mapping, message, { interchange: header.reference, placeOf })
      answers.push(...read.answers)
      faults.push(...read.faults)
    }
  }
  return {
    answers,
    faults,
    controls,
    mapping: mapping?.file ?? NOTHING,
    control: (found, now) =>
      writeControl(interchange, found, {
        sender: parties?.sender ?? 'UNKNOWN',
        recipient: [header.sender || 'UNKNOWN', header.senderQualifier].join(':').replace(/:$/, ''),
        characterSet: CONTROL_CHARACTERS,
        sentAt: new Date(now).toISOString(),
        zone: parties?.zone ?? 'UTC',
        // The same file gets the same CONTRL, however often it is sent.
        reference: interchangeReference(`contrl ${agencyId} ${header.reference}`),
      }),
  }
}

/** An interchange of another sender, or to someone else, is not this agency's word to us. */
function foreignParties(
  { header }: ReturnType<typeof readInterchange>,
  parties: ReturnType<Forms['interchangeParties']>,
): readonly AnswerFault[] {
  if (parties === undefined) return []
  const faults: AnswerFault[] = []
  const check = (element: number, expected: string, found: string, qualifier: string) => {
    const [id = ''] = expected.split(':')
    if (id === found) return
    const said = [found, qualifier].join(':')
    faults.push({
      rule: 'answer.party',
      line: 1,
      column: 1,
      segment: 1,
      tag: 'UNB',
      element,
      text: {
        en: `Expected ${expected} as ${element === 2 ? 'sender' : 'recipient'} in UNB, found ${said}`,
        zh: `UNB 的${element === 2 ? '发送方' : '接收方'}应为 ${expected}，现为 ${said}`,
      },
    })
  }
  check(2, parties.agency, header.sender, header.senderQualifier)
  check(3, parties.sender, header.recipient, header.recipientQualifier)
  return faults
}

function failed(fault: AnswerFault): ReadFile {
  return { answers: [], faults: [fault], controls: [], mapping: NOTHING }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function notUtf8(rule: string): AnswerFault {
  const text = {
    en: 'Expected text in the encoding it announces (UTF-8), found bytes that are not',
    zh: '内容不是所声明编码（UTF-8）的文本',
  }
  return { rule, line: 1, column: 1, text }
}

function noMapping(agencyId: string, format: string): AnswerFault {
  return {
    rule: 'answer.format',
    text: {
      en: `Expected a format that is agreed with ${agencyId}, found ${format}; forms/answers has no ${agencyId}.${format}.json`,
      zh: `未与 ${agencyId} 约定 ${format} 格式；forms/answers 中没有 ${agencyId}.${format}.json`,
    },
  }
}

function wrongType(expected: string, found: string) {
  return { en: `Expected ${expected} or CONTRL, found ${found}`, zh: `应为 ${expected} 或 CONTRL，现为 ${found}` }
}
