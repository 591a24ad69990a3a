import { deflateRawSync } from 'node:zlib'
import ExcelJS from 'exceljs'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import type { Service } from '../../../engine/window/contract.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { openFile } from '../../../engine/window/import/open-file.ts'
import { type FileToRead, readFile } from '../../../engine/window/import/read-file.ts'
import { templateWorkbook } from '../../../engine/window/import/template-workbook.ts'

const forms = await loadForms()

type Fill = (sheet: ExcelJS.Worksheet, workbook: ExcelJS.Workbook) => void

async function workbook(sheets: Readonly<Record<string, Fill>>): Promise<Uint8Array> {
  const made = new ExcelJS.Workbook()
  for (const [name, fill] of Object.entries(sheets)) fill(made.addWorksheet(name), made)
  return new Uint8Array((await made.xlsx.writeBuffer()) as ArrayBuffer)
}
function read(bytes: Uint8Array, formId = 'goods-declaration', options: Partial<FileToRead> = {}) {
  return readFile({ bytes, format: 'xlsx', formId, schema: forms.schema(formId) as JsonObject, ...options })
}
const rows =
  (...values: readonly (readonly ExcelJS.CellValue[])[]): Fill =>
  (sheet) =>
    void sheet.addRows(values as ExcelJS.CellValue[][])

