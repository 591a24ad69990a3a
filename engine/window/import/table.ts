/** A cell as it stands in the file, before it is known which item it is. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number; readonly format?: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A day or a moment without a zone, as if it were UTC. */
  | { readonly kind: 'date'; readonly moment: Date }
  | { readonly kind: 'unreadable'; readonly why: 'no-result' | 'error'; readonly found: string }
export interface TableRow {
  /** 1-based. */
  readonly row: number
  /** By 1-based column; blank cells are left out. */
  readonly cells: ReadonlyMap<number, Cell>
  readonly isHidden: boolean
  /** Merged areas that touch the row, with their first column. */
  readonly merged: readonly { readonly area: string; readonly column: number }[]
}
/** One sheet, or a CSV file. Blank rows are left out. */
export interface Table {
  /** Name of the sheet; absent for CSV. */
  readonly sheet?: string
  readonly isHidden: boolean
  readonly is1904: boolean
  readonly rows: readonly TableRow[]
}
