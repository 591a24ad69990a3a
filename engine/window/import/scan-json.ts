import type { Json } from '../../kernel/index.ts'

/** A text that is no JSON, or none that is taken. */
export class JsonTextError extends Error {
  readonly offset: number
  readonly expected: string
  readonly expectedZh: string
  constructor(offset: number, expected: string, expectedZh: string) {
    super(expected)
    this.offset = offset
    this.expected = expected
    this.expectedZh = expectedZh
  }
}

/** Deeper than any declaration; a reader that recurses must not be led further. */
const MAX_DEPTH = 16
const BLANKS = /[ \t\n\r]*/y
const NUMBERS = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null }
const WORD = /true|false|null/y
/** Control characters must be escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
const CONTROL = /[\u0000-\u001f]/

export interface JsonScan {
  readonly value: Json
  /** Where the value ends. */
  readonly end: number
}

/**
 * Reads one JSON value from `start`. Unlike `JSON.parse` it knows where things are, and refuses a field that is given twice: one of the
 * two would be lost in silence. `onValue` hears of each value by its JSON pointer.
 */
export function scanJson(text: string, start: number, onValue?: (pointer: string, offset: number) => void): JsonScan {
  const scanner = new Scanner(text, start, onValue)
  const value = scanner.value('', 0)
  return { value, end: scanner.at }
}

export function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at
  BLANKS.exec(text)
  return BLANKS.lastIndex
}

class Scanner {
  at: number
  readonly #text: string
  readonly #onValue: ((pointer: string, offset: number) => void) | undefined

  constructor(text: string, start: number, onValue: ((pointer: string, offset: number) => void) | undefined) {
    this.#text = text
    this.at = start
    this.#onValue = onValue
  }

  value(pointer: string, depth: number): Json {
    this.at = skipBlanks(this.#text, this.at)
    this.#onValue?.(pointer, this.at)
    const first = this.#text[this.at]
    if (depth > MAX_DEPTH) throw new JsonTextError(this.at, `values at most ${MAX_DEPTH} deep`, `嵌套最多 ${MAX_DEPTH} 层`)
    if (first === '{') return this.#object(pointer, depth)
    if (first === '[') return this.#array(pointer, depth)
    if (first === '"') return this.#string()
    return this.#plain()
  }

  #object(pointer: string, depth: number): Json {
    const fields = new Map<string, Json>()
    this.at = skipBlanks(this.#text, this.at + 1)
    while (this.#text[this.at] !== '}') {
      if (fields.size > 0) this.#take(',')
      const place = this.at
      if (this.#text[this.at] !== '"') throw new JsonTextError(this.at, 'the name of a field in double quotes', '双引号括起的字段名')
      const name = this.#string()
      if (fields.has(name))
        throw new JsonTextError(
          place,
          `each field once, but ${JSON.stringify(name)} is there twice`,
          `每个字段只出现一次（${JSON.stringify(name)} 重复）`,
        )
      if (name === '__proto__') throw new JsonTextError(place, 'no field named __proto__', '不得有名为 __proto__ 的字段')
      this.at = skipBlanks(this.#text, this.at)
      this.#take(':')
      fields.set(name, this.value(this.#onValue ? `${pointer}/${escaped(name)}` : '', depth + 1))
      this.at = skipBlanks(this.#text, this.at)
    }
    this.at += 1
    return Object.fromEntries(fields)
  }

  #array(pointer: string, depth: number): Json {
    const values: Json[] = []
    this.at = skipBlanks(this.#text, this.at + 1)
    while (this.#text[this.at] !== ']') {
      if (values.length > 0) this.#take(',')
      values.push(this.value(this.#onValue ? `${pointer}/${values.length}` : '', depth + 1))
      this.at = skipBlanks(this.#text, this.at)
    }
    this.at += 1
    return values
  }

  #string(): string {
    const start = this.at
    let close = this.#text.indexOf('"', start + 1)
    while (close >= 0 && isEscaped(this.#text, close, start)) close = this.#text.indexOf('"', close + 1)
    if (close < 0) throw new JsonTextError(start, 'a text that ends with a double quote', '以双引号结束的文本')
    const raw = this.#text.slice(start + 1, close)
    this.at = close + 1
    const control = CONTROL.exec(raw)
    if (control)
      throw new JsonTextError(
        start + 1 + control.index,
        'control characters and line breaks in texts written as \\n, \\t or \\u…',
        '文本中的换行及控制字符须写作 \\n、\\t 或 \\u…',
      )
    if (!raw.includes('\\')) return raw
    try {
      return JSON.parse(`"${raw}"`) as string
    } catch {
      throw new JsonTextError(start, 'a text with no other escapes than those of JSON', '只含 JSON 转义符的文本')
    }
  }

  #plain(): Json {
    NUMBERS.lastIndex = this.at
    const number = NUMBERS.exec(this.#text)
    if (number) {
      this.at = NUMBERS.lastIndex
      return Number(number[0])
    }
    WORD.lastIndex = this.at
    const word = WORD.exec(this.#text)
    if (!word) throw new JsonTextError(this.at, 'a value of JSON', 'JSON 值')
    this.at = WORD.lastIndex
    return WORDS[word[0]] as Json
  }

  #take(sign: string): void {
    if (this.#text[this.at] !== sign) throw new JsonTextError(this.at, `"${sign}"`, `“${sign}”`)
    this.at = skipBlanks(this.#text, this.at + 1)
  }
}

/** Whether an odd number of backslashes stands before the quote. */
function isEscaped(text: string, quote: number, start: number): boolean {
  let at = quote - 1
  while (at > start && text[at] === '\\') at -= 1
  return (quote - 1 - at) % 2 === 1
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
