import type { EdifactFault, EdifactRule } from './fault.ts'
import type { Interchange, ReadMessage } from './read-interchange.ts'
import { type InterchangeSettings, wrap } from './write-interchange.ts'
import { writeSegment } from './write-segment.ts'

/** Actions of CONTRL (0083): what is refused, and what is taken unless said otherwise. */
const REJECTED = '4'
const ACKNOWLEDGED = '7'
const RECEIVED = '8'

/** Syntax error codes (0085). @see ISO 9735-4, and part 10 for the list */
const ERROR_CODES: Readonly<Record<EdifactRule, string>> = {
  'edifact.encoding': '21',
  'edifact.character': '21',
  'edifact.service-characters': '22',
  'edifact.terminator': '18',
  'edifact.envelope': '18',
  'edifact.count': '29',
  'edifact.reference': '28',
  'edifact.message-type': '14',
  'edifact.segment': '15',
  'edifact.missing-segment': '13',
  'edifact.repetition': '35',
  'edifact.missing-element': '13',
  'edifact.too-many-elements': '16',
  'edifact.too-long': '39',
  'edifact.not-a-number': '37',
  'edifact.date': '12',
  'edifact.value': '12',
}
const INVALID_VALUE = '12'
const MAX_SEGMENTS_TOLD = 99

/** What is wrong, as far as a CONTRL can say it. */
export type ControlFault = Pick<EdifactFault, 'segment' | 'tag' | 'element' | 'component'> & { readonly rule: string }

/** The CONTRL that answers an interchange: all of it acknowledged, or all of it refused. */
export function writeControl(
  { header, messages }: Pick<Interchange, 'header' | 'messages'>,
  faults: readonly ControlFault[],
  settings: Omit<InterchangeSettings, 'messageType' | 'messageId' | 'association'> & { readonly reference: string },
): string {
  const refused = faults.length > 0
  const told = messages.flatMap((message) => messageSegments(message, faultsIn(message, faults), refused))
  const ofEnvelope = faults.find((fault) => !messages.some((message) => faultsIn(message, [fault]).length > 0))
  const { sender, senderQualifier, recipient, recipientQualifier } = header
  const interchange = writeSegment(
    'UCI',
    header.reference || '0',
    [sender || 'UNKNOWN', senderQualifier],
    [recipient || 'UNKNOWN', recipientQualifier],
    refused ? REJECTED : ACKNOWLEDGED,
    ofEnvelope === undefined ? '' : codeOf(ofEnvelope),
  )
  return wrap([interchange, ...(header.reference === '' ? [] : told)], settings.reference, { ...settings, messageType: 'CONTRL' })
}

function messageSegments(message: ReadMessage, faults: readonly ControlFault[], refused: boolean): readonly string[] {
  const [header] = message.segments
  const action = refused ? REJECTED : ACKNOWLEDGED
  const lines = [writeSegment('UCM', message.reference, header?.elements[1] ?? [message.type], action)]
  for (const fault of faults.slice(0, MAX_SEGMENTS_TOLD)) {
    const place = String((fault.segment ?? 1) - (header?.index ?? 1) + 1)
    if (fault.element === undefined) lines.push(writeSegment('UCS', place, codeOf(fault)))
    else {
      // Elements are counted with the tag as the first.
      const at = [String(fault.element + 1), fault.component === undefined ? '' : String(fault.component)]
      lines.push(writeSegment('UCS', place), writeSegment('UCD', codeOf(fault), at))
    }
  }
  return lines
}

function faultsIn(message: ReadMessage, faults: readonly ControlFault[]): readonly ControlFault[] {
  const [from = 0, to = 0] = [message.segments[0]?.index, message.segments.at(-1)?.index]
  return faults.filter(({ segment }) => segment !== undefined && segment >= from && segment <= to)
}

function codeOf({ rule }: ControlFault): string {
  return (ERROR_CODES as Readonly<Record<string, string>>)[rule] ?? INVALID_VALUE
}

/** What a CONTRL of an agency says of an interchange of ours. */
export interface ReadControl {
  /** Reference of that interchange. */
  readonly reference: string
  readonly isRefused: boolean
  /** Code and, where told, segment of each error. */
  readonly errors: readonly { readonly code: string; readonly segment?: number }[]
}

/** Undefined when the message tells of no interchange. */
export function readControl({ type, segments }: ReadMessage): ReadControl | undefined {
  const interchange = segments.find(({ tag }) => tag === 'UCI')
  if (type !== 'CONTRL' || interchange === undefined) return undefined
  const value = (index: number) => interchange.elements[index - 1]?.[0] ?? ''
  const errors: { code: string; segment?: number }[] = value(5) === '' ? [] : [{ code: value(5) }]
  let isRefused = ![ACKNOWLEDGED, RECEIVED].includes(value(4))
  let segment: number | undefined
  for (const { tag, elements } of segments) {
    if (tag === 'UCM' && elements[2]?.[0] === REJECTED) isRefused = true
    if (tag === 'UCS') segment = Number(elements[0]?.[0])
    const code = { UCM: elements[3]?.[0], UCF: elements[4]?.[0], UCS: elements[1]?.[0], UCD: elements[0]?.[0] }[tag]
    if (code) errors.push({ code, ...(segment !== undefined && (tag === 'UCS' || tag === 'UCD') ? { segment } : {}) })
  }
  return { reference: value(1), isRefused, errors }
}

/** True when the text looks like an interchange. */
export function isInterchange(text: string): boolean {
  return /^\uFEFF?\s*(?:UNA|UNB)/.test(text)
}
