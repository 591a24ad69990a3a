import type { FormShape, GroupShape, ItemShape } from './form-shape.ts'
import { columnLetters, fault, type ImportFault, quoted } from './import-fault.ts'
import type { Table, TableRow } from './table.ts'

/** What a column of a table holds. */
export type ColumnTarget =
  | { readonly kind: 'key' }
  | { readonly kind: 'item'; readonly item: ItemShape; readonly part?: ItemShape; readonly group?: string }
export interface TableColumns {
  readonly table: Table
  /** By column. */
  readonly targets: ReadonlyMap<number, ColumnTarget>
  /** Rows below the heads. */
  readonly rows: readonly TableRow[]
  readonly keyColumn?: number
}

/** Heads of the column that tells one declaration from another. */
export const KEY_HEADS = { en: 'declaration', zh: '申报' } as const
/** Above the heads may stand a title. */
const ROWS_SEARCHED = 10

/** What a table is about: the header of declarations, one group, or both in one flat table. */
export type TableScope = { readonly kind: 'header' } | { readonly kind: 'group'; readonly group: GroupShape } | { readonly kind: 'flat' }

/** Names that may stand at the head of a column: ids and titles in both languages, each with the columns it could mean. */
export function columnNames(shape: FormShape, scope: TableScope): ReadonlyMap<string, readonly ColumnTarget[]> {
  const names = new Map<string, ColumnTarget[]>()
  const add = (name: string, target: ColumnTarget): void => {
    const known = names.get(normalized(name)) ?? []
    if (!known.some((each) => sameTarget(each, target))) names.set(normalized(name), [...known, target])
  }
  const addItem = (item: ItemShape, group: string | undefined): void => {
    const of = group === undefined ? {} : { group }
    const prefixes = group === undefined || scope.kind === 'group' ? [''] : ['', `${group}.`]
    for (const prefix of prefixes) {
      if (item.type !== 'object')
        for (const name of [item.id, item.name.en, item.name.zh]) add(prefix + name, { kind: 'item', item, ...of })
      for (const part of item.parts.values())
        for (const name of partNames(item, part)) add(prefix + name, { kind: 'item', item, part, ...of })
    }
  }
  if (scope.kind !== 'group') for (const item of shape.items.values()) addItem(item, undefined)
  const groups = scope.kind === 'group' ? [scope.group] : scope.kind === 'flat' ? [...shape.groups.values()] : []
  // A name of the header means the header; a group's item of that name is reached by its group.
  const ofHeader = new Set(names.keys())
  for (const group of groups) {
    for (const item of group.items.values()) addItem(item, group.id)
  }
  for (const name of ofHeader)
    names.set(
      name,
      (names.get(name) ?? []).filter((target) => target.kind === 'item' && target.group === undefined),
    )
  for (const name of Object.values(KEY_HEADS)) names.set(normalized(name), [{ kind: 'key' }])
  return names
}

function partNames(item: ItemShape, part: ItemShape): readonly string[] {
  return [`${item.id}.${part.id}`, partTitle(item, part, 'en'), partTitle(item, part, 'zh')]
}

/** Head of the column of a part of a composite item. */
export function partTitle(item: ItemShape, part: ItemShape, language: 'en' | 'zh'): string {
  return language === 'en' ? `${item.name.en}, ${part.name.en}` : `${item.name.zh}（${part.name.zh}）`
}

function sameTarget(one: ColumnTarget, other: ColumnTarget): boolean {
  if (one.kind === 'key' || other.kind === 'key') return one.kind === other.kind
  return one.item === other.item && one.part === other.part && one.group === other.group
}

/** Finds the row of heads and what each column holds. */
export function matchColumns(
  table: Table,
  names: ReadonlyMap<string, readonly ColumnTarget[]>,
): TableColumns | { readonly faults: readonly ImportFault[] } {
  const head = headRow(table, names)
  if (!head) return { faults: [] }
  const targets = new Map<number, ColumnTarget>()
  const faults: ImportFault[] = []
  const taken: ColumnTarget[] = []
  for (const [column, cell] of head.cells) {
    const name = cell.kind === 'text' ? cell.text : cell.kind === 'number' ? String(cell.number) : ''
    const place = placeOfCell(table, head.row, column)
    const found = names.get(normalized(name)) ?? []
    const [target] = found
    if (!target) {
      const text = `Expected the id or a title of an item at the head of the column, found ${quoted(name)}; correct it or remove the column`
      faults.push(fault('sheet.head', text, `列标题应为数据项的编号或名称，实际为 ${quoted(name)}；请更正或删除该列`, place))
    } else if (found.length > 1) {
      const ids = found.map((each) => (each.kind === 'item' ? [each.group, each.item.id].filter(Boolean).join('.') : '')).join(', ')
      faults.push(
        fault(
          'sheet.head',
          `Expected a head that means one item, but ${quoted(name)} means ${ids}; write one of these`,
          `列标题 ${quoted(name)} 对应多个数据项（${ids}），请改写为其中之一`,
          place,
        ),
      )
    } else if (taken.some((each) => sameTarget(each, target))) {
      faults.push(
        fault(
          'sheet.head',
          `Expected each item in one column, found ${quoted(name)} again; remove one of the columns`,
          `每个数据项只能占一列，${quoted(name)} 重复，请删除一列`,
          place,
        ),
      )
    } else {
      targets.set(column, target)
      taken.push(target)
    }
  }
  if (faults.length > 0) return { faults }
  const keyColumn = [...targets].find(([, target]) => target.kind === 'key')?.[0]
  return { table, targets, rows: table.rows.filter(({ row }) => row > head.row), ...(keyColumn === undefined ? {} : { keyColumn }) }
}

/** The first of the first rows of which at least half is known; else the very first. */
function headRow(table: Table, names: ReadonlyMap<string, readonly ColumnTarget[]>): TableRow | undefined {
  const known = (row: TableRow): number =>
    [...row.cells.values()].filter((cell) => cell.kind === 'text' && names.has(normalized(cell.text))).length
  return table.rows.slice(0, ROWS_SEARCHED).find((row) => known(row) * 2 >= row.cells.size) ?? table.rows[0]
}

export function placeOfCell(table: Table, row: number, column: number) {
  const sheet = table.sheet === undefined ? {} : { sheet: table.sheet }
  return { ...sheet, line: row, column, cell: `${columnLetters(column)}${row}` }
}

/** Names are compared without case, blanks and the kinds of brackets. */
export function normalized(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, '').replace(/\*$/, '')
}
