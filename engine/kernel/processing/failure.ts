import type { IncidentType } from '../record/event.ts'

/** A modeller's or data's mistake that holds a token up; becomes an incident. */
export interface Failure {
  readonly type: IncidentType
  /** Expected, found, and the way out. */
  readonly message: string
}

/** A value, or why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const fail = (type: IncidentType, message: string): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: { type, message },
})