describe('a workbook', () => {
  test('is declarations of one sheet with the rows of their groups on others, by id or by title in either language', async () => {
    const file = await read(
      await workbook({
        申报: rows(['申报', '合同协议号', 'gross_weight'], ['A', '0012', 10], ['B', '7', '12.50']),
        lines: rows(
          ['declaration', '商品编号', 'Declared (traded) quantity', 'goods_attr'],
          ['B', '0101210010', 2, '01;02'],
          ['A', '0202', 1, null],
          ['B', '0303', 3, '11'],
        ),
      }),
    )

    expect(file.faults).toEqual([])
    expect(file.declarations.map(({ key, data, faults }) => [key, data, faults])).toEqual([
      ['A', { contract_no: '0012', gross_weight: 10, lines: [{ hs_code: '0202', qty_declared: 1 }] }, []],
      [
        'B',
        {
          contract_no: '7',
          gross_weight: 12.5,
          lines: [
            { hs_code: '0101210010', qty_declared: 2, goods_attr: ['01', '02'] },
            { hs_code: '0303', qty_declared: 3, goods_attr: ['11'] },
          ],
        },
        [],
      ],
    ])
    expect(file.placeOf(1, { item: 'hs_code', group: 'lines', line: 2 })).toEqual({ sheet: 'lines', line: 4, column: 2, cell: 'B4' })
    expect(file.placeOf(0, { item: 'gross_weight' })).toMatchObject({ sheet: '申报', cell: 'C2' })
  })

  test('of crew and passengers keeps days as days and codes with their zeros', async () => {
    const file = await read(
      await workbook({
        crew: (sheet) => {
          sheet.addRow(['CRW001', 'CRW002', 'CRW008', 'CRW012'])
          sheet.addRow([1, '陈', new Date(Date.UTC(1990, 11, 31)), 123]).getCell(4).numFmt = '00000000'
          sheet.addRow([2, 'Ana', '1988/2/3', 'E00012345'])
          sheet.addRow([3, 'Li', 32_874, '  E1  '])
        },
        passengers: rows(['PAX002'], ['Zhou']),
      }),
      'ship-declaration',
    )

    expect(file.faults).toEqual([])
    expect(file.declarations[0]?.faults).toEqual([])
    expect(file.declarations[0]?.data).toEqual({
      crew: [
        { CRW001: 1, CRW002: '陈', CRW008: '1990-12-31', CRW012: '00000123' },
        { CRW001: 2, CRW002: 'Ana', CRW008: '1988-02-03', CRW012: 'E00012345' },
        { CRW001: 3, CRW002: 'Li', CRW008: '1990-01-01', CRW012: 'E1' },
      ],
      passengers: [{ PAX002: 'Zhou' }],
    })
  })

  test('counts its days from 1904 where it says so', async () => {
    const bytes = await workbook({
      crew: (sheet, made) => {
        made.properties.date1904 = true
        sheet.addRow(['CRW008'])
        sheet.addRow([new Date(Date.UTC(1990, 11, 31))])
        sheet.addRow([31_412])
      },
    })

    expect((await read(bytes, 'ship-declaration')).declarations[0]?.data).toEqual({
      crew: [{ CRW008: '1990-12-31' }, { CRW008: '1990-01-01' }],
    })
  })

  test('gives the results of formulas, and a fault where there is none, or an error', async () => {
    const file = await read(
      await workbook({
        lines: (sheet) => {
          sheet.addRow(['hs_code', 'qty_declared', 'unit_price'])
          sheet.addRow(['0101', { formula: '1+1.5', result: 2.5 }, { formula: 'B2*2' } as ExcelJS.CellFormulaValue])
          sheet.addRow([
            '0202',
            { error: '#N/A' } as ExcelJS.CellErrorValue,
            { formula: 'A1/0', result: { error: '#DIV/0!' } as ExcelJS.CellErrorValue },
          ])
        },
      }),
    )

    expect(file.declarations[0]?.data).toEqual({ lines: [{ hs_code: '0101', qty_declared: 2.5 }, { hs_code: '0202' }] })
    expect(file.declarations[0]?.faults).toMatchObject([
      { rule: 'sheet.formula', item: 'unit_price', group: 'lines', row: 1, cell: 'C2', sheet: 'lines' },
      { rule: 'sheet.error', item: 'qty_declared', row: 2, cell: 'B3' },
      { rule: 'sheet.error', item: 'unit_price', row: 2, cell: 'C3' },
    ])
  })

  test('with merged cells among its data is told so; a merged title above the heads is passed over', async () => {
    const file = await read(
      await workbook({
        lines: (sheet) => {
          sheet.addRow(['Goods of May'])
          sheet.mergeCells('A1:C1')
          sheet.addRow(['hs_code', 'goods_name'])
          sheet.addRow(['0101', '马'])
          sheet.addRow(['0202'])
          sheet.mergeCells('B3:B4')
        },
      }),
    )

    expect(file.declarations[0]?.data).toEqual({ lines: [{ hs_code: '0101', goods_name: '马' }, { hs_code: '0202' }] })
    expect(file.declarations[0]?.faults).toMatchObject([
      { rule: 'sheet.merged', cell: 'B3' },
      { rule: 'sheet.merged', cell: 'B4' },
    ])
  })

  test('hides no row and no sheet of data', async () => {
    const file = await read(
      await workbook({
        lines: (sheet) => {
          sheet.addRows([['hs_code'], ['0101'], ['0202']])
          sheet.getRow(3).hidden = true
        },
        lists: (sheet) => {
          sheet.addRow(['anything'])
          sheet.state = 'veryHidden'
        },
      }),
    )
    const hidden = await read(
      await workbook({
        lines: rows(['hs_code'], ['0101']),
        containers: (sheet) => {
          sheet.addRows([['container_no'], ['CSQU3054383']])
          sheet.state = 'hidden'
        },
      }),
    )

    expect(file.declarations[0]?.faults).toMatchObject([{ rule: 'sheet.hidden', line: 3 }])
    expect(hidden.faults).toMatchObject([{ rule: 'sheet.hidden', sheet: 'containers' }])
  })

  test.each<readonly [string, string, ExcelJS.CellValue]>([
    ['value.digits-lost', 'CRW012', 350_200_199_001_011_200],
    ['value.became-date', 'CRW012', new Date(Date.UTC(2026, 2, 4))],
    ['value.date', 'CRW008', new Date(Date.UTC(2026, 2, 4, 8))],
    ['value.number', 'CRW001', '1,000'],
    ['value.digits', 'CRW001', '1234567890123456'],
    ['value.type', 'CRW002', true],
  ])('says %s of a cell of %s that lost, or never had, what is wanted', async (rule, item, value) => {
    const file = await read(await workbook({ crew: rows([item], [value]) }), 'ship-declaration')

    expect(file.declarations[0]?.faults).toMatchObject([{ rule, item, group: 'crew', row: 1, cell: 'A2' }])
    expect(file.declarations[0]?.faults[0]?.text.zh).toMatch(/[一-鿿]/)
  })

  test('wants the zone of a time written out', async () => {
    const file = await read(await workbook({ declaration: rows(['GEN007'], [new Date(Date.UTC(2026, 2, 4, 8))]) }), 'ship-declaration')

    expect(file.declarations[0]?.faults).toMatchObject([{ rule: 'value.zone', item: 'GEN007' }])
    expect(file.declarations[0]?.faults[0]?.text.en).toContain('2026-03-04T08:00Z')
  })

  test.each<readonly [string, Readonly<Record<string, Fill>>]>([
    ['sheet.unknown', { declaration: rows(['contract_no'], ['1']), nonsense: rows(['a'], ['1']) }],
    ['sheet.head', { lines: rows(['hs_code', 'hs_code'], ['1', '2']) }],
    ['sheet.head', { lines: rows(['nonsense'], ['1']) }],
    ['sheet.key', { declaration: rows(['declaration', 'contract_no'], ['A', '1']), lines: rows(['hs_code'], ['1']) }],
    ['file.empty', { lines: rows(['hs_code']) }],
  ])('is refused as a whole for %s', async (rule, sheets) => {
    expect((await read(await workbook(sheets))).faults).toMatchObject([{ rule }])
  })

  test('tells rows that belong to no declaration, and values in columns without a head', async () => {
    const file = await read(
      await workbook({
        declaration: rows(['declaration', 'contract_no'], ['A', '1']),
        lines: rows(['declaration', 'hs_code', null], ['A', '0101', 'stray'], ['C', '0202', null], [null, '0303', null]),
      }),
    )

    expect(file.declarations.map(({ faults }) => faults.map(({ rule, cell }) => `${rule} ${cell}`))).toEqual([
      ['sheet.head C2'],
      ['sheet.key A3'],
      ['sheet.key A4'],
    ])
  })
})

