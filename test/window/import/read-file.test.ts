import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { detectFormat } from '../../../engine/window/import/detect-format.ts'
import { type FileToRead, readFile } from '../../../engine/window/import/read-file.ts'
import type { FileFormat } from '../../../engine/window/import/read-result.ts'
import { greenDeclaration } from '../../fixtures/goods-declarations.ts'

const forms = await loadForms()
const schema = forms.schema('goods-declaration') as JsonObject
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function read(content: string | Uint8Array, format: FileFormat, options: Partial<FileToRead> = {}) {
  return readFile({
    bytes: typeof content === 'string' ? bytes(content) : content,
    format,
    formId: 'goods-declaration',
    schema,
    ...options,
  })
}

describe('a JSON file', () => {
  test('holds one declaration or many, bare or with a key', async () => {
    const one = greenDeclaration()
    const file = await read(JSON.stringify([one, { declaration: 'B-2', data: one }]), 'json')

    expect(file.faults).toEqual([])
    expect(file.declarations).toMatchObject([
      { data: one, faults: [] },
      { key: 'B-2', data: one, faults: [] },
    ])
  })

  test('that breaks off is told by line and column, and nothing of it is taken', async () => {
    const file = await read('[\n  {"a": 1},\n  {"a": 1 "b"}\n]', 'json')

    expect(file.declarations).toEqual([])
    expect(file.faults).toMatchObject([{ rule: 'json.syntax', line: 3, column: 11 }])
    expect(file.faults[0]?.text.zh).toMatch(/应为/)
  })

  test('that gives a field twice is refused, for one of the two would be lost', async () => {
    expect((await read('{"a": 1,\n "a": 2}', 'json')).faults).toMatchObject([{ rule: 'json.syntax', line: 2, column: 2 }])
  })

  test.each([['['.repeat(100_000)], ['{"__proto__": 1}'], ['[1,]'], ['"a\nb"'], ['{} {}'], ['01'], ['"\\x"'], ['']])(
    'of %.20s is refused',
    async (text) => {
      expect((await read(text, 'json')).faults).toMatchObject([{ rule: expect.stringMatching(/^(json\.syntax|file\.empty)$/) }])
    },
  )

  test('says where an item stands', async () => {
    const file = await read('[\n{"lines": [\n  {"hs_code": "1"},\n  {"hs_code":\n "2"}]},\n{"data": {"x": 1}}]', 'json')

    expect(file.placeOf(0, { item: 'hs_code', group: 'lines', line: 2 })).toEqual({ line: 5, column: 2, pointer: '/lines/1/hs_code' })
    expect(file.placeOf(0, { item: 'goods_name', group: 'lines', line: 1 })).toMatchObject({ line: 3, column: 3, pointer: '/lines/0' })
    expect(file.placeOf(1, { item: 'x' })).toMatchObject({ line: 6, pointer: '/data/x' })
  })

  test('line by line lets one broken line alone', async () => {
    const file = await read('{"a":1}\n{"a":\n\n{"b":2}\n', 'ndjson')

    expect(file.declarations.map(({ faults }) => faults.length)).toEqual([0, 1, 0])
    expect(file.declarations[1]?.faults).toMatchObject([{ rule: 'json.syntax', line: 2 }])
  })
})

