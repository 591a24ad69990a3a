import type { Json } from '../../kernel/index.ts'
import type { FormShape, ItemShape } from './form-shape.ts'
import { fault, type ImportFault, type ImportPlace, quoted } from './import-fault.ts'
import {
  type ColumnTarget,
  columnNames,
  matchColumns,
  normalized,
  placeOfCell,
  type TableColumns,
  type TableScope,
} from './match-columns.ts'
import { type ItemPlace, MOST_DECLARATIONS, type ReadFile, tooMany, unreadable } from './read-result.ts'
import type { Cell, Table, TableRow } from './table.ts'
import { type Typed, typedBooleanCell, typedDateCell, typedNumberCell, typedText } from './typed-value.ts'

/** Sheets with explanations; what is on them is no data. */
const SILENT_SHEETS = new Set(['codes', '代码', 'notes', '说明'])
export const HEADER_SHEETS = { en: 'declaration', zh: '申报' } as const
/** Longest name of a sheet, and the signs it cannot have. */
const SHEET_NAME_LENGTH = 31
const NOT_IN_SHEET_NAMES = /[\\/?*[\]:]/g

/** How a sheet of that name can be called. */
export function sheetName(name: string): string {
  return name.replace(NOT_IN_SHEET_NAMES, ' ').slice(0, SHEET_NAME_LENGTH).trim()
}

/**
 * Tables into declarations: a sheet of header items with a declaration in each row, and a sheet for each group, tied together by the column
 * `declaration`; without that column everything is one declaration. A single table may hold header items and those of groups beside each
 * other.
 */
export function readTables(tables: readonly Table[], shape: FormShape, options: { readonly group?: string | undefined } = {}): ReadFile {
  const filled = tables.filter(({ rows, sheet }) => rows.length > 0 && !(sheet !== undefined && SILENT_SHEETS.has(normalized(sheet))))
  const known = filled.map((table) => ({ table, scope: scopeOf(table, shape, options.group) }))
  const faults: ImportFault[] = []
  const matched: { columns: TableColumns; scope: TableScope }[] = []
  const shown = known.filter(({ table, scope }) => !table.isHidden || scope)
  for (const { table, scope: named } of shown) {
    const scope = named ?? (shown.length === 1 ? ({ kind: 'flat' } as const) : undefined)
    const place = table.sheet === undefined ? { line: 1 } : { sheet: table.sheet, line: 1 }
    if (table.isHidden)
      faults.push(
        fault(
          'sheet.hidden',
          `Expected sheets that can be seen, but ${quoted(table.sheet)} is hidden; show or delete it`,
          `工作表 ${quoted(table.sheet)} 已隐藏；请取消隐藏或删除`,
          place,
        ),
      )
    else if (!scope) faults.push(unknownSheet(table.sheet ?? '', shape, place))
    else {
      const columns = matchColumns(table, columnNames(shape, scope))
      if ('faults' in columns) faults.push(...columns.faults)
      else matched.push({ columns, scope })
    }
  }
  if (faults.length === 0 && matched.every(({ columns }) => columns.rows.length === 0))
    faults.push(fault('file.empty', 'Expected rows below the heads, found none', '列标题下没有数据行', { line: 1 }))
  if (faults.length > 0) return unreadable(...faults)
  // The header first: it says which declarations there are.
  const reader = new TableReader(
    [...matched].sort((one, other) => Number(one.scope.kind === 'group') - Number(other.scope.kind === 'group')),
  )
  return reader.read()
}

function scopeOf(table: Table, shape: FormShape, wanted: string | undefined): TableScope | undefined {
  const asked = wanted === undefined ? undefined : shape.groups.get(wanted)
  if (asked) return { kind: 'group', group: asked }
  if (table.sheet === undefined) return { kind: 'flat' }
  const name = normalized(table.sheet)
  const isNamed = (names: readonly string[]): boolean =>
    names.some((each) => normalized(each) === name || normalized(sheetName(each)) === name)
  for (const group of shape.groups.values())
    if (isNamed([group.id, group.rowName, group.name.en, group.name.zh])) return { kind: 'group', group }
  if (isNamed([...Object.values(HEADER_SHEETS), shape.formId, shape.name.en, shape.name.zh])) return { kind: 'header' }
  return undefined
}

function unknownSheet(sheet: string, shape: FormShape, place: ImportPlace): ImportFault {
  const known = [HEADER_SHEETS.en, ...shape.groups.keys()].join(', ')
  return fault(
    'sheet.unknown',
    `Expected sheets named ${known}, found ${quoted(sheet)}; rename or delete it`,
    `工作表名称应为 ${known}，实际为 ${quoted(sheet)}；请改名或删除`,
    place,
  )
}

