import type { JsonObject } from '../../kernel/index.ts'
import { toFormShape } from './form-shape.ts'
import { readCsv } from './read-csv.ts'
import { readJson, readJsonLines } from './read-json.ts'
import { type FileFormat, type ReadFile, unreadable } from './read-result.ts'
import { readTables } from './read-tables.ts'
import { readWorkbook } from './read-workbook.ts'
import { readXml } from './read-xml.ts'

export interface FileToRead {
  readonly bytes: Uint8Array
  readonly format: FileFormat
  readonly formId: string
  /** JSON Schema of the form, without references. */
  readonly schema: JsonObject
  /** Group that a table without a telling name holds. */
  readonly group?: string
  /** Column heads, for rows that come without. */
  readonly columns?: readonly string[]
  /** Character set that the sender named. */
  readonly charset?: string
}
/** Reads a file into declarations. What the form itself asks for is checked apart. */
export async function readFile(file: FileToRead): Promise<ReadFile> {
  const shape = toFormShape(file.formId, file.schema)
  if (file.format === 'json') return readJson(file.bytes, shape)
  if (file.format === 'ndjson') return readJsonLines(file.bytes, shape)
  if (file.format === 'xml') return readXml(file.bytes, shape)
  const read = file.format === 'csv' ? readCsv(file.bytes, file) : await readWorkbook(file.bytes)
  if ('fault' in read) return unreadable(read.fault)
  return readTables(read.tables, shape, file)
}
