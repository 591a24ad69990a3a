/** What surrounds a template's own content on every page of a document. Times are as people read them. */
export interface PageFrame {
  readonly number: string
  readonly issuedAt: string
  readonly validUntil: string | null
  readonly operator: { readonly zh: string; readonly en: string }
  /** Address in the QR code. */
  readonly verifyUrl: string
  /** Asked for by the public check when a number is typed by hand. */
  readonly checkCode: string
  readonly keyId: string
  /** ISO 8601: the only time inside the file, so that the same document is made of the same bytes. */
  readonly createdAt: string
}

/** One page description to be made into a PDF. */
export interface PageRequest {
  readonly source: string
  readonly frame: PageFrame
}