interface Building {
  readonly key?: string
  readonly at: ImportPlace
  readonly data: Record<string, Json>
  readonly faults: ImportFault[]
  readonly header: Map<string, ImportPlace>
  readonly rows: Map<string, RowPlace[]>
}
interface RowPlace {
  readonly columns: TableColumns
  readonly row: number
}

class TableReader {
  readonly #tables: readonly { readonly columns: TableColumns; readonly scope: TableScope }[]
  readonly #found = new Map<string, Building>()
  readonly #isKeyed: boolean

  constructor(tables: readonly { readonly columns: TableColumns; readonly scope: TableScope }[]) {
    this.#tables = tables
    this.#isKeyed = tables.some(({ columns }) => columns.keyColumn !== undefined)
  }

  read(): ReadFile {
    const unkeyed = this.#tables.find(({ columns }) => this.#isKeyed && columns.keyColumn === undefined && columns.rows.length > 0)
    if (unkeyed) {
      const text = [
        'Expected the column "declaration" on every sheet, for another sheet has it; add it',
        '各工作表都应有“申报”列（其他工作表已有），请补充',
      ] as const
      return unreadable(fault('sheet.key', ...text, sheetPlace(unkeyed.columns.table)))
    }
    const hasHeader = this.#tables.some(({ scope, columns }) => scope.kind === 'header' && columns.rows.length > 0)
    for (const { columns, scope } of this.#tables)
      for (const row of columns.rows) this.#readRow(columns, row, hasHeader && scope.kind === 'group')
    const found = [...this.#found.values()]
    if (found.length > MOST_DECLARATIONS) return unreadable(tooMany(found.length))
    return {
      declarations: found.map(({ header: _, rows: __, ...declaration }) => declaration),
      faults: [],
      placeOf: (index, item) => placeOfItem(found[index], item),
    }
  }

  #readRow(columns: TableColumns, row: TableRow, mustBeKnown: boolean): void {
    const declaration = this.#declarationOf(columns, row, mustBeKnown)
    if (!declaration) return
    const { table, targets } = columns
    if (row.isHidden) {
      declaration.faults.push(
        fault(
          'sheet.hidden',
          `Expected rows that can be seen, but row ${row.row} is hidden; show or delete it`,
          `第 ${row.row} 行已隐藏；请取消隐藏或删除`,
          rowPlace(table, row.row),
        ),
      )
      return
    }
    for (const { area, column } of row.merged)
      declaration.faults.push(
        fault(
          'sheet.merged',
          `Expected a value in each cell, but ${area} is merged; unmerge it and fill in every cell`,
          `单元格 ${area} 已合并；请取消合并并逐格填写`,
          placeOfCell(table, row.row, column),
        ),
      )
    const made = new Map<string, Record<string, Json>>()
    for (const [column, cell] of row.cells) {
      const target = targets.get(column)
      const place = placeOfCell(table, row.row, column)
      if (!target)
        declaration.faults.push(
          fault(
            'sheet.head',
            'Expected nothing in a column without a head; write the head or clear the cell',
            '该列没有标题；请填写列标题或清空单元格',
            place,
          ),
        )
      else if (target.kind === 'item')
        this.#readCell(declaration, { target, cell, place, made, row: { columns, row: row.row }, is1904: table.is1904 })
    }
  }

  #readCell(
    declaration: Building,
    {
      target,
      cell,
      place,
      made,
      row,
      is1904,
    }: {
      target: ColumnTarget & { kind: 'item' }
      cell: Cell
      place: ImportPlace
      made: Map<string, Record<string, Json>>
      row: RowPlace
      is1904: boolean
    },
  ): void {
    const { item, part, group } = target
    const id = part ? `${item.id}.${part.id}` : item.id
    const values = group === undefined ? declaration.data : rowOf(declaration, group, { made, row })
    const where = { item: id, ...(group === undefined ? {} : { group, row: declaration.rows.get(group)?.length ?? 1 }) }
    const typed = typedCell(part ?? item, cell, is1904)
    if (!('value' in typed)) {
      declaration.faults.push({ rule: typed.rule, ...place, ...where, text: typed.text })
      return
    }
    const earlier = valueAt(values, item.id, part?.id)
    if (earlier === undefined) {
      setValue(values, typed.value, item.id, part?.id)
      if (group === undefined) declaration.header.set(id, place)
    } else if (JSON.stringify(earlier) !== JSON.stringify(typed.value)) {
      const name = (part ?? item).name
      const [found, other] = [quoted(typed.value), quoted(earlier)]
      declaration.faults.push(
        fault(
          'sheet.differs',
          `${name.en}: expected ${other} as in an earlier row of the same declaration, found ${found}; correct it, or tell declarations apart by a column "declaration"`,
          `${name.zh}：应与同一申报前面的行一致（${other}），实际为 ${found}；请更正，或用“申报”列区分多份申报`,
          { ...place, ...where },
        ),
      )
    }
  }

