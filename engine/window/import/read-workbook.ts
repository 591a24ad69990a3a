import ExcelJS from 'exceljs'
import type { ImportFault } from './import-fault.ts'
import type { Cell, Table, TableRow } from './table.ts'
import { findZipFault, NO_WORKBOOK } from './zip-guard.ts'

/** The sheets of a workbook as tables. */
export async function readWorkbook(bytes: Uint8Array): Promise<{ readonly tables: readonly Table[] } | { readonly fault: ImportFault }> {
  const broken = findZipFault(bytes)
  if (broken) return { fault: broken }
  const workbook = new ExcelJS.Workbook()
  try {
    await workbook.xlsx.load(bytes.slice().buffer as ArrayBuffer)
  } catch {
    return { fault: NO_WORKBOOK }
  }
  if (workbook.worksheets.length === 0) return { fault: NO_WORKBOOK }
  const is1904 = workbook.properties.date1904 === true
  return { tables: workbook.worksheets.map((sheet) => toTable(sheet, is1904)) }
}

function toTable(sheet: ExcelJS.Worksheet, is1904: boolean): Table {
  const areas = (sheet.model.merges ?? []).map(toArea)
  const rows: TableRow[] = []
  sheet.eachRow((row, number) => {
    const cells = new Map<number, Cell>()
    row.eachCell((cell, column) => {
      const read = toCell(cell)
      if (read) cells.set(column, read)
    })
    const merged = areas.filter(({ top, bottom }) => top <= number && number <= bottom).map(({ area, column }) => ({ area, column }))
    if (cells.size > 0) rows.push({ row: number, cells, isHidden: row.hidden === true, merged })
  })
  return { sheet: sheet.name, isHidden: sheet.state !== 'visible', is1904, rows }
}

function toArea(area: string): { readonly area: string; readonly top: number; readonly bottom: number; readonly column: number } {
  const [, letters = 'A', top = '1', bottom = top] = /^([A-Z]+)(\d+)(?::[A-Z]+(\d+))?$/.exec(area) ?? []
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
  return { area, top: Number(top), bottom: Number(bottom), column }
}

function toCell(cell: ExcelJS.Cell): Cell | undefined {
  // Of a merged area the first cell alone has a value; the others repeat it.
  if (cell.isMerged && cell.master !== cell) return undefined
  return toValue(cell.value, cell)
}

function toValue(value: ExcelJS.CellValue, cell: ExcelJS.Cell): Cell | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return { kind: 'number', number: value, ...(cell.numFmt ? { format: cell.numFmt } : {}) }
  if (typeof value === 'boolean') return { kind: 'boolean', value }
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? { kind: 'unreadable', why: 'error', found: 'date' } : { kind: 'date', moment: value }
  if (typeof value === 'string') return text(value)
  if ('error' in value) return { kind: 'unreadable', why: 'error', found: String(value.error) }
  if ('richText' in value) return text(value.richText.map((run) => run.text).join(''))
  if ('hyperlink' in value) return toValue(value.text as ExcelJS.CellValue, cell)
  if ('formula' in value || 'sharedFormula' in value) {
    const { result } = value as ExcelJS.CellFormulaValue
    if (result === undefined || result === null) return { kind: 'unreadable', why: 'no-result', found: `=${cell.formula ?? ''}` }
    return toValue(result as ExcelJS.CellValue, cell)
  }
  return { kind: 'unreadable', why: 'error', found: 'value' }
}

function text(value: string): Cell | undefined {
  const trimmed = value.trim()
  return trimmed === '' ? undefined : { kind: 'text', text: trimmed }
}
