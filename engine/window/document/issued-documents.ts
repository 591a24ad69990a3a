import type { JsonObject } from '../../kernel/index.ts'
import { type Store, StoreFailure } from '../../store/index.ts'
import type { Change, ChangeKind, IssuedDocument } from './issued-document.ts'

/** The documents of a store, and their files. */
export interface IssuedDocuments {
  find(documentId: string): Promise<IssuedDocument | undefined>
  /** By the digest of the file. */
  findDigest(digest: string): Promise<IssuedDocument | undefined>
  content(document: IssuedDocument): Promise<Uint8Array>
  /** Oldest first. */
  of(receiptNo: string): Promise<readonly IssuedDocument[]>
  /** Keeps a document with its file; a repeat gives the first one back. */
  add(document: IssuedDocument, content: Uint8Array): Promise<IssuedDocument>
  /** Notes what happened to it, unless the same had happened before. Resolves with the document as it then is. */
  change(documentId: string, kind: ChangeKind, change: Change): Promise<IssuedDocument>
}

interface StoredContent extends JsonObject {
  readonly base64: string
}

/** More than any declaration is issued. */
const MAX_DOCUMENTS = 1000

export function issuedDocuments(store: Store): IssuedDocuments {
  const collection = store.documents<IssuedDocument>({
    name: 'issued_documents',
    indexes: ['receiptNo', 'issuedAt', 'digest'],
    unique: [],
  })
  // Apart: lists of documents are read often, files seldom. By digest, so that a try that was cut off leaves nothing wrong behind.
  const contents = store.documents<StoredContent>({ name: 'document_contents', indexes: [], unique: [] })

  const find = async (documentId: string) => (await collection.get(documentId))?.body
  return {
    find,
    findDigest: async (digest) => (await collection.find({ filter: { digest }, limit: 1 })).items[0]?.body,
    async content({ documentId, digest }) {
      const stored = await contents.get(digest)
      if (!stored) throw new Error(`Document ${documentId} is stored without its file`)
      return Buffer.from(stored.body.base64, 'base64')
    },
    async of(receiptNo) {
      const page = await collection.find({ filter: { receiptNo }, sort: [{ field: 'issuedAt', order: 'asc' }], limit: MAX_DOCUMENTS })
      return page.items.map(({ body }) => body)
    },
    async add(document, content) {
      await unlessDuplicate(contents.insert(document.digest, { base64: Buffer.from(content).toString('base64') }))
      const added = await unlessDuplicate(collection.insert(document.documentId, document))
      const kept = added?.body ?? (await find(document.documentId))
      if (!kept) throw new Error(`Document ${document.documentId} was there and is gone`)
      return kept
    },
    async change(documentId, kind, change) {
      for (;;) {
        const stored = await collection.get(documentId)
        if (!stored) throw new Error(`Expected a document ${documentId}, but there is none`)
        if (stored.body[kind]) return stored.body
        try {
          return (await collection.replace(documentId, stored.revision, { ...stored.body, [kind]: change })).body
        } catch (error) {
          if (!(error instanceof StoreFailure && error.code === 'REVISION_CONFLICT')) throw error
        }
      }
    },
  }
}

async function unlessDuplicate<T>(insert: Promise<T>): Promise<T | undefined> {
  try {
    return await insert
  } catch (error) {
    if (error instanceof StoreFailure && error.code === 'DUPLICATE') return undefined
    throw error
  }
}
