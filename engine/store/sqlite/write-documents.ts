import { indexedFields } from '../collection-fields.ts'
import { type CollectionDefinition, StoreFailure } from '../port.ts'
import { documentColumn, documentTable, encodeDocument } from './document-columns.ts'
import type { EncodedDocument, WriteCalls } from './protocol.ts'
import type { Statements } from './statements.ts'

type DocumentCalls = Pick<WriteCalls, 'ensureCollection' | 'insertDocument' | 'replaceDocument' | 'deleteDocument'>

export function documentCalls(statements: Statements): DocumentCalls {
  return {
    ensureCollection: (collection) => ensureCollection(statements, collection),
    insertDocument: (document) => insertDocument(statements, document),
    replaceDocument: (document, expectedRevision) => replaceDocument(statements, document, expectedRevision),
    deleteDocument: (collection, id) => {
      statements.run(`DELETE FROM ${documentTable(collection)} WHERE id = ?`, id)
      statements.run('DELETE FROM list_entry WHERE owner = ? AND key = ?', documentTable(collection), id)
    },
  }
}

function insertDocument(statements: Statements, document: EncodedDocument): void {
  const columns = fieldColumns(statements, document.collection)
  duplicateNamed(document, () =>
    statements.run(
      `INSERT INTO ${documentTable(document.collection)} (${['id', 'revision', 'body', ...columns].join(', ')}) VALUES (?, 1, ?${', ?'.repeat(columns.length)})`,
      ...[document.id, document.body, ...document.columns],
    ),
  )
  addElements(statements, document)
}

function replaceDocument(statements: Statements, document: EncodedDocument, expectedRevision: number): void {
  const table = documentTable(document.collection)
  const columns = fieldColumns(statements, document.collection)
  const replaced = duplicateNamed(document, () =>
    statements.run(
      `UPDATE ${table} SET ${['revision = revision + 1', 'body = ?', ...columns.map((column) => `${column} = ?`)].join(', ')} WHERE id = ? AND revision = ?`,
      ...[document.body, ...document.columns, document.id, expectedRevision],
    ),
  )
  if (replaced === 0) {
    const found = statements.value(`SELECT revision FROM ${table} WHERE id = ?`, document.id) as number | undefined
    const what = `Document "${document.id}" of "${document.collection}"`
    if (found === undefined) throw new StoreFailure('NOT_FOUND', `${what} does not exist`)
    throw new StoreFailure(
      'REVISION_CONFLICT',
      `${what}: expected revision ${expectedRevision}, found ${found}; read it again and repeat the change`,
    )
  }
  statements.run('DELETE FROM list_entry WHERE owner = ? AND key = ?', table, document.id)
  addElements(statements, document)
}

function addElements(statements: Statements, document: EncodedDocument): void {
  for (const { field, value } of document.elements) {
    statements.run(
      'INSERT OR IGNORE INTO list_entry (owner, field, value, key) VALUES (?, ?, ?, ?)',
      ...[documentTable(document.collection), field, value, document.id],
    )
  }
}

/** SQLite names the column; the caller knows the field. */
function duplicateNamed<T>(document: EncodedDocument, write: () => T): T {
  try {
    return write()
  } catch (error) {
    const column = /^UNIQUE constraint failed: \w+\.(\w+)/.exec(error instanceof Error ? error.message : '')?.[1]
    if (column === undefined) throw error
    const field = column === 'id' ? 'id' : column.slice('f_'.length)
    throw new StoreFailure('DUPLICATE', `Another document of "${document.collection}" has the same ${field}`, { field, cause: error })
  }
}

function fieldColumns(statements: Statements, collection: string): string[] {
  const definition = statements.value('SELECT definition FROM collection WHERE name = ?', collection)
  return indexedFields(JSON.parse(definition as string) as CollectionDefinition).map(documentColumn)
}

/** Creates the collection's table, or brings it to a changed definition by rebuilding its columns from the bodies. */
function ensureCollection(statements: Statements, collection: CollectionDefinition): void {
  const { db } = statements
  const { name, indexes, unique } = collection
  const definition = JSON.stringify({ name, indexes, unique })
  const known = statements.value('SELECT definition FROM collection WHERE name = ?', name)
  if (known === definition) return
  const table = documentTable(name)
  const old =
    known === undefined
      ? []
      : (db.prepare(`SELECT id, revision, body FROM ${table}`).all() as { id: string; revision: number; body: string }[])
  db.exec(`DROP TABLE IF EXISTS ${table}`)
  statements.run('DELETE FROM list_entry WHERE owner = ?', table)
  const columns = indexedFields(collection).map(documentColumn)
  db.exec(
    `CREATE TABLE ${table} (${['id TEXT PRIMARY KEY NOT NULL', 'revision INTEGER NOT NULL', 'body TEXT NOT NULL', ...columns].join(', ')})`,
  )
  for (const field of indexedFields(collection)) {
    const isUnique = unique.includes(field)
    db.exec(`CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${table}_by_${field} ON ${table} (${documentColumn(field)})`)
  }
  statements.run('INSERT OR REPLACE INTO collection (name, definition) VALUES (?, ?)', name, definition)
  for (const { id, revision, body } of old) {
    insertDocument(statements, encodeDocument(collection, id, JSON.parse(body)))
    statements.run(`UPDATE ${table} SET revision = ? WHERE id = ?`, revision, id)
  }
}
