import type { JsonObject } from '../../kernel/index.ts'
import { fault, type ImportFault, type ImportPlace } from './import-fault.ts'

export type TextFormat = 'json' | 'ndjson' | 'xml' | 'csv'
/** Formats that are read here. EDIFACT is read by the forms, which know its mappings. */
export type FileFormat = TextFormat | 'xlsx'
export type ImportFormat = FileFormat | 'edifact'

export interface FoundDeclaration {
  /** Its name in the file, by which the sender knows it again. */
  readonly key?: string
  /** Where it begins. */
  readonly at: ImportPlace
  readonly data: JsonObject
  readonly faults: readonly ImportFault[]
}
/** An item of the declaration, a row of a group, or an item of a row. */
export interface ItemPlace {
  readonly item: string
  readonly group?: string
  readonly line?: number
}
export interface ReadFile {
  readonly declarations: readonly FoundDeclaration[]
  /** Of the file as a whole: with one of them nothing of it is taken. */
  readonly faults: readonly ImportFault[]
  /** Where an item of a declaration (by its index) stands, or the nearest thing around it. */
  placeOf(index: number, item: ItemPlace): ImportPlace
}

export function unreadable(...faults: readonly ImportFault[]): ReadFile {
  return { declarations: [], faults, placeOf: () => ({}) }
}

/** Declarations of one file at most. */
export const MOST_DECLARATIONS = 10_000

export function tooMany(found: number, at: ImportPlace = {}): ImportFault {
  return fault(
    'file.declarations',
    `Expected at most ${MOST_DECLARATIONS} declarations in a file, found ${found}; cut it into several files`,
    `一个文件最多 ${MOST_DECLARATIONS} 份申报，实际为 ${found} 份；请拆分为多个文件`,
    at,
  )
}
