/** The characters that structure an interchange (ISO 9735-1). */
export interface ServiceCharacters {
  readonly component: string
  readonly element: string
  readonly decimal: string
  readonly release: string
  /** Absent in syntax versions 1 to 3, and where UNA has a blank in its place. */
  readonly repetition?: string
  readonly terminator: string
}

export const DEFAULT_CHARACTERS: ServiceCharacters = { component: ':', element: '+', decimal: '.', release: '?', terminator: "'" }

/** Written in front of every interchange of ours: they are the usual ones, said aloud, without a repetition character. */
export const UNA = "UNA:+.? '"

export const UNA_LENGTH = UNA.length

/** Reads `UNA` and the six characters after it; undefined when the text does not start so. Equal characters are told by the tokenizer. */
export function parseUna(text: string): ServiceCharacters | undefined {
  if (!text.startsWith('UNA') || text.length < UNA_LENGTH) return undefined
  const [component = '', element = '', decimal = '', release = '', repetition = '', terminator = ''] = text.slice(3, UNA_LENGTH)
  return { component, element, decimal, release, terminator, ...(repetition === ' ' ? {} : { repetition }) }
}

/** True when no character has two meanings. A blank as release character means that there is none. */
export function areDistinct({ component, element, release, repetition, terminator }: ServiceCharacters): boolean {
  const all = [component, element, release, terminator, ...(repetition === undefined ? [] : [repetition])]
  return new Set(all).size === all.length
}
