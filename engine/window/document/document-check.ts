import type { EpochMs } from '../../kernel/index.ts'
import { isDocumentNumber } from './document-number.ts'
import { digestOf, isCheckCode, isSignedBy, statementText } from './document-seal.ts'
import { type DocumentState, type IssuedDocument, type ShownField, stateOf } from './issued-document.ts'
import type { IssuedDocuments } from './issued-documents.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What anyone who holds a document may learn about it. */
export interface DocumentCheck {
  readonly number: string
  readonly kind: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly receiptNo: string
  readonly holder: string
  readonly operator: string
  readonly shown: readonly ShownField[]
  readonly issuedAt: EpochMs
  readonly validUntil: EpochMs | null
  readonly state: DocumentState
  /** When it came to be revoked, superseded or used. */
  readonly changedAt: EpochMs | null
  /** False when what is kept is not what the operator signed. */
  readonly genuine: boolean
  readonly digest: string
  readonly keyId: string
  readonly signature: string
  /** The text that is signed. */
  readonly statement: string
}
/** The key that a signature can be checked with. */
export interface PublicKey {
  readonly keyId: string
  readonly createdAt: EpochMs
  /** False for keys that no longer sign. */
  readonly current: boolean
  readonly pem: string
}

/** How a document is named: its number with the check code beside it, or the file itself. */
export type DocumentClaim = { readonly number: string; readonly checkCode: string } | { readonly digest: string }

export interface DocumentChecks {
  /** Undefined for what was never issued; a wrong check code is no different. */
  check(claim: DocumentClaim): Promise<DocumentCheck | undefined>
  publicKeys(): Promise<readonly PublicKey[]>
}

export function documentChecks(documents: IssuedDocuments, keys: SigningKeys, now: () => EpochMs): DocumentChecks {
  async function find(claim: DocumentClaim): Promise<IssuedDocument | undefined> {
    if ('digest' in claim) return documents.findDigest(claim.digest)
    const number = claim.number.trim().toUpperCase()
    const found = isDocumentNumber(number) ? await documents.find(number) : undefined
    return found && isCheckCode(claim.checkCode, found.checkCode) ? found : undefined
  }

  async function isGenuine(document: IssuedDocument): Promise<boolean> {
    const key = await keys.find(document.keyId)
    return key !== undefined && isSignedBy(document, document.signature, key.publicKey)
  }

  return {
    async check(claim) {
      const document = await find(claim)
      if (!document) return undefined
      const { number, kind, title, receiptNo, holder, operator, shown, issuedAt, validUntil, digest, keyId, signature } = document
      const state = stateOf(document, now())
      return {
        ...{ number, kind, title, receiptNo, holder, operator, shown, issuedAt, validUntil, digest, keyId, signature },
        state,
        changedAt: state === 'valid' || state === 'expired' ? null : (document[state]?.at ?? null),
        genuine: await isGenuine(document),
        statement: statementText(document),
      }
    },
    async publicKeys() {
      const [first, ...old] = await keys.all()
      return [first, ...old].flatMap((key, place) =>
        key === undefined
          ? []
          : [
              {
                keyId: key.keyId,
                createdAt: key.createdAt,
                current: place === 0,
                pem: key.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
              },
            ],
      )
    },
  }
}

/** @throws Error when the file is not the one that was signed. */
export function refuseChangedFile(document: IssuedDocument, content: Uint8Array): void {
  const digest = digestOf(content)
  if (digest !== document.digest)
    throw new Error(`Expected the file of document ${document.number} to have digest ${document.digest}, found ${digest}`)
}
