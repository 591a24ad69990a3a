import { DEFAULT_CHARACTERS } from './service-characters.ts'

const { component, element, release, terminator } = DEFAULT_CHARACTERS
const SERVICE = /[:+?']/g

/** A value as it may stand in a segment: service characters released. */
export function escapeValue(value: string): string {
  return value.replaceAll(SERVICE, (symbol) => `${release}${symbol}`)
}

/** One segment with its terminator. Empty components and elements at the ends are left out. */
export function writeSegment(tag: string, ...elements: readonly (string | readonly string[])[]): string {
  const written = elements.map((each) =>
    trimEnd(typeof each === 'string' ? [each] : each)
      .map(escapeValue)
      .join(component),
  )
  return `${[tag, ...trimEnd(written)].join(element)}${terminator}`
}

export function trimEnd(list: readonly string[]): readonly string[] {
  let length = list.length
  while (length > 0 && list[length - 1] === '') length -= 1
  return list.slice(0, length)
}
