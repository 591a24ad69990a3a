import type { FeelValue } from '../contract.ts'
import { type FeelNumber, toInteger } from '../value/number.ts'
import { regularExpression, replacementOf } from './regular-expression.ts'
import { type BuiltinTable, signature } from './signature.ts'

type Pair = readonly [string, string]

/** Characters are code points: an emoji or a rare Chinese sign counts once. */
function substring([text, position, length]: readonly [string, FeelNumber, FeelNumber?]): FeelValue {
  const characters = Array.from(text)
  const at = toInteger(position)
  if (at === 0 || Math.abs(at) > characters.length) return at === 0 ? null : ''
  if (length !== undefined && toInteger(length) < 1) return null
  const from = at < 0 ? characters.length + at : at - 1
  return characters.slice(from, length === undefined ? undefined : from + toInteger(length)).join('')
}

function join([list, delimiter, prefix, suffix]: readonly [
  readonly FeelValue[],
  (string | null)?,
  (string | null)?,
  (string | null)?,
]): FeelValue {
  const texts = list.filter((item) => item !== null)
  if (texts.some((item) => typeof item !== 'string')) return null
  return (prefix ?? '') + texts.join(delimiter ?? '') + (suffix ?? '')
}

/** DMN 1.5 §10.3.4.3, and Camunda's. */
export const stringFunctions: BuiltinTable = {
  substring: [signature('string: string, start position: number, length?: number', substring)],
  'string length': [signature('string: string', ([text]: readonly [string]) => Array.from(text).length)],
  'upper case': [signature('string: string', ([text]: readonly [string]) => text.toUpperCase())],
  'lower case': [signature('string: string', ([text]: readonly [string]) => text.toLowerCase())],
  'substring before': [
    signature('string: string, match: string', ([text, match]: Pair) => (text.includes(match) ? text.slice(0, text.indexOf(match)) : '')),
  ],
  'substring after': [
    signature('string: string, match: string', ([text, match]: Pair) =>
      text.includes(match) ? text.slice(text.indexOf(match) + match.length) : '',
    ),
  ],
  replace: [
    signature(
      'input: string, pattern: string, replacement: string, flags?: string',
      (args: readonly [string, string, string, string?], run) => {
        const [input, pattern, replacement, flags] = args
        const expression = regularExpression(pattern, flags)
        if (!expression) return run.warn(`replace() got no valid pattern: ${pattern}`)
        return input.replace(expression, replacementOf(replacement))
      },
    ),
  ],
  contains: [signature('string: string, match: string', ([text, match]: Pair) => text.includes(match))],
  'starts with': [signature('string: string, match: string', ([text, match]: Pair) => text.startsWith(match))],
  'ends with': [signature('string: string, match: string', ([text, match]: Pair) => text.endsWith(match))],
  matches: [
    signature('input: string, pattern: string, flags?: string', ([input, pattern, flags]: readonly [string, string, string?], run) => {
      const expression = regularExpression(pattern, flags)
      if (!expression) return run.warn(`matches() got no valid pattern: ${pattern}`)
      return input.search(expression) >= 0
    }),
  ],
  split: [
    signature('string: string, delimiter: string', ([text, delimiter]: Pair, run) => {
      const expression = regularExpression(delimiter)
      if (!expression) return run.warn(`split() got no valid pattern: ${delimiter}`)
      return text.split(expression)
    }),
  ],
  'string join': [
    signature('list: list, delimiter?: string?', join),
    signature('list: list, delimiter: string?, prefix: string?, suffix: string?', join),
  ],
  extract: [
    signature('string: string, pattern: string', ([text, pattern]: Pair, run) => {
      const expression = regularExpression(pattern)
      if (!expression) return run.warn(`extract() got no valid pattern: ${pattern}`)
      return text.match(expression) ?? []
    }),
  ],
  trim: [signature('string: string', ([text]: readonly [string]) => text.trim())],
  'is blank': [signature('string: string', ([text]: readonly [string]) => text.trim() === '')],
  'to base64': [
    signature('value: string', ([text]: readonly [string]) => {
      let bytes = ''
      for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
      return btoa(bytes)
    }),
  ],
}
