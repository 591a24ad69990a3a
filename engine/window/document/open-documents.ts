import type { InProcessWorker } from '../../runtime/index.ts'
import type { Declarations } from '../declaration-record.ts'
import type { WindowParts } from '../window-parts.ts'
import { revokeDocumentWorker, useDocumentWorker } from './change-document.ts'
import { type DocumentCheck, type DocumentChecks, type DocumentClaim, documentChecks, refuseChangedFile } from './document-check.ts'
import { issueDocumentWorker } from './issue-document.ts'
import { type IssuedDocuments, issuedDocuments } from './issued-documents.ts'
import { pdfRenderer } from './pdf-renderer.ts'
import { signingKeys } from './signing-keys.ts'

/** A document as its owner gets it. */
export interface DocumentFile {
  readonly documentId: string
  readonly receiptNo: string
  readonly kind: string
  readonly contentType: string
  readonly content: Uint8Array
}

/** Everything about documents that the window offers. */
export interface Documents {
  readonly list: IssuedDocuments['of']
  file(documentId: string): Promise<DocumentFile | undefined>
  check(claim: DocumentClaim): Promise<DocumentCheck | undefined>
  readonly publicKeys: DocumentChecks['publicKeys']
  /** Signs with a new key from now on; resolves with its id. */
  rotateKey(): Promise<string>
  readonly workers: (declarations: Declarations) => readonly InProcessWorker[]
  close(): Promise<void>
}

/** Opens the documents of a store. The first key is made now, so that its public half can be published before anything is signed. */
export async function openDocuments(parts: WindowParts, publicUrl: () => string): Promise<Documents> {
  const documents = issuedDocuments(parts.store)
  const now = () => parts.engine.clock.now()
  const keys = signingKeys(parts.store, now)
  const renderer = pdfRenderer()
  const checks = documentChecks(documents, keys, now)
  await keys.current()
  return {
    list: documents.of,
    async file(documentId) {
      const document = await documents.find(documentId)
      if (!document) return undefined
      const content = await documents.content(document)
      refuseChangedFile(document, content)
      const { receiptNo, kind, contentType } = document
      return { documentId, receiptNo, kind, contentType, content }
    },
    ...checks,
    rotateKey: async () => (await keys.rotate()).keyId,
    workers: (declarations) => [
      issueDocumentWorker(parts, declarations, { documents, keys, renderer, publicUrl }),
      revokeDocumentWorker(parts, documents),
      useDocumentWorker(parts, documents),
    ],
    close: renderer.close,
  }
}
