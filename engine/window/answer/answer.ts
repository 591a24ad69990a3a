import type { Text } from '../contract.ts'

/** What an agency can say of a declaration. */
export const ANSWER_STATUSES = [
  'received',
  'accepted',
  'rejected',
  'documents-wanted',
  'examine',
  'tax-bill',
  'released',
  'invalidated',
  'exited',
  'hold',
] as const
export type AnswerStatus = (typeof ANSWER_STATUSES)[number]

/** One error as the agency points at it. */
export interface PointedError {
  /** Item id, where the agency knows ours. */
  readonly item?: string
  readonly group?: string
  /** 1-based row. */
  readonly line?: number
  /** The agency's name of the item: a WCO id, a tag of its message, a segment. */
  readonly tag?: string
  readonly rule: string
  readonly text?: string
}

/** An answer as it was read, before it is known whether there is such a declaration. */
export interface ReadAnswer {
  /** The agency's own and stable: a repeat has the same. */
  readonly id: string
  readonly receiptNo: string
  /** Version of the declaration; the newest where the agency does not say. */
  readonly version?: number
  readonly status: AnswerStatus
  readonly reference?: string
  readonly note?: string
  readonly errors: readonly PointedError[]
  readonly place: AnswerPlace
}

/** Where in the agency's file something is. */
export interface AnswerPlace {
  readonly line?: number
  readonly column?: number
  /** Segment of an interchange, 1-based, UNB included. */
  readonly segment?: number
  readonly tag?: string
  readonly element?: number
  readonly component?: number
  /** Field of a JSON or XML answer: `Response.FunctionCode`. */
  readonly path?: string
}

/** Why an answer is not taken. */
export interface AnswerFault extends AnswerPlace {
  /** `edifact.…`, `xml.…`, `json.…` or `answer.…`; stable. */
  readonly rule: string
  readonly text: Text
}

export type AnswerFormat = 'edifact' | 'xml' | 'json'

/** A file of the agency, read: its answers and, where it was an interchange, what a CONTRL needs to know of it. */
export interface ReadAnswerFile {
  readonly answers: readonly ReadAnswer[]
  readonly faults: readonly AnswerFault[]
}
