/** A piece of text in one font. */
export interface TextRun {
  readonly text: string
  readonly font?: 'Arabic' | 'Hebrew'
}

/** Longer words are given places where they may break: a name of 200 letters must not push a table off the page. */
const LONGEST_WORD = 20
const BREAK_EVERY = 6
/** Zero-width space: allows a break, is taken out before anything is drawn. */
export const BREAK = '\u200B'

const RIGHT_TO_LEFT =
  /([\p{Script=Arabic}][\p{Script=Arabic}\p{Mark}]*(?:\s+[\p{Script=Arabic}\p{Mark}]+)*)|([\p{Script=Hebrew}][\p{Script=Hebrew}\p{Mark}]*(?:\s+[\p{Script=Hebrew}\p{Mark}]+)*)/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
const NOT_PRINTABLE = /[\u0000-\u0009\u000B-\u001F\u007F\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g
const LONG_WORD = new RegExp(`[^\\s\\p{Script=Han}\\p{Script=Arabic}\\p{Script=Hebrew}]{${LONGEST_WORD + 1},}`, 'gu')

/** Text as the page shows it: pieces by font, without characters that could turn its neighbours round. */
export function textRuns(text: string): TextRun[] {
  const clean = text.replaceAll('\r\n', '\n').replaceAll(NOT_PRINTABLE, ' ').replaceAll(LONG_WORD, breakable)
  const runs: TextRun[] = []
  let last = 0
  for (const match of clean.matchAll(RIGHT_TO_LEFT)) {
    if (match.index > last) runs.push({ text: clean.slice(last, match.index) })
    runs.push({ text: match[0], font: match[1] === undefined ? 'Hebrew' : 'Arabic' })
    last = match.index + match[0].length
  }
  if (last < clean.length || runs.length === 0) runs.push({ text: clean.slice(last) })
  return runs
}

function breakable(word: string): string {
  const symbols = [...word]
  const parts: string[] = []
  for (let from = 0; from < symbols.length; from += BREAK_EVERY) parts.push(symbols.slice(from, from + BREAK_EVERY).join(''))
  return parts.join(BREAK)
}
