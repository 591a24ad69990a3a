/**
 * Marks around values in a rendered message, until it is put together: they tell values from the template's own text, and name
 * the item each came from. No value holds these characters.
 */
const OPEN = '\u0001'
const NAMED = '\u0002'
const CLOSE = '\u0003'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks themselves
const VALUE = /\u0001([^\u0002]*)\u0002([^\u0003]*)\u0003/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: no repertoire of EDIFACT holds these
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g

/** Line breaks and other control characters are in no repertoire: they go out as blanks. Half surrogates are no characters. */
export function toSendable(text: string): string {
  return text.replaceAll(CONTROL, ' ').replaceAll(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
}

/** `written` is escaped already. */
export function markValue(item: string, written: string): string {
  return `${OPEN}${item}${NAMED}${written}${CLOSE}`
}

export interface MarkedValue {
  readonly item: string
  readonly written: string
}

export function markedValues(text: string): readonly MarkedValue[] {
  return [...text.matchAll(VALUE)].map(([, item = '', written = '']) => ({ item, written }))
}

export function withoutMarks(text: string): string {
  return text.replaceAll(VALUE, '$2')
}

/** Splits where the symbol stands in the template's own text or between the parts of a value, unreleased. */
export function splitUnreleased(text: string, symbol: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '?') at += 1
    else if (text[at] === symbol) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}
