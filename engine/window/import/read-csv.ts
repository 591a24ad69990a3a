import { CsvError, parse } from 'csv-parse/sync'
import { decodeText } from './decode-text.ts'
import { fault, type ImportFault } from './import-fault.ts'
import type { Cell, Table, TableRow } from './table.ts'

const SEPARATORS = [',', ';', '\t'] as const

/** A CSV file as a table; the separator is the one its first line has most of. */
export function readCsv(
  bytes: Uint8Array,
  { charset, columns }: { readonly charset?: string | undefined; readonly columns?: readonly string[] | undefined } = {},
): { readonly tables: readonly Table[] } | { readonly fault: ImportFault } {
  const decoded = decodeText(bytes, { charset, guesses: true })
  if ('fault' in decoded) return decoded
  try {
    // The parser counts a line break of two characters inside a value as two.
    const text = decoded.text.replaceAll(/\r\n?/g, '\n')
    const records = parse(text, {
      delimiter: separatorOf(text),
      relax_column_count: true,
      record_delimiter: '\n',
      info: true,
    }) as unknown as readonly { record: readonly string[]; info: { lines: number } }[]
    let line = 1
    const rows: TableRow[] = columns ? [toRow(columns, 0)] : []
    for (const { record, info } of records) {
      const row = toRow(record, line)
      if (row.cells.size > 0) rows.push(row)
      // `lines` counts to the end of the record, which may span several.
      line = info.lines + 1
    }
    return { tables: [{ isHidden: false, is1904: false, rows }] }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as { lines?: number }).lines ?? 1)
    return {
      fault: fault(
        'csv.syntax',
        `Expected CSV, found on line ${line}: ${error.message}; write a quote inside a quoted value twice`,
        `第 ${line} 行不是有效的 CSV（${error.message}）；引号内的引号须写两次`,
        { line },
      ),
    }
  }
}

function toRow(record: readonly string[], row: number): TableRow {
  const cells = new Map<number, Cell>()
  for (const [index, value] of record.entries()) {
    const text = value.trim()
    if (text !== '') cells.set(index + 1, { kind: 'text', text })
  }
  return { row, cells, isHidden: false, merged: [] }
}

function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const first = end < 0 ? text : text.slice(0, end)
  const count = (separator: string): number => first.split(separator).length
  return [...SEPARATORS].sort((one, other) => count(other) - count(one))[0] ?? ','
}
