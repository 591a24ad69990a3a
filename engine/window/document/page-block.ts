import type { Alignment, Content, ContentTable, CustomTableLayout, TableCell } from 'pdfmake/interfaces.js'
import type { MarkupElement } from './page-markup.ts'
import { COLOR, SIZE } from './page-style.ts'
import { textRuns } from './page-text.ts'

/** The vocabulary: each element of a page description and what it becomes. */
const BLOCKS: Readonly<Record<string, (element: MarkupElement) => Content>> = {
  intro: (element) => ({ stack: bothTexts(element, SIZE.body), margin: [0, 2, 0, 8] }),
  text: (element) => ({ stack: bothTexts(element, SIZE.body), margin: [0, 2, 0, 6] }),
  note: (element) => ({ stack: bothTexts(element, SIZE.small, COLOR.quiet), margin: [0, 6, 0, 2] }),
  heading,
  fields,
  table,
  sign,
}

export function blockOf(element: MarkupElement): Content {
  const block = Object.hasOwn(BLOCKS, element.name) ? BLOCKS[element.name] : undefined
  if (!block) throw unknown(element, Object.keys(BLOCKS))
  return block(element)
}

function unknown(element: MarkupElement, known: readonly string[]): Error {
  return new Error(`Expected one of <${known.join('>, <')}> in a page description, but found <${element.name}>`)
}

/** Chinese above English; or the element's own text. */
function bothTexts({ attributes: { zh, en }, text }: MarkupElement, fontSize: number, color: string = COLOR.ink): Content[] {
  const stack: Content[] = []
  if (zh) stack.push({ text: textRuns(zh), fontSize, color })
  if (en) stack.push({ text: textRuns(en), fontSize: fontSize - 0.5, color: COLOR.quiet, margin: [0, 1, 0, 0] })
  if (text) stack.push({ text: textRuns(text), fontSize, color, margin: [0, 2, 0, 0] })
  return stack
}

function heading({ attributes: { zh = '', en = '' } }: MarkupElement): Content {
  return {
    text: [
      { text: zh, bold: true, color: COLOR.brand },
      { text: `  ${en}`, fontSize: SIZE.small, color: COLOR.quiet },
    ],
    fontSize: SIZE.heading,
    margin: [0, 10, 0, 4],
    headlineLevel: 1,
  }
}

/** Label over value, two to a row unless a field is wide. */
function fields(element: MarkupElement): Content {
  const body: TableCell[][] = []
  let open: TableCell[] | undefined
  for (const field of element.children) {
    if (field.name !== 'field') throw unknown(field, ['field'])
    if (field.attributes.wide === 'yes') {
      if (open) open.push('')
      open = undefined
      body.push([{ ...fieldCell(field), colSpan: 2 }, ''])
    } else if (open) {
      open.push(fieldCell(field))
      open = undefined
    } else {
      open = [fieldCell(field)]
      body.push(open)
    }
  }
  if (open) open.push('')
  if (body.length === 0) return ''
  return { table: { widths: ['50%', '50%'], body, dontBreakRows: true }, layout: FIELD_LINES, margin: [0, 2, 0, 4] }
}

function fieldCell({ attributes: { zh = '', en = '' }, text }: MarkupElement): { stack: Content[] } {
  return {
    stack: [
      { text: `${zh} ${en}`, fontSize: SIZE.tiny, color: COLOR.quiet },
      { text: textRuns(text), fontSize: SIZE.body, margin: [0, 1, 0, 0] },
    ],
  }
}

const FIELD_LINES: CustomTableLayout = {
  hLineWidth: () => 0.5,
  vLineWidth: () => 0,
  hLineColor: () => COLOR.hairline,
  paddingLeft: (column) => (column === 0 ? 0 : 10),
  paddingRight: () => 0,
  paddingTop: () => 3,
  paddingBottom: () => 4,
}

interface Column {
  readonly zh: string
  readonly en: string
  readonly width: string | number
  readonly alignment: Alignment
}

