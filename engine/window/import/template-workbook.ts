import ExcelJS from 'exceljs'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Codelist, Forms, Service } from '../contract.ts'
import { type FormShape, type ItemShape, toFormShape } from './form-shape.ts'
import { KEY_HEADS, normalized, partTitle } from './match-columns.ts'
import { HEADER_SHEETS, sheetName } from './read-tables.ts'

type Language = 'en' | 'zh'
/** Lists of this size are in the workbook; longer ones are looked up. */
const LISTED_CODES = 300
const HINTED_CODES = 12
const WORDS = {
  en: {
    codes: 'codes',
    item: 'Item',
    code: 'Code',
    name: 'Name',
    required: 'required',
    optional: 'optional',
    list: 'Code list',
    several: 'Several values: separate them with ;',
    key: 'Tells one declaration from another; the same on every sheet',
  },
  zh: {
    codes: '代码',
    item: '数据项',
    code: '代码',
    name: '名称',
    required: '必填',
    optional: '选填',
    list: '代码表',
    several: '多个值以；分隔',
    key: '区分多份申报；各工作表一致',
  },
} as const

interface Column {
  readonly head: string
  readonly item: ItemShape
  readonly part?: ItemShape
  readonly isRequired: boolean
}

/** A workbook to be filled in: a sheet of header items and one for each group, with the form's example below the heads where it has one. */
export async function templateWorkbook(forms: Forms, service: Service, language: Language): Promise<Uint8Array | undefined> {
  const schema = forms.schema(service.formId)
  if (!schema) return undefined
  const shape = toFormShape(service.formId, schema)
  const example = forms.example(service.formId, service.id)
  const workbook = new ExcelJS.Workbook()
  const context = { forms, language, service: service.id }
  const header = columnsOf(shape.items, requiredOf(schema, shape.items, service.id), language)
  addSheet(workbook, HEADER_SHEETS[language], header, example ? [example] : [], context)
  for (const group of shape.groups.values()) {
    const rowSchema = ((schema.properties as JsonObject)[group.id] as JsonObject).items as JsonObject
    const columns = columnsOf(group.items, requiredOf(rowSchema, group.items, service.id), language)
    addSheet(workbook, groupSheet(shape, group.id, language), columns, (example?.[group.id] ?? []) as readonly JsonObject[], context)
  }
  addCodes(workbook, [...header, ...[...shape.groups.values()].flatMap((group) => columnsOf(group.items, new Set(), language))], context)
  return new Uint8Array((await workbook.xlsx.writeBuffer()) as ArrayBuffer)
}

/** The group's title, unless another group's sheet would be called alike. */
function groupSheet(shape: FormShape, id: string, language: Language): string {
  const nameOf = (group: string) => sheetName(shape.groups.get(group)?.name[language] ?? group)
  const isAlone = [...shape.groups.keys()].every((other) => other === id || normalized(nameOf(other)) !== normalized(nameOf(id)))
  return isAlone && normalized(nameOf(id)) !== normalized(HEADER_SHEETS[language]) ? nameOf(id) : sheetName(id)
}

function requiredOf(schema: JsonObject, items: ReadonlyMap<string, ItemShape>, service: string): ReadonlySet<string> {
  const always = (schema.required ?? []) as readonly string[]
  const here = [...items.values()].filter((item) => ((item.schema['x-required-for'] ?? []) as readonly string[]).includes(service))
  return new Set([...always, ...here.map(({ id }) => id)])
}

function columnsOf(items: ReadonlyMap<string, ItemShape>, required: ReadonlySet<string>, language: Language): readonly Column[] {
  const columns = [...items.values()].flatMap((item): readonly Column[] => {
    const isRequired = required.has(item.id)
    if (item.type !== 'object') return [{ head: item.name[language], item, isRequired }]
    const ofItem = (item.schema.required ?? []) as readonly string[]
    return [...item.parts.values()].map((part) => ({
      head: partTitle(item, part, language),
      item,
      part,
      isRequired: isRequired && ofItem.includes(part.id),
    }))
  })
  // Titles that two items share would not say which is meant, in either language.
  const taken = new Map<string, number>()
  for (const { item, part } of columns)
    for (const name of new Set((['en', 'zh'] as const).map((each) => normalized(part ? partTitle(item, part, each) : item.name[each]))))
      taken.set(name, (taken.get(name) ?? 0) + 1)
  const keys: readonly string[] = Object.values(KEY_HEADS).map(normalized)
  return columns.map((column) => {
    const name = normalized(column.head)
    return (taken.get(name) ?? 0) > 1 || keys.includes(name) ? { ...column, head: idOf(column) } : column
  })
}

