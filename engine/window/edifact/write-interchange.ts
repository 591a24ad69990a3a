import { createHash } from 'node:crypto'
import { findCharacterSet, foreignCharacters } from './character-set.ts'
import { DIRECTORY } from './directory/read-tables.ts'
import { toPlainTime } from './period-format.ts'
import { readInterchange } from './read-interchange.ts'
import { markedValues, splitUnreleased, withoutMarks } from './rendered-value.ts'
import { UNA } from './service-characters.ts'
import { trimEnd, writeSegment } from './write-segment.ts'

/** A party of an interchange: `FJSW:ZZZ`. */
export type Party = string

export interface InterchangeSettings {
  readonly messageType: string
  readonly sender: Party
  readonly recipient: Party
  /** `UNOW`, `UNOC`, … */
  readonly characterSet: string
  /** Code of the implementation guide; component 5 of the message identifier. */
  readonly association?: string
  /** Stable for one message, however often it is sent. */
  readonly messageId: string
  /** ISO 8601. */
  readonly sentAt: string
  /** IANA zone of the times without an offset. */
  readonly zone: string
}

/** Syntax version 4 is the one that knows UNOW; earlier repertoires go out under version 3, which everybody reads. */
const FIRST_OF_VERSION_4 = ['UNOW', 'UNOY']
const MAX_REFERENCE = 14
const MESSAGE_REFERENCE = '000001'

/**
 * Makes an interchange of the segments a template has rendered, one a line: elements and segments whose values are all absent are left
 * out, counts and references computed, and the whole read again by the grammar before it may leave.
 * @throws Error that names the item at fault: a character the set lacks, a value too long for its element, a segment out of place.
 */
export function writeInterchange(rendered: string, settings: InterchangeSettings): string {
  const lines = rendered
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const kept = lines.flatMap(toSegment)
  refuseForeignCharacters(rendered, settings)
  const bodies = kept.map(({ text }) => text)
  const reference = interchangeReference(settings.messageId)
  const interchange = wrap(bodies, reference, settings)
  const { faults } = readInterchange(interchange)
  const [fault] = faults
  if (fault !== undefined) {
    // Segments before the first of the template: UNB and UNH.
    const items = kept[(fault.segment ?? 0) - 3]?.items ?? []
    throw new Error(`${settings.messageType}, items ${items.join(', ') || '(none)'}: ${fault.text.en} (${fault.rule})`)
  }
  return interchange
}

/** Fourteen characters that are the same for the same message and differ for others. */
export function interchangeReference(messageId: string): string {
  if (/^\d{1,19}$/.test(messageId)) return BigInt(messageId).toString(36).toUpperCase()
  if (/^[A-Z0-9]{1,14}$/.test(messageId)) return messageId
  return createHash('sha256').update(messageId).digest('hex').slice(0, MAX_REFERENCE).toUpperCase()
}

/** Wraps segments in UNA, UNB, UNH, UNT and UNZ. */
export function wrap(bodies: readonly string[], reference: string, settings: Omit<InterchangeSettings, 'messageId'>): string {
  const { messageType, sender, recipient, characterSet, association = '', sentAt, zone } = settings
  const version = FIRST_OF_VERSION_4.includes(characterSet) ? '4' : '3'
  const time = toPlainTime(sentAt, zone)
  const day = version === '4' ? time.slice(0, 8) : time.slice(2, 8)
  const { version: directory, release, agency } = DIRECTORY
  // CONTRL is of the syntax, not of a directory.
  const ofSyntax = version === '4' ? [version, '1'] : ['D', '3']
  const identifier = messageType === 'CONTRL' ? [messageType, ...ofSyntax, agency] : [messageType, directory, release, agency, association]
  const segments = [
    writeSegment('UNB', [characterSet, version], sender.split(':'), recipient.split(':'), [day, time.slice(8)], reference, '', messageType),
    writeSegment('UNH', MESSAGE_REFERENCE, identifier),
    ...bodies,
    writeSegment('UNT', String(bodies.length + 2), MESSAGE_REFERENCE),
    writeSegment('UNZ', '1', reference),
  ]
  return `${[UNA, ...segments].join('\n')}\n`
}

/** The segment without what is empty; none when the line has values and all of them are absent. */
function toSegment(line: string): { readonly text: string; readonly items: readonly string[] }[] {
  const values = markedValues(line)
  if (values.length > 0 && values.every(({ written }) => written === '')) return []
  const elements = splitUnreleased(line, '+').map((element) => {
    const inside = markedValues(element)
    if (inside.length > 0 && inside.every(({ written }) => written === '')) return ''
    return trimEnd(splitUnreleased(withoutMarks(element), ':')).join(':')
  })
  return [{ text: `${trimEnd(elements).join('+')}'`, items: [...new Set(values.map(({ item }) => item))] }]
}

function refuseForeignCharacters(rendered: string, { characterSet, messageType }: InterchangeSettings): void {
  const set = findCharacterSet(characterSet)
  if (set === undefined) throw new Error(`Expected a character set such as UNOW for ${messageType}, found ${characterSet}`)
  for (const { item, written } of markedValues(rendered)) {
    const [foreign] = foreignCharacters(written, set, 1)
    if (foreign === undefined) continue
    throw new Error(
      `Expected ${item} of ${messageType} to hold characters of ${characterSet} only, found ${JSON.stringify(foreign.character)}; agree UNOW with the agency, or give the item in Latin letters`,
    )
  }
}
