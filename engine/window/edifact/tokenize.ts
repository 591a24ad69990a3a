import { type EdifactFault, type TextPlace, textPlaces } from './fault.ts'
import { areDistinct, DEFAULT_CHARACTERS, parseUna, type ServiceCharacters, UNA_LENGTH } from './service-characters.ts'

/** One segment as it was written, release characters taken away. */
export interface Segment {
  readonly tag: string
  /** Elements after the tag; each a list of components. Element 1 is `elements[0]`. */
  readonly elements: readonly (readonly string[])[]
  /** 1-based position in the interchange. */
  readonly index: number
  readonly offset: number
  /** Offset behind the last character, the terminator left out. */
  readonly end: number
  /** Offsets of the components, in the shape of `elements`. */
  readonly offsets: readonly (readonly number[])[]
}

export interface TokenizedText {
  readonly segments: readonly Segment[]
  readonly characters: ServiceCharacters
  readonly faults: readonly EdifactFault[]
  placeOf(offset: number): TextPlace
}

/** Repetition character of syntax version 4 where no UNA says otherwise. */
const VERSION_4_REPETITION = '*'

/** Segments between two steps of what is done to all of them. */
export const SEGMENTS_IN_A_STEP = 500

/** Cuts a text into segments. Whatever is wrong is told with its place; what can be read is read all the same. */
export function tokenize(text: string): TokenizedText {
  const steps = tokenSteps(text)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in steps. */
export function* tokenSteps(text: string): Generator<void, TokenizedText> {
  const placeOf = textPlaces(text)
  const start = skipBlank(text, text.charCodeAt(0) === 0xfeff ? 1 : 0)
  const una = parseUna(text.slice(start, start + UNA_LENGTH))
  const characters = una ?? defaultCharacters(text.slice(start, start + 16))
  const faults: EdifactFault[] = []
  if (!areDistinct(characters)) {
    faults.push({ rule: 'edifact.service-characters', ...placeOf(start), tag: 'UNA', text: EQUAL_CHARACTERS })
    return { segments: [], characters, faults, placeOf }
  }
  const reader = new SegmentReader(text, characters)
  const segments: Segment[] = []
  let at = skipBlank(text, una === undefined ? start : start + UNA_LENGTH)
  while (at < text.length) {
    const { segment, end } = reader.read(at, segments.length + 1)
    segments.push(segment)
    if (end === undefined) {
      const { tag, index, offset } = segment
      faults.push({ rule: 'edifact.terminator', ...placeOf(offset), segment: index, tag, text: unterminated(tag, characters.terminator) })
      break
    }
    at = skipBlank(text, end)
    if (segments.length % SEGMENTS_IN_A_STEP === 0) yield
  }
  return { segments, characters, faults, placeOf }
}

/** Reads one segment after another; keeps no state between them. */
class SegmentReader {
  readonly #text: string
  readonly #characters: ServiceCharacters

  constructor(text: string, characters: ServiceCharacters) {
    this.#text = text
    this.#characters = characters
  }

  /** `end` is the offset after the terminator; undefined when the text ends before it. */
  read(start: number, index: number): { readonly segment: Segment; readonly end: number | undefined } {
    const { component, element, release, repetition, terminator } = this.#characters
    const elements: string[][] = []
    const offsets: number[][] = []
    let components: string[] = []
    let places: number[] = []
    let value = ''
    let from = start
    let end: number | undefined
    const closeComponent = (next: number) => {
      components.push(value)
      places.push(from)
      value = ''
      from = next
    }
    const closeElement = (next: number) => {
      closeComponent(next)
      elements.push(components)
      offsets.push(places)
      components = []
      places = []
    }
    let at = start
    for (; at < this.#text.length; at += 1) {
      const symbol = this.#text[at] as string
      if (symbol === release && release !== ' ') {
        at += 1
        value += this.#text[at] ?? ''
      } else if (symbol === terminator) {
        end = at + 1
        break
      } else if (symbol === element || symbol === repetition) {
        // A repeated element stands in the place of the next one, as it does in syntax version 3.
        closeElement(at + 1)
      } else if (symbol === component) {
        closeComponent(at + 1)
      } else {
        value += symbol
      }
    }
    closeElement(at)
    const [tagElement = [''], ...rest] = elements
    return {
      segment: {
        tag: tagElement[0] ?? '',
        elements: rest,
        index,
        offset: start,
        end: Math.min(at, this.#text.length),
        offsets: offsets.slice(1),
      },
      end,
    }
  }
}

function defaultCharacters(head: string): ServiceCharacters {
  return /^UNB\+UNO[A-Z]:4/.test(head) ? { ...DEFAULT_CHARACTERS, repetition: VERSION_4_REPETITION } : DEFAULT_CHARACTERS
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at += 1
  return at
}

const EQUAL_CHARACTERS = {
  en: "Expected six different service characters after UNA, found two that are the same; write UNA:+.? ' or leave UNA out",
  zh: "UNA 之后的服务字符不得重复；请写 UNA:+.? ' 或省略 UNA",
}

function unterminated(tag: string, terminator: string) {
  return {
    en: `Expected segment ${tag} to end with ${terminator}, found the end of the file; the file is cut off, or a release character stands before the last ${terminator}`,
    zh: `段 ${tag} 应以 ${terminator} 结束，但文件已到末尾；文件可能被截断，或最后一个 ${terminator} 前有转义字符`,
  }
}