/** Rows under headings that every page repeats. */
function table(element: MarkupElement): Content {
  const columns = element.children.filter(({ name }) => name === 'column').map(columnOf)
  if (columns.length === 0) throw new Error('Expected a <table> to have at least one <column>, but found none')
  const rows: TableCell[][] = []
  let empty: MarkupElement | undefined
  let totals = 0
  for (const child of element.children) {
    if (child.name === 'row' || child.name === 'total') {
      rows.push(rowCells(child, columns))
      if (child.name === 'total') totals += 1
    } else if (child.name === 'empty') empty = child
    else if (child.name !== 'column') throw unknown(child, ['column', 'row', 'total', 'empty'])
  }
  if (rows.length === totals && empty) rows.unshift(emptyRow(empty, columns.length))
  const made: ContentTable['table'] = {
    headerRows: 1,
    keepWithHeaderRows: rows.length > 0 ? 1 : 0,
    dontBreakRows: true,
    widths: columns.map(({ width }) => width),
    body: [columns.map(headCell), ...rows],
  }
  return { table: made, layout: TABLE_LINES, margin: [0, 2, 0, 6] }
}

function columnOf({ attributes: { zh = '', en = '', width = '*', align } }: MarkupElement): Column {
  const points = Number(width)
  return { zh, en, width: Number.isFinite(points) ? points : width, alignment: align === 'right' || align === 'center' ? align : 'left' }
}

function headCell({ zh, en, alignment }: Column): TableCell {
  return {
    alignment,
    fillColor: COLOR.band,
    stack: [
      { text: zh, fontSize: SIZE.small, bold: true },
      { text: en, fontSize: SIZE.tiny, color: COLOR.quiet },
    ],
  }
}

function rowCells(row: MarkupElement, columns: readonly Column[]): TableCell[] {
  const cells: TableCell[] = []
  for (const cell of row.children) {
    if (cell.name !== 'cell') throw unknown(cell, ['cell'])
    const span = Number(cell.attributes.span ?? 1)
    const alignment = columns[cells.length]?.alignment ?? 'left'
    const text = { text: textRuns(cell.text), fontSize: SIZE.cell, alignment, bold: row.name === 'total' }
    cells.push(span > 1 ? { ...text, colSpan: span, alignment: 'left' } : text)
    for (let more = 1; more < span; more += 1) cells.push('')
  }
  if (cells.length !== columns.length) {
    throw new Error(`Expected a <${row.name}> to fill ${columns.length} columns, but found ${cells.length} cells`)
  }
  return cells
}

function emptyRow({ attributes: { zh = '无', en = 'None' } }: MarkupElement, columns: number): TableCell[] {
  const text: TableCell = { text: `${zh} ${en}`, fontSize: SIZE.cell, color: COLOR.quiet, colSpan: columns, alignment: 'center' }
  return [text, ...Array.from({ length: columns - 1 }, () => '')]
}

const TABLE_LINES: CustomTableLayout = {
  hLineWidth: (line, { table: { body } }) => (line === 0 || line === 1 || line === body.length ? 0.8 : 0.4),
  vLineWidth: () => 0,
  hLineColor: (line, { table: { body } }) => (line === 0 || line === 1 || line === body.length ? COLOR.rule : COLOR.hairline),
  paddingLeft: () => 4,
  paddingRight: () => 4,
  paddingTop: () => 3,
  paddingBottom: () => 3,
}

const SEAL = { width: 150, height: 52 } as const

/** Who issues it, with room for a seal beside it; never torn from one page to the next. */
function sign({ attributes: { zh = '签发机关', en = 'Issued by' }, text }: MarkupElement): Content {
  return {
    unbreakable: true,
    margin: [0, 12, 0, 0],
    columns: [
      {
        width: '*',
        stack: [
          { text: `${zh} ${en}`, fontSize: SIZE.small, color: COLOR.quiet },
          { text: textRuns(text), bold: true, margin: [0, 2, 0, 0] },
        ],
      },
      {
        width: SEAL.width,
        stack: [
          {
            canvas: [
              { type: 'rect', x: 0, y: 0, w: SEAL.width, h: SEAL.height, lineWidth: 0.5, lineColor: COLOR.rule, dash: { length: 3 } },
            ],
          },
          {
            text: '签章 Seal',
            fontSize: SIZE.tiny,
            color: COLOR.quiet,
            alignment: 'center',
            relativePosition: { x: 0, y: -SEAL.height / 2 - 5 },
          },
        ],
      },
    ],
  }
}
