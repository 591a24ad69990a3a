import type { Actor, EpochMs, JsonObject } from '../../kernel/index.ts'
import { type CollectionDefinition, type DocumentCollection, type Store, type StoredDocument, StoreFailure } from '../../store/index.ts'
import { type ImportFault, MOST_FAULTS } from './import-fault.ts'
import type { ImportFormat } from './read-result.ts'

/** `waiting`, `reading` and `working` are on their way; an `interrupted` one goes on at the next start, or when it is sent again. */
export type ImportState = 'waiting' | 'reading' | 'working' | 'done' | 'refused' | 'cancelled' | 'interrupted'
export const UNDER_WAY: readonly ImportState[] = ['waiting', 'reading', 'working', 'interrupted']

/** A file that an enterprise sent, and how far it has come. */
export interface ImportRecord extends JsonObject {
  readonly importId: string
  readonly enterprise: string
  readonly service: string
  /** Empty when nothing is to be declared. */
  readonly operator: string
  readonly mode: 'check' | 'declare'
  /** Whether a declaration is taken that lacks something, to be amended later. */
  readonly takesIncomplete: boolean
  readonly format: ImportFormat
  readonly fileName: string
  readonly size: number
  /** How the file is to be read. */
  readonly reading: { readonly group?: string; readonly charset?: string }
  readonly state: ImportState
  /** Declarations in the file; known once it is read. */
  readonly total: number | null
  /** Of the file as a whole. */
  readonly faults: readonly (ImportFault & JsonObject)[]
  readonly actor: Actor & JsonObject
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly endedAt: EpochMs | null
  readonly cancelWanted: boolean
  readonly idempotencyKey: string
  /** `<enterprise>/<idempotency key>`: unique. */
  readonly importKey: string
  /** SHA-256 of the file and of what was wanted with it. */
  readonly contentHash: string
}
/** What became of one declaration of a file. */
export interface ImportRow extends JsonObject {
  readonly importId: string
  /** Counts the declarations of the file from 1. */
  readonly number: number
  /** What the file calls it. */
  readonly key: string | null
  readonly outcome: 'declared' | 'faulty' | 'right'
  readonly receiptNo: string | null
  readonly faults: readonly (ImportFault & JsonObject)[]
  /** What was read; kept when the file was only to be checked. */
  readonly data: JsonObject | null
}
interface FilePart extends JsonObject {
  readonly importId: string
  readonly part: number
  readonly base64: string
  readonly createdAt: EpochMs
}

const IMPORTS: CollectionDefinition = {
  name: 'imports',
  indexes: ['importId', 'enterprise', 'mode', 'state', 'createdAt', 'importKey'],
  unique: ['importKey'],
}
const ROWS: CollectionDefinition = { name: 'import_rows', indexes: ['importId', 'number', 'outcome'], unique: [] }
const FILES: CollectionDefinition = { name: 'import_files', indexes: ['importId', 'part', 'createdAt'], unique: [] }

/** A document stays well below what a store takes. */
const PART_BYTES = 4 * 1024 * 1024
const AT_ONCE = 1_000

export type StoredImport = StoredDocument<ImportRecord>

export interface ImportStore {
  get(importId: string): Promise<StoredImport | undefined>
  findByKey(importKey: string): Promise<StoredImport | undefined>
  /** False when its key is taken. */
  insert(record: ImportRecord, bytes: Uint8Array): Promise<boolean>
  update(importId: string, change: (record: ImportRecord) => ImportRecord | undefined): Promise<ImportRecord | undefined>
  find: DocumentCollection<ImportRecord>['find']
  loadFile(importId: string): Promise<Uint8Array>
  dropFile(importId: string): Promise<void>
  /** Forgets files from before that moment whose import was never written: the server stopped in between. */
  dropLostFiles(before: EpochMs): Promise<void>
  /** A row that is there already stays as it is. */
  addRow(row: ImportRow): Promise<void>
  findRows: DocumentCollection<ImportRow>['find']
  /** Numbers of the declarations that are settled. */
  settled(importId: string): Promise<ReadonlySet<number>>
  /** Forgets an import with all that belongs to it. */
  drop(importId: string): Promise<void>
}

export function importStore(store: Store): ImportStore {
  const imports = store.documents<ImportRecord>(IMPORTS)
  const rows = store.documents<ImportRow>(ROWS)
  const files = store.documents<FilePart>(FILES)
  const rowId = (importId: string, number: number): string => `${importId}-${number}`

  async function dropAll(collection: DocumentCollection<JsonObject>, importId: string): Promise<void> {
    for (;;) {
      const page = await collection.find({ filter: { importId }, limit: AT_ONCE })
      if (page.items.length === 0) return
      for (const { id } of page.items) await collection.delete(id)
    }
  }
  const dropFile = (importId: string): Promise<void> => dropAll(files as DocumentCollection<JsonObject>, importId)

  return {
    get: (importId) => imports.get(importId),
    findByKey: async (importKey) => (await imports.find({ filter: { importKey }, limit: 1 })).items[0],
    async insert(record, bytes) {
      const { importId, createdAt } = record
      // The file first: a record without its file could never go on.
      for (let part = 0; part * PART_BYTES < bytes.byteLength; part++) {
        const piece = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)
        await files.insert(rowId(importId, part), { importId, part, base64: Buffer.from(piece).toString('base64'), createdAt })
      }
      try {
        await imports.insert(importId, record)
        return true
      } catch (error) {
        if (!isDuplicate(error)) throw error
        await dropFile(importId)
        return false
      }
    },
    async update(importId, change) {
      for (;;) {
        const stored = await imports.get(importId)
        if (!stored) return undefined
        const changed = change(stored.body)
        if (!changed) return stored.body
        try {
          return (await imports.replace(importId, stored.revision, changed)).body
        } catch (error) {
          if (!(error instanceof StoreFailure && error.code === 'REVISION_CONFLICT')) throw error
        }
      }
    },
    find: (query) => imports.find(query),
    async loadFile(importId) {
      const parts: Buffer[] = []
      for (;;) {
        const page = await files.find({ filter: { importId, part: parts.length }, limit: 1 })
        const [found] = page.items
        if (!found) return Buffer.concat(parts)
        parts.push(Buffer.from(found.body.base64, 'base64'))
      }
    },
    dropFile,
    async dropLostFiles(before) {
      const page = await files.find({ filter: { part: 0, createdAt: { lt: before } }, limit: AT_ONCE })
      for (const { body } of page.items) if (!(await imports.get(body.importId))) await dropFile(body.importId)
    },
    async addRow(row) {
      try {
        await rows.insert(rowId(row.importId, row.number), row)
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    },
    findRows: (query) => rows.find(query),
    async settled(importId) {
      const numbers = new Set<number>()
      for (let after = 0; ; ) {
        const page = await rows.find({
          filter: { importId, number: { gt: after } },
          sort: [{ field: 'number', order: 'asc' }],
          limit: AT_ONCE,
        })
        if (page.items.length === 0) return numbers
        for (const { body } of page.items) {
          numbers.add(body.number)
          after = body.number
        }
      }
    },
    async drop(importId) {
      await dropFile(importId)
      await dropAll(rows as unknown as DocumentCollection<JsonObject>, importId)
      await imports.delete(importId)
    },
  }
}

/** Faults as a store keeps them. */
export function toStoredFaults(faults: readonly ImportFault[]): ImportRow['faults'] {
  return faults.slice(0, MOST_FAULTS) as unknown as ImportRow['faults']
}

function isDuplicate(error: unknown): boolean {
  return error instanceof StoreFailure && error.code === 'DUPLICATE'
}