function idOf({ item, part }: Column): string {
  return part ? `${item.id}.${part.id}` : item.id
}

interface Context {
  readonly forms: Forms
  readonly language: Language
}

function addSheet(
  workbook: ExcelJS.Workbook,
  name: string,
  columns: readonly Column[],
  rows: readonly JsonObject[],
  context: Context,
): void {
  const { language } = context
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.getRow(1).values = [KEY_HEADS[language], ...columns.map(({ head }) => head)]
  sheet.getRow(1).font = { bold: true }
  sheet.getCell(1, 1).note = WORDS[language].key
  // Text, so that codes keep their zeros and days are not turned into dates.
  for (let column = 1; column <= columns.length + 1; column++) sheet.getColumn(column).numFmt = '@'
  for (const [index, column] of columns.entries()) {
    const cell = sheet.getCell(1, index + 2)
    cell.note = hint(column, context)
    sheet.getColumn(index + 2).width = Math.min(40, Math.max(12, column.head.length * 2))
    if (isNumber(column)) sheet.getColumn(index + 2).numFmt = 'General'
  }
  for (const [index, row] of rows.entries()) {
    const cells = [1, ...columns.map((column) => shownValue(column, row))]
    for (const [column, value] of cells.entries())
      if (value !== undefined) sheet.getCell(index + 2, column + 1).value = column === 0 ? '1' : value
  }
}

function isNumber({ item, part }: Column): boolean {
  const { type } = part ?? item
  return type === 'number' || type === 'integer'
}

function shownValue({ item, part }: Column, row: JsonObject): string | number | boolean | undefined {
  const whole = row[item.id]
  const value: Json | undefined = part ? ((whole ?? {}) as JsonObject)[part.id] : whole
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.join('; ')
  return typeof value === 'object' ? undefined : (value as string | number | boolean)
}

function hint(column: Column, { forms, language }: Context): string {
  const words = WORDS[language]
  const { item, part, isRequired } = column
  const schema = listSchema(part ?? item)
  const expected = schema['x-expected'] as { en: string; zh: string } | undefined
  const list = codelistOf(schema, forms)
  const codes = list?.codes().slice(0, HINTED_CODES) ?? []
  return [
    `${idOf(column)} (${isRequired ? words.required : words.optional})`,
    expected?.[language] ?? (typeof schema.format === 'string' ? schema.format : undefined),
    (part ?? item).type === 'array' ? words.several : undefined,
    list && `${words.list}: ${list.name[language]} (${list.id})`,
    ...codes.map((code) => `${code} ${list?.find(code)?.name[language] ?? ''}`),
    list && list.size > codes.length ? '…' : undefined,
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

function addCodes(workbook: ExcelJS.Workbook, columns: readonly Column[], { forms, language }: Context): void {
  const words = WORDS[language]
  const sheet = workbook.addWorksheet(words.codes)
  sheet.addRow([words.list, words.item, words.code, words.name]).font = { bold: true }
  for (let column = 1; column <= 4; column++) sheet.getColumn(column).numFmt = '@'
  const lists = new Map<string, { readonly list: Codelist; readonly heads: string[] }>()
  for (const column of columns) {
    const list = codelistOf(listSchema(column.part ?? column.item), forms)
    if (!list || list.size > LISTED_CODES) continue
    const known = lists.get(list.id)
    if (known) known.heads.push(column.head)
    else lists.set(list.id, { list, heads: [column.head] })
  }
  for (const { list, heads } of lists.values())
    for (const code of list.codes()) sheet.addRow([list.name[language], heads.join(', '), code, list.find(code)?.name[language] ?? ''])
}

function listSchema(item: ItemShape): JsonObject {
  return item.each?.schema ?? item.schema
}
function codelistOf(schema: JsonObject, forms: Forms): Codelist | undefined {
  const id = schema['x-codelist']
  return typeof id === 'string' ? forms.codelist(id) : undefined
}
