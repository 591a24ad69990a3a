import { CHARACTER_SETS, findCharacterSet, foreignCharacters } from './character-set.ts'
import { checkMessage, type MessageNode } from './check-message.ts'
import { checkSegment } from './check-segment.ts'
import { DIRECTORY, findMessageTable, findSegmentTable, MESSAGE_TYPES } from './directory/read-tables.ts'
import { type EdifactFault, type EdifactRule, MAX_FAULTS, type TextPlace } from './fault.ts'
import { SEGMENTS_IN_A_STEP, type Segment, tokenSteps } from './tokenize.ts'

/** Who sent what to whom. */
export interface InterchangeHeader {
  /** `UNOC`, … */
  readonly characterSet: string
  readonly syntaxVersion: string
  readonly sender: string
  readonly senderQualifier: string
  readonly recipient: string
  readonly recipientQualifier: string
  readonly reference: string
}
export interface ReadMessage {
  readonly reference: string
  /** `CUSRES`, … */
  readonly type: string
  readonly tree: MessageNode
  /** UNH to UNT. */
  readonly segments: readonly Segment[]
  /** Those of this message alone. */
  readonly faults: readonly EdifactFault[]
}
export interface Interchange {
  readonly header: InterchangeHeader
  readonly messages: readonly ReadMessage[]
  /** All faults, those of the messages among them, by place; never more than a file needs to be sent back. */
  readonly faults: readonly EdifactFault[]
  /** Those of no message: of the envelope. */
  readonly envelopeFaults: readonly EdifactFault[]
  placeOf(offset: number): TextPlace
}

const EMPTY_HEADER: InterchangeHeader = {
  characterSet: '',
  syntaxVersion: '',
  sender: '',
  senderQualifier: '',
  recipient: '',
  recipientQualifier: '',
  reference: '',
}

