import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import type { Statement } from './document-seal.ts'

/** A document issued to an enterprise: the release note, a permit. Its file is kept beside it, under its digest. */
export interface IssuedDocument extends JsonObject, Statement {
  /** The number, too. */
  readonly documentId: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly number: string
  /** Id of its template in `forms/documents`. */
  readonly kind: string
  readonly receiptNo: string
  /** Of the declaration. */
  readonly version: number
  readonly service: string
  readonly enterprise: string
  readonly operator: string
  readonly holder: string
  readonly issuedAt: EpochMs
  readonly validUntil: EpochMs | null
  /** What whoever checks the document sees beside the holder. */
  readonly shown: readonly ShownField[]
  readonly contentType: string
  readonly digest: string
  readonly keyId: string
  readonly signature: string
  readonly checkCode: string
  /** Numbers of the documents it took the place of. */
  readonly supersedes: readonly string[]
  readonly revoked?: Change
  readonly superseded?: Change
  readonly used?: Change
}
export interface ShownField extends JsonObject {
  readonly zh: string
  readonly en: string
  readonly value: string
}
/** What happened to it after it was issued. */
export interface Change extends JsonObject {
  readonly at: EpochMs
  /** Key of the job that did it: a repeat of the job finds its own work. */
  readonly jobKey: string
  readonly reason: string | null
}

export type ChangeKind = 'revoked' | 'superseded' | 'used'
export type DocumentState = 'valid' | ChangeKind | 'expired'

/** How the document stands at that time. */
export function stateOf(document: IssuedDocument, now: EpochMs): DocumentState {
  const { revoked, superseded, used, validUntil } = document
  if (revoked) return 'revoked'
  if (superseded) return 'superseded'
  if (used) return 'used'
  return validUntil !== null && now > validUntil ? 'expired' : 'valid'
}