describe('a file that only says it is a workbook', () => {
  test.each([
    ['text', Buffer.from('PK\u0003\u0004 and nothing more')],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])],
    ['a ZIP of something else', zip('readme.txt', Buffer.from('hello'), 5)],
  ])('%s is refused', async (_name, bytes) => {
    expect((await read(bytes)).faults).toMatchObject([{ rule: 'sheet.workbook' }])
  })

  test('that unpacks to more than it may is refused, whatever size it claims', async () => {
    expect((await read(zip('xl/workbook.xml', Buffer.alloc(129 * 1024 * 1024), 10))).faults).toMatchObject([{ rule: 'file.size' }])
  })
})

test('a workbook is read by a thread of its own, which also knows where things are', async () => {
  const bytes = await workbook({ lines: rows(['hs_code'], ...Array.from({ length: 120 }, (_, index) => [`${index}`.padStart(4, '0')])) })
  const file = await openFile({
    bytes,
    format: 'xlsx',
    formId: 'goods-declaration',
    schema: forms.schema('goods-declaration') as JsonObject,
  })

  expect(file.declarations[0]?.data.lines).toHaveLength(120)
  expect(await file.placesOf(0, [{ item: 'hs_code', group: 'lines', line: 120 }])).toEqual([
    { sheet: 'lines', line: 121, column: 1, cell: 'A121' },
  ])
  await file.close()
})

describe('the template of a form', () => {
  const services = [
    ['goods-declaration', 'goods-export'],
    ['goods-declaration', 'goods-import'],
    ['ship-declaration', 'ship-entry'],
    ['ship-declaration', 'ship-exit'],
    ...forms.formIds().flatMap((formId) => (forms.example(formId) ? [[formId, formId] as const] : [])),
  ] as const

  test.each(services)('%s for %s, filled with its example, is read back as the example and is right', async (formId, service) => {
    for (const language of ['zh', 'en'] as const) {
      const bytes = await templateWorkbook(forms, { id: service, formId } as Service, language)
      const file = await read(bytes as Uint8Array, formId)

      expect(file.faults).toEqual([])
      expect(file.declarations).toMatchObject([{ key: '1', faults: [] }])
      expect(file.declarations[0]?.data).toEqual(forms.example(formId, service))
      expect(forms.validate(formId, file.declarations[0]?.data ?? {}, { service })).toEqual([])
    }
  })

  test.each(forms.formIds().map((formId) => [formId]))('%s has a head for every item, which is understood', async (formId) => {
    for (const language of ['zh', 'en'] as const) {
      const bytes = await templateWorkbook({ ...forms, example: () => undefined }, { id: 'any', formId } as Service, language)
      expect((await read(bytes as Uint8Array, formId)).faults.map(({ rule }) => rule)).toEqual(['file.empty'])
    }
  })
})

/** A ZIP file of one entry that claims to unpack to `claimed` bytes. */
function zip(name: string, content: Buffer, claimed: number): Buffer {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(claimed, 22)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(claimed, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}