/** Reads an interchange whole: envelope, character set, counts and references, then each message by the grammar of its type. */
export function readInterchange(text: string): Interchange {
  const steps = interchangeSteps(text)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in steps, none longer than a message: a large interchange need not keep everything else waiting. */
export function* interchangeSteps(text: string): Generator<void, Interchange> {
  const { segments, characters, faults, placeOf } = yield* tokenSteps(text)
  const reader = new EnvelopeReader(segments, text, { decimalMark: characters.decimal, placeOf })
  if (faults.length === 0) yield* reader.read()
  const all = [...faults, ...reader.faults, ...reader.messages.flatMap((message) => message.faults)]
  all.sort((one, other) => one.line - other.line || one.column - other.column)
  return {
    header: reader.header,
    messages: reader.messages,
    faults: all.slice(0, MAX_FAULTS),
    envelopeFaults: [...faults, ...reader.faults],
    placeOf,
  }
}

class EnvelopeReader {
  header = EMPTY_HEADER
  readonly messages: ReadMessage[] = []
  readonly faults: EdifactFault[] = []
  readonly #segments: readonly Segment[]
  readonly #text: string
  readonly #how: { readonly decimalMark: string; readonly placeOf: (offset: number) => TextPlace }
  readonly #references = new Set<string>()
  #at = 0

  constructor(segments: readonly Segment[], text: string, how: { decimalMark: string; placeOf(offset: number): TextPlace }) {
    this.#segments = segments
    this.#text = text
    this.#how = how
  }

  *read(): Generator<void> {
    const [first] = this.#segments
    if (first?.tag !== 'UNB') {
      this.#fault(
        'edifact.envelope',
        first,
        `Expected UNB as the first segment, found ${first?.tag || 'nothing'}; send the whole interchange`,
        {
          zh: `首段应为 UNB，现为 ${first?.tag || '空'}；请发送完整的交换`,
        },
      )
      return
    }
    this.#checkSegment(first)
    this.header = toHeader(first)
    yield* this.#checkCharacters()
    this.#at = 1
    const groups = yield* this.#readGroups()
    this.#readTrailer(groups)
  }

  /** Number of groups, or undefined when the messages stand in none. */
  *#readGroups(): Generator<void, number | undefined> {
    let groups: number | undefined
    while (this.#at < this.#segments.length && this.#peek()?.tag !== 'UNZ') {
      const segment = this.#peek() as Segment
      if (segment.tag === 'UNG') {
        groups = (groups ?? 0) + 1
        yield* this.#readGroup(segment)
      } else if (segment.tag === 'UNH') {
        this.#readMessage()
        yield
      } else {
        this.#fault('edifact.envelope', segment, `Expected UNH, UNG or UNZ here, found ${segment.tag}; each message runs from UNH to UNT`, {
          zh: `此处应为 UNH、UNG 或 UNZ，现为 ${segment.tag}；每份报文自 UNH 起至 UNT 止`,
        })
        this.#at = this.#indexOf(['UNH', 'UNG', 'UNZ'], this.#at + 1)
      }
    }
    return groups
  }

  *#readGroup(header: Segment): Generator<void> {
    this.#checkSegment(header)
    this.#at += 1
    const before = this.messages.length
    while (this.#peek()?.tag === 'UNH') {
      this.#readMessage()
      yield
    }
    const trailer = this.#peek()
    if (trailer?.tag !== 'UNE') {
      this.#fault('edifact.envelope', trailer ?? header, `Expected UNE to close the group, found ${trailer?.tag ?? 'the end'}`, {
        zh: `应以 UNE 结束功能组，现为 ${trailer?.tag ?? '文件结尾'}`,
      })
      return
    }
    this.#checkSegment(trailer)
    this.#checkCount(trailer, this.messages.length - before, 'messages from UNG to UNE')
    this.#checkReference(trailer, firstValue(header, 5), 'UNG')
    this.#at += 1
  }

  #readMessage(): void {
    const start = this.#at
    const end = this.#indexOf(['UNT', 'UNH', 'UNE', 'UNZ'], start + 1)
    const isClosed = this.#segments[end]?.tag === 'UNT'
    const segments = this.#segments.slice(start, isClosed ? end + 1 : end)
    this.#at = start + segments.length
    const before = this.faults.length
    const [header] = segments as [Segment]
    const [type = '', version = '', release = ''] = header.elements[1] ?? []
    const reference = firstValue(header, 1)
    for (const segment of segments) this.#checkSegment(segment)
    const trailer = segments.at(-1)
    if (isClosed && trailer) {
      this.#checkCount(trailer, segments.length, 'segments from UNH to UNT, both included')
      this.#checkReference(trailer, reference, 'UNH')
    } else {
      this.#fault(
        'edifact.envelope',
        trailer,
        'Expected UNT at the end of the message, found the next part of the envelope; the message is cut off',
        {
          zh: '报文应以 UNT 结束，现已到交换的下一部分；报文可能被截断',
        },
      )
    }
    if (this.#references.has(reference)) {
      this.#fault(
        'edifact.reference',
        header,
        `Expected each message to have a reference of its own, found ${reference} again; number them`,
        {
          zh: `每份报文应有各自的参考号，${reference} 重复；请重新编号`,
        },
      )
    }
    this.#references.add(reference)
    const table = this.#findTable(header, type, version, release)
    const checked = table && isClosed ? checkMessage(type, table, segments, this.#how.placeOf) : undefined
    const faults = [...this.faults.splice(before), ...(checked?.faults ?? [])]
    this.messages.push({ reference, type, segments, faults, tree: checked?.tree ?? { id: type, segments, groups: [] } })
  }

  #findTable(header: Segment, type: string, version: string, release: string) {
    const table = findMessageTable(type)
    // CONTRL is a service message: its version is that of the syntax, not of a directory.
    const isOfDirectory = type === 'CONTRL' || (version === DIRECTORY.version && release === DIRECTORY.release)
    if (table !== undefined && isOfDirectory) return table
    const wanted = table === undefined ? MESSAGE_TYPES.join(', ') : `${type}:${DIRECTORY.version}:${DIRECTORY.release}`
    this.#fault('edifact.message-type', header, `Expected a message ${wanted}, found ${type}:${version}:${release}`, {
      zh: `应为报文 ${wanted}，现为 ${type}:${version}:${release}`,
    })
    return undefined
  }

  #readTrailer(groups: number | undefined): void {
    const trailer = this.#peek()
    if (trailer === undefined) {
      this.#fault('edifact.envelope', this.#segments.at(-1), 'Expected UNZ at the end, found the end of the file; the file is cut off', {
        zh: '末尾应为 UNZ，但文件已结束；文件可能被截断',
      })
      return
    }
    this.#checkSegment(trailer)
    const what = groups === undefined ? 'messages' : 'groups'
    this.#checkCount(trailer, groups ?? this.messages.length, `${what} in the interchange`)
    this.#checkReference(trailer, this.header.reference, 'UNB')
    const rest = this.#segments[this.#at + 1]
    if (rest !== undefined) {
      this.#fault('edifact.envelope', rest, `Expected nothing after UNZ, found ${rest.tag}; send one interchange at a time`, {
        zh: `UNZ 之后不应有内容，现为 ${rest.tag}；请一次只发送一个交换`,
      })
    }
  }

  #checkCount(trailer: Segment, found: number, what: string): void {
    const said = firstValue(trailer, 1)
    if (Number(said) === found) return
    this.#fault(
      'edifact.count',
      trailer,
      `Expected ${trailer.tag} to count ${found} ${what}, found ${said || 'nothing'}; segments were lost or the count is wrong`,
      {
        element: 1,
        zh: `${trailer.tag} 的计数应为 ${found}，现为 ${said || '空'}；有段丢失或计数有误`,
      },
    )
  }

  #checkReference(trailer: Segment, expected: string, of: string): void {
    const found = firstValue(trailer, 2)
    if (found === expected) return
    this.#fault(
      'edifact.reference',
      trailer,
      `Expected ${trailer.tag} to repeat the reference of ${of}, ${expected || '(none)'}, found ${found || 'none'}`,
      {
        element: 2,
        zh: `${trailer.tag} 应重复 ${of} 的参考号 ${expected || '（空）'}，现为 ${found || '空'}`,
      },
    )
  }

  *#checkCharacters(): Generator<void> {
    const set = findCharacterSet(this.header.characterSet)
    const [header] = this.#segments
    if (set === undefined) {
      this.#fault(
        'edifact.character',
        header,
        `Expected one of ${CHARACTER_SETS.join(', ')} in UNB, found ${this.header.characterSet || 'none'}`,
        {
          element: 1,
          zh: `UNB 的字符集应为 ${CHARACTER_SETS.join('、')} 之一，现为 ${this.header.characterSet || '空'}`,
        },
      )
      return
    }
    for (const segment of this.#segments) {
      if (segment.index % SEGMENTS_IN_A_STEP === 0) yield
      const [foreign] = foreignCharacters(this.#text.slice(segment.offset, segment.end), set, 1)
      if (foreign === undefined) continue
      const code = `U+${(foreign.character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
      this.faults.push({
        rule: 'edifact.character',
        ...this.#how.placeOf(segment.offset + foreign.offset),
        segment: segment.index,
        tag: segment.tag,
        text: {
          en: `Expected characters of ${set.id} only, found ${code}; write it in that set, or announce UNOW and send UTF-8`,
          zh: `字符集 ${set.id} 不含字符 ${code}；请改用该字符集内的写法，或在 UNB 声明 UNOW 并以 UTF-8 发送`,
        },
      })
      if (this.faults.length >= MAX_FAULTS) return
    }
  }

  #checkSegment(segment: Segment): void {
    if (findSegmentTable(segment.tag) === undefined) {
      this.#fault(
        'edifact.segment',
        segment,
        `Expected a segment of the directory, found ${JSON.stringify(segment.tag.slice(0, 10))}; does a release character (?) stand missing before a quote?`,
        {
          zh: `目录中没有段 ${JSON.stringify(segment.tag.slice(0, 10))}；值内的单引号前是否缺少转义字符（?）`,
        },
      )
    }
    if (this.faults.length < MAX_FAULTS) this.faults.push(...checkSegment(segment, this.#how.decimalMark, this.#how.placeOf))
  }

  #fault(rule: EdifactRule, segment: Segment | undefined, en: string, { zh, element }: { zh: string; element?: number }): void {
    const offset = (element === undefined ? undefined : segment?.offsets[element - 1]?.[0]) ?? segment?.offset ?? 0
    this.faults.push({
      rule,
      ...this.#how.placeOf(offset),
      ...(segment === undefined ? {} : { segment: segment.index, tag: segment.tag }),
      ...(element === undefined ? {} : { element }),
      text: { en, zh },
    })
  }

  #peek(): Segment | undefined {
    return this.#segments[this.#at]
  }

  #indexOf(tags: readonly string[], from: number): number {
    let at = from
    while (at < this.#segments.length && !tags.includes(this.#segments[at]?.tag ?? '')) at += 1
    return at
  }
}

function toHeader(segment: Segment): InterchangeHeader {
  const part = (element: number, component: number) => segment.elements[element - 1]?.[component - 1] ?? ''
  return {
    characterSet: part(1, 1),
    syntaxVersion: part(1, 2),
    sender: part(2, 1),
    senderQualifier: part(2, 2),
    recipient: part(3, 1),
    recipientQualifier: part(3, 2),
    reference: part(5, 1),
  }
}

function firstValue(segment: Segment, element: number): string {
  return segment.elements[element - 1]?.[0] ?? ''
}
