import type { Text } from '../contract.ts'

/** Where in a file something is. Numbers are 1-based; in a spreadsheet `line` is the row and `column` the column, `cell` is both (`C5`). */
export interface ImportPlace {
  readonly line?: number
  readonly column?: number
  /** Name of the sheet. */
  readonly sheet?: string
  readonly cell?: string
  /** JSON pointer into the declaration (JSON), tag of the segment (EDIFACT). */
  readonly pointer?: string
  readonly segment?: number
  readonly tag?: string
  readonly element?: number
  readonly component?: number
}

/** One thing that is wrong with a file or with a declaration in it: where, what was expected, and how to mend it. */
export interface ImportFault extends ImportPlace {
  /** Stable: `json.…`, `xml.…`, `sheet.…`, `edifact.…` of the file, `value.…` of a value, else the rule of the form. */
  readonly rule: string
  readonly item?: string
  readonly group?: string
  /** 1-based row of the group. */
  readonly row?: number
  readonly text: Text
}

/** A file that is wrong all through needs no more than this to say so. */
export const MOST_FAULTS = 200

export function fault(rule: string, en: string, zh: string, at: Omit<ImportFault, 'rule' | 'text'> = {}): ImportFault {
  return { rule, ...at, text: { en, zh } }
}

const SHOWN_LENGTH = 60

/** A found value in quotes, cut when it is long. */
export function quoted(value: unknown): string {
  const symbols = [...String(value)]
  return JSON.stringify(symbols.length > SHOWN_LENGTH ? `${symbols.slice(0, SHOWN_LENGTH).join('')}…` : symbols.join(''))
}

/** `3` → `C`, `28` → `AB`. */
export function columnLetters(column: number): string {
  const last = String.fromCharCode(65 + ((column - 1) % 26))
  return column > 26 ? `${columnLetters(Math.floor((column - 1) / 26))}${last}` : last
}
