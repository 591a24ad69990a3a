import type { Text } from '../window/index.ts'
import { FAILURE_PHRASES, FAILURE_TEXTS } from './failure-texts.ts'

const PLACE = /\{(\w+)\}/g
/** What is longer is no message of ours; matching it would only cost time. */
const LONGEST = 4_000

interface Pattern {
  readonly code: string
  readonly matches: RegExp
  readonly names: readonly string[]
  readonly zh: string
}
/** The most particular first: those with the most words of their own. */
const PATTERNS: readonly Pattern[] = Object.entries(FAILURE_TEXTS)
  .map(([code, { en, zh }]) => ({
    code,
    own: en.replace(PLACE, '').length,
    matches: new RegExp(
      `^${en
        .split(PLACE)
        .map((part, index) => (index % 2 === 1 ? '(.*?)' : escaped(part)))
        .join('')}$`,
      's',
    ),
    names: [...en.matchAll(PLACE)].map(([, name = '']) => name),
    zh,
  }))
  .sort((a, b) => b.own - a.own)

/** The failure in both languages. One the table does not know is told in English. */
export function failureText(message: string): Text & { readonly code?: string } {
  if (message.length > LONGEST) return { en: message, zh: message }
  for (const { code, matches, names, zh } of PATTERNS) {
    const found = matches.exec(message)
    if (!found) continue
    const values = new Map(names.map((name, index) => [name, found[index + 1] ?? '']))
    return { en: message, zh: zh.replace(PLACE, (_, name: string) => phrase(values.get(name) ?? '')), code }
  }
  return { en: message, zh: message }
}

function phrase(text: string): string {
  const known = (one: string): string => FAILURE_PHRASES[one] ?? one
  return FAILURE_PHRASES[text] ?? text.split(', ').map(known).join('、')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
