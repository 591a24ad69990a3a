import type { Text } from '../contract.ts'

/** Where in a text something is; both 1-based. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** What can be wrong with an interchange. The ids are stable: programs of agencies and enterprises know them. */
export type EdifactRule =
  | 'edifact.encoding'
  | 'edifact.character'
  | 'edifact.service-characters'
  | 'edifact.terminator'
  | 'edifact.envelope'
  | 'edifact.count'
  | 'edifact.reference'
  | 'edifact.message-type'
  | 'edifact.segment'
  | 'edifact.missing-segment'
  | 'edifact.repetition'
  | 'edifact.missing-element'
  | 'edifact.too-many-elements'
  | 'edifact.too-long'
  | 'edifact.not-a-number'
  | 'edifact.date'
  | 'edifact.value'

/** One thing that is wrong with an interchange, where, and how to mend it. */
export interface EdifactFault extends TextPlace {
  readonly rule: EdifactRule
  /** 1-based position among the segments of the interchange, UNB included. */
  readonly segment?: number
  readonly tag?: string
  /** 1-based element and component of that segment. */
  readonly element?: number
  readonly component?: number
  readonly text: Text
}

/** A file that is wrong all through needs no more than this to say so. */
export const MAX_FAULTS = 200

/** Finds line and column of an offset. Made once for a text. */
export function textPlaces(text: string): (offset: number) => TextPlace {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