describe('an XML file', () => {
  test('becomes typed data, whatever prefix its namespace has', async () => {
    const file = await read(
      `<?xml version="1.0" encoding="UTF-8"?>
<sw:declaration xmlns:sw="urn:x" form="goods-declaration" key="7">
  <sw:ie_flag>E</sw:ie_flag><gross_weight> 12.50 </gross_weight><marks_numbers><![CDATA[A&B <1>]]> &amp; &#x4e2d;</marks_numbers>
  <freight><mark>1</mark><value>0.5</value></freight>
  <containers><container><container_no>CSQU3054383</container_no><container_lines><value>1</value><value>2</value></container_lines></container></containers>
  <contract_no/>
</sw:declaration>`,
      'xml',
    )

    expect(file.declarations).toMatchObject([{ key: '7', faults: [] }])
    expect(file.declarations[0]?.data).toEqual({
      ie_flag: 'E',
      gross_weight: 12.5,
      marks_numbers: 'A&B <1> & 中',
      freight: { mark: '1', value: 0.5 },
      containers: [{ container_no: 'CSQU3054383', container_lines: [1, 2] }],
    })
  })

  test('of many declarations may be in GB18030, and tells each fault with its place', async () => {
    const text = `<?xml version="1.0" encoding="GB18030"?>\r\n<declarations>
<declaration key="中"><gross_weight>1,5</gross_weight>\r
  <nonsense>1</nonsense><lines><line><qty_declared>x</qty_declared></line><wrong/></lines></declaration>
<declaration><contract_no>&foo;</contract_no><contract_no>2</contract_no></declaration></declarations>`
    const file = await read(iconv.encode(text, 'gb18030'), 'xml')

    expect(file.declarations[0]?.key).toBe('中')
    expect(file.declarations[0]?.faults).toMatchObject([
      { rule: 'value.number', item: 'gross_weight', line: 3, column: 22 },
      { rule: 'xml.element', line: 4, column: 3 },
      { rule: 'value.number', item: 'qty_declared', group: 'lines', row: 1, line: 4 },
      { rule: 'xml.element', line: 4 },
    ])
    expect(file.declarations[1]?.faults).toMatchObject([{ rule: 'xml.entity', line: 5 }])
  })

  test.each([
    ['<!DOCTYPE d [<!ENTITY a "b">]><declaration>&a;</declaration>', 'xml.doctype'],
    [`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'xml.depth'],
    ['<declaration><a></declaration>', 'xml.syntax'],
    ['<other/>', 'xml.root'],
    ['<declarations/>', 'file.empty'],
  ])('%.30s is refused', async (text, rule) => {
    expect((await read(text, 'xml')).faults).toMatchObject([{ rule }])
  })
})

describe('a CSV file', () => {
  const rows = '商品编号,商品名称,quantity nonsense\n'

  test('with a head that is no item is refused with its cell', async () => {
    expect((await read(`${rows}1,2,3\n`, 'csv', { group: 'lines' })).faults).toMatchObject([
      { rule: 'sheet.head', line: 1, column: 3, cell: 'C1' },
    ])
  })

  test.each([
    ['UTF-8 with a mark', (text: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ['GB18030', (text: string) => iconv.encode(text, 'gb18030')],
    ['UTF-16', (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), iconv.encode(text, 'utf-16le')])],
  ])('in %s keeps its Chinese and its zeros, and becomes typed rows', async (_name, encode) => {
    const text = 'hs_code;goods_name;qty_declared;goods_attr\r\n"0101210010";"马\r\n两匹";"2.50";\r\n\r\n0202;牛;3;01；02\r\n'
    const file = await read(encode(text), 'csv', { group: 'lines' })

    expect(file.faults).toEqual([])
    expect(file.declarations[0]?.data).toEqual({
      lines: [
        { hs_code: '0101210010', goods_name: '马\n两匹', qty_declared: 2.5 },
        { hs_code: '0202', goods_name: '牛', qty_declared: 3, goods_attr: ['01', '02'] },
      ],
    })
    expect(file.placeOf(0, { item: 'hs_code', group: 'lines', line: 2 })).toEqual({ line: 5, column: 1, cell: 'A5' })
  })

  test('may hold items of the header and of a group beside each other, and many declarations', async () => {
    const file = await read(
      'declaration,contract_no,lines.hs_code,qty_declared\nA,C1,0101,1\nA,,0202,2\nB,C2,0303,3\nB,C3,0404,x\n,C9,0505,1\n',
      'csv',
    )

    expect(file.declarations.map(({ key, data }) => [key, data])).toEqual([
      [
        'A',
        {
          contract_no: 'C1',
          lines: [
            { hs_code: '0101', qty_declared: 1 },
            { hs_code: '0202', qty_declared: 2 },
          ],
        },
      ],
      ['B', { contract_no: 'C2', lines: [{ hs_code: '0303', qty_declared: 3 }, { hs_code: '0404' }] }],
      [undefined, {}],
    ])
    expect(file.declarations[1]?.faults).toMatchObject([
      { rule: 'sheet.differs', item: 'contract_no', cell: 'B5' },
      { rule: 'value.number', item: 'qty_declared', group: 'lines', row: 2, cell: 'D5' },
    ])
    expect(file.declarations[2]?.faults).toMatchObject([{ rule: 'sheet.key', cell: 'A6' }])
  })

  test('that is no CSV, or no text, is refused', async () => {
    expect((await read('a,"b\nc', 'csv')).faults).toMatchObject([{ rule: 'csv.syntax' }])
    expect((await read(new Uint8Array([0xff, 0xff, 0x80, 0xff]), 'csv')).faults).toMatchObject([{ rule: 'file.encoding' }])
    expect((await read('{"a":"\u00e9"}', 'csv', { charset: 'latin1' })).faults).toMatchObject([{ rule: 'file.encoding' }])
  })
})

test.each([
  ['', '', 'UNB+UNOC:3', 'edifact'],
  ['', '', '\ufeff <declaration/>', 'xml'],
  ['application/octet-stream', 'crew.csv', '{', 'csv'],
  ['application/vnd.ms-excel', 'crew.csv', 'a,b', 'csv'],
  ['text/csv', 'x.xlsx', 'PK\u0003\u0004', 'xlsx'],
  ['application/json; charset=utf-8', '', '[', 'json'],
  ['application/x-ndjson', '', '{', 'ndjson'],
  ['text/plain', '', 'a\tb', 'csv'],
  ['', '', ' [', 'json'],
])('a file of type %j called %j that begins with %j is %s', (contentType, name, text, format) => {
  expect(detectFormat(bytes(text), { contentType, name })).toBe(format)
})
