/** Character repertoires of ISO 9735 by syntax identifier, and how their bytes are read. */
export interface CharacterSet {
  readonly id: string
  /** Label of `TextDecoder`; `ascii` where only seven bits are allowed. */
  readonly encoding: string
  holds(character: string): boolean
}

const LEVEL_A = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/=\'+:?!"%&*;<>')
const LEVEL_B = (character: string) => character >= ' ' && character <= '~'

/** ISO 8859 parts. Latin 1 is read by hand: the platform's decoder takes the label for Windows-1252. */
const PARTS: Readonly<Record<string, string>> = {
  UNOC: 'iso-8859-1',
  UNOD: 'iso-8859-2',
  UNOE: 'iso-8859-5',
  UNOF: 'iso-8859-7',
  UNOG: 'iso-8859-3',
  UNOH: 'iso-8859-4',
  UNOI: 'iso-8859-6',
  UNOJ: 'iso-8859-8',
  UNOK: 'iso-8859-9',
  UNOL: 'iso-8859-15',
}
/** The two that hold Chinese: all of Unicode, in UTF-8. */
const UNICODE = ['UNOW', 'UNOY']

const SETS: ReadonlyMap<string, CharacterSet> = new Map(
  [
    { id: 'UNOA', encoding: 'ascii', holds: (character: string) => LEVEL_A.has(character) },
    { id: 'UNOB', encoding: 'ascii', holds: LEVEL_B },
    ...Object.entries(PARTS).map(([id, encoding]) => {
      const upper = upperHalf(encoding)
      return { id, encoding, holds: (character: string) => LEVEL_B(character) || upper.has(character) }
    }),
    ...UNICODE.map((id) => ({ id, encoding: 'utf-8', holds: isUnicodeText })),
  ].map((set) => [set.id, set]),
)

export const CHARACTER_SETS: readonly string[] = [...SETS.keys()]

export function findCharacterSet(id: string): CharacterSet | undefined {
  return SETS.get(id)
}

/** Offsets and characters of `text` that the set lacks. Line breaks between segments belong to no repertoire and are no concern of it. */
export function foreignCharacters(text: string, set: CharacterSet, limit: number): readonly { offset: number; character: string }[] {
  const found: { offset: number; character: string }[] = []
  let offset = 0
  for (const character of text) {
    if (!set.holds(character) && found.length < limit) found.push({ offset, character })
    offset += character.length
  }
  return found
}

/**
 * Bytes as text, by the syntax identifier that stands readable in front; UTF-8 where none can be seen.
 * Undefined when the bytes are not of that encoding.
 */
export function decodeInterchange(bytes: Uint8Array): string | undefined {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return decode(bytes, wide)
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  const id = /UNB[^A-Z0-9](UNO[A-Z])/.exec(head)?.[1] ?? 'UNOW'
  const encoding = SETS.get(id)?.encoding ?? 'utf-8'
  if (encoding === 'ascii' || encoding === 'iso-8859-1') {
    // Senders write UTF-8 under these names too. Read as such, the fault then names the character that was meant.
    return decode(bytes, 'utf-8') ?? Buffer.from(bytes).toString('latin1')
  }
  return decode(bytes, encoding)
}

/** UCS-2, which UNOY once meant: every other byte of the plain beginning is zero. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be'
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  return undefined
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function upperHalf(encoding: string): ReadonlySet<string> {
  const bytes = Uint8Array.from({ length: 96 }, (_, index) => 0xa0 + index)
  const text = encoding === 'iso-8859-1' ? Buffer.from(bytes).toString('latin1') : new TextDecoder(encoding).decode(bytes)
  return new Set([...text].filter((character) => character !== '\ufffd'))
}

function isUnicodeText(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x7f) return code >= 0x20
  const isControl = code < 0xa0
  const isHalfSurrogate = code >= 0xd800 && code <= 0xdfff
  return !isControl && !isHalfSurrogate && code !== 0xfffe && code !== 0xffff
}
