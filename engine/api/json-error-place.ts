/** Where a text stops being JSON. */
export interface JsonErrorPlace {
  readonly offset: number
  /** 1-based. */
  readonly line: number
  readonly column: number
  /** What stands there. */
  readonly found: string
}

// From the space upwards without quote and backslash: control characters must be escaped.
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const BLANK = /[ \t\r\n]*/y

/**
 * The first offset at which `text` cannot be JSON any more. JSON.parse of Node 20 does not always tell it.
 * Without recursion, so that deep nesting cannot exhaust the stack.
 */
export function jsonErrorPlace(text: string): JsonErrorPlace {
  const offset = errorOffset(text)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return {
    offset,
    line,
    column: offset - before.lastIndexOf('\n'),
    found: offset >= text.length ? 'the end of the body' : JSON.stringify(text.slice(offset, offset + 12)),
  }
}

type Expecting = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end'

function errorOffset(text: string): number {
  const open: ('{' | '[')[] = []
  let expecting: Expecting = 'value'
  let at = 0
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found !== null
  }
  for (;;) {
    match(BLANK)
    const char = text[at]
    if (expecting === ', or end') {
      const top = open.at(-1)
      if (top === undefined) return at
      if (char === ',') expecting = top === '{' ? 'name' : 'value'
      else if (char === (top === '{' ? '}' : ']')) open.pop()
      else return at
      at += 1
    } else if (expecting === ':') {
      if (char !== ':') return at
      at += 1
      expecting = 'value'
    } else if (expecting === 'name' || expecting === 'name or }') {
      if (char === '}' && expecting === 'name or }') {
        open.pop()
        at += 1
        expecting = ', or end'
      } else if (match(STRING)) expecting = ':'
      else return at
    } else if (char === ']' && expecting === 'value or ]') {
      open.pop()
      at += 1
      expecting = ', or end'
    } else if (char === '{' || char === '[') {
      open.push(char)
      at += 1
      expecting = char === '{' ? 'name or }' : 'value or ]'
    } else if (match(STRING) || match(NUMBER) || match(WORD)) expecting = ', or end'
    else return at
  }
}