  #declarationOf(columns: TableColumns, row: TableRow, mustBeKnown: boolean): Building | undefined {
    const { keyColumn, table } = columns
    const cell = keyColumn === undefined ? undefined : row.cells.get(keyColumn)
    const key = cell === undefined ? undefined : keyText(cell)
    const place = keyColumn === undefined ? rowPlace(table, row.row) : placeOfCell(table, row.row, keyColumn)
    // A row that names no declaration is one by itself, so that it is told and no other suffers.
    const isLost = this.#isKeyed && key === undefined
    const name = isLost ? `\u0000${table.sheet ?? ''}!${row.row}` : (key ?? '')
    const known = this.#found.get(name)
    if (known) return known
    const made: Building = { ...(key === undefined ? {} : { key }), at: place, data: {}, faults: [], header: new Map(), rows: new Map() }
    this.#found.set(name, made)
    if (isLost) {
      made.faults.push(
        fault(
          'sheet.key',
          'Expected the declaration that the row belongs to, found nothing; fill in the column "declaration"',
          '该行未注明所属申报；请填写“申报”列',
          place,
        ),
      )
      return undefined
    }
    if (mustBeKnown && key !== undefined)
      made.faults.push(
        fault(
          'sheet.key',
          `Expected a declaration of the header sheet, found ${quoted(key)}; add it there or correct the key`,
          `主表中没有申报 ${quoted(key)}；请在主表补充或更正`,
          place,
        ),
      )
    return made
  }
}

function keyText(cell: Cell): string | undefined {
  if (cell.kind === 'text') return cell.text
  if (cell.kind === 'number') return String(cell.number)
  return cell.kind === 'date' ? cell.moment.toISOString().slice(0, 10) : undefined
}

function typedCell(item: ItemShape, cell: Cell, is1904: boolean): Typed {
  if (cell.kind === 'text') return typedText(item, cell.text)
  if (cell.kind === 'number') return typedNumberCell(item, cell.number, cell.format, is1904)
  if (cell.kind === 'boolean') return typedBooleanCell(item, cell.value)
  if (cell.kind === 'date') return typedDateCell(item, cell.moment)
  const { en, zh } = item.name
  if (cell.why === 'no-result') {
    return {
      rule: 'sheet.formula',
      text: {
        en: `${en}: expected a value, but the formula ${quoted(cell.found)} has no result; calculate and save the workbook, or enter the value`,
        zh: `${zh}：公式 ${quoted(cell.found)} 没有计算结果；请重新计算并保存，或直接填写数值`,
      },
    }
  }
  return {
    rule: 'sheet.error',
    text: {
      en: `${en}: expected a value, found the error ${quoted(cell.found)}; mend the formula or enter the value`,
      zh: `${zh}：单元格为错误值 ${quoted(cell.found)}；请修正公式或直接填写`,
    },
  }
}

function rowOf(
  declaration: Building,
  group: string,
  { made, row }: { made: Map<string, Record<string, Json>>; row: RowPlace },
): Record<string, Json> {
  const known = made.get(group)
  if (known) return known
  const values: Record<string, Json> = {}
  made.set(group, values)
  const list = declaration.data[group] as Json[] | undefined
  if (list) list.push(values)
  else declaration.data[group] = [values]
  const places = declaration.rows.get(group)
  if (places) places.push(row)
  else declaration.rows.set(group, [row])
  return values
}

function valueAt(values: Readonly<Record<string, Json>>, item: string, part: string | undefined): Json | undefined {
  const value = values[item]
  return part === undefined || value === undefined ? value : (value as Record<string, Json>)[part]
}

function setValue(values: Record<string, Json>, value: Json, item: string, part: string | undefined): void {
  if (part === undefined) values[item] = value
  else values[item] = { ...((values[item] ?? {}) as Record<string, Json>), [part]: value }
}

function placeOfItem(declaration: Building | undefined, { item, group, line }: ItemPlace): ImportPlace {
  if (!declaration) return {}
  if (group === undefined)
    return declaration.header.get(item) ?? [...declaration.header].find(([id]) => id.split('.')[0] === item)?.[1] ?? declaration.at
  const row = declaration.rows.get(group)?.[(line ?? 1) - 1]
  if (!row) return declaration.at
  const { table, targets } = row.columns
  const [id, part] = item.split('.')
  const column = [...targets].find(
    ([, target]) =>
      target.kind === 'item' && target.group === group && target.item.id === id && (part === undefined || target.part?.id === part),
  )
  return column ? placeOfCell(table, row.row, column[0]) : rowPlace(table, row.row)
}

function rowPlace(table: Table, row: number): ImportPlace {
  return { ...sheetPlace(table), line: row }
}
function sheetPlace(table: Table): ImportPlace {
  return table.sheet === undefined ? {} : { sheet: table.sheet }
}
