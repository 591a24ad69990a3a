/** `POST /window/v1/services/{id}/imports`: 200 with `ImportResult`, 202 with `ImportView` (`GET /window/v1/imports/{importId}`). */
export interface ImportResult {
  readonly import: ImportView
  readonly declarations: readonly ImportedDeclaration[]
}
export interface ImportView {
  readonly importId: string
  readonly service: string
  readonly operator: string | null
  readonly mode: 'check' | 'declare'
  readonly format: 'json' | 'ndjson' | 'xml' | 'edifact' | 'xlsx' | 'csv'
  readonly fileName: string | null
  readonly size: number
  /** `waiting`, `reading`, `working` and `interrupted` (goes on at the next start) are under way. */
  readonly state: 'waiting' | 'reading' | 'working' | 'done' | 'refused' | 'cancelled' | 'interrupted'
  /** Null until the file is read. */
  readonly total: number | null
  readonly counts: { readonly declared: number; readonly right: number; readonly faulty: number; readonly left: number | null }
  /** Of the file as a whole: with one of them nothing of it is declared. */
  readonly faults: readonly ImportProblem[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly endedAt: string | null
}
/** `GET /window/v1/imports/{importId}/declarations` pages them. */
export interface ImportedDeclaration {
  readonly number: number
  readonly key: string | null
  /** `right`: checked only, and nothing is wrong. */
  readonly outcome: 'declared' | 'faulty' | 'right'
  readonly receiptNo: string | null
  readonly faults: readonly ImportProblem[]
  /** What was read, when the file was to be checked. */
  readonly data: Record<string, unknown> | null
}
/** Where in a file something is wrong, what was expected, and how to mend it. */
export interface ImportProblem {
  readonly rule: string
  readonly text: string
  readonly item?: string
  readonly group?: string
  /** 1-based row of the group. */
  readonly row?: number
  /** 1-based; of a spreadsheet the row. */
  readonly line?: number
  readonly column?: number
  readonly sheet?: string
  readonly cell?: string
  readonly pointer?: string
  readonly segment?: number
  readonly tag?: string
  readonly element?: number
  readonly component?: number
}
/** Answer to `POST /window/v1/services/{id}/rows/{group}`. */
export interface RowsRead {
  readonly rows: readonly Record<string, unknown>[]
  readonly faults: readonly ImportProblem[]
}
