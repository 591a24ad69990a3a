import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { greenDeclaration } from '../fixtures/goods-declarations.ts'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const PATH = '/window/v1/services/permit/imports'
let keys = 0
function headers(type: string, more: Readonly<Record<string, string>> = {}) {
  keys += 1
  return { 'content-type': type, 'idempotency-key': `key-${keys}`, 'accept-language': 'en', ...more }
}
const declaring = `${PATH}?mode=declare&operator=OP-FZ`
const right = JSON.stringify(greenDeclaration())

describe('a file', () => {
  test('is declared, and answered with what became of each declaration', async () => {
    const asked = { body: `[${right},{"gross_weight":"heavy"}]`, headers: headers('application/json') }
    const answer = await server.ask('fuzhou', `POST ${declaring}`, asked)
    const again = await server.ask('fuzhou', `POST ${declaring}`, asked)
    const { import: view, declarations } = answer.body

    expect(answer.status).toBe(200)
    expect(answer.headers.location).toBe(`/window/v1/imports/${view.importId}`)
    expect(view).toMatchObject({
      state: 'done',
      mode: 'declare',
      format: 'json',
      total: 2,
      counts: { declared: 1, right: 0, faulty: 1, left: 0 },
    })
    expect(declarations.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['declared', 'faulty'])
    expect(declarations[1].faults).toContainEqual(
      expect.objectContaining({ rule: 'schema.type', item: 'gross_weight', line: 1, text: expect.stringContaining('expected a number') }),
    )
    expect(again.body).toEqual(answer.body)
    expect((await server.ask('fuzhou', `GET /window/v1/declarations/${declarations[0].receiptNo}`)).status).toBe(200)
  })

  test.each([
    ['application/xml', '<declaration><contract_no>1</contract_no></declaration>', 'xml'],
    ['text/csv', 'contract_no\n1\n', 'csv'],
    ['application/octet-stream', '{"contract_no":"1"}', 'json'],
    ['application/x-ndjson', '{"contract_no":"1"}\n', 'ndjson'],
  ])('of type %s is read as what it is', async (type, body, format) => {
    const answer = await server.ask('fuzhou', `POST ${PATH}`, { body, headers: headers(type) })

    expect(answer.body).toMatchObject({
      import: { mode: 'check', format, operator: null },
      declarations: [{ data: { contract_no: '1' }, receiptNo: null }],
    })
  })

  test('may come in a form, as a workbook, with its wishes beside it', async () => {
    const book = new ExcelJS.Workbook()
    book.addWorksheet('lines').addRows([['hs_code'], ['12']])
    const form = new FormData()
    form.append('mode', 'check')
    form.append('file', new Blob([new Uint8Array((await book.xlsx.writeBuffer()) as ArrayBuffer)]), '货物.xlsx')
    const encoded = new Response(form)
    const answer = await server.api.inject({
      method: 'POST',
      url: PATH,
      headers: { authorization: `Bearer ${server.key('fuzhou')}`, ...headers(encoded.headers.get('content-type') ?? '') },
      payload: Buffer.from(await encoded.arrayBuffer()),
    })

    expect(answer.json()).toMatchObject({ import: { format: 'xlsx', fileName: '货物.xlsx', state: 'done' } })
    expect(answer.json().declarations[0].faults).toContainEqual(
      expect.objectContaining({ item: 'hs_code', sheet: 'lines', cell: 'A2', row: 1 }),
    )
  })

  test('that is large, or need not be waited for, is answered with where to ask', async () => {
    const answer = await server.ask('fuzhou', `POST ${declaring}`, {
      body: right,
      headers: headers('application/json', { prefer: 'respond-async' }),
    })
    const { importId } = answer.body
    await server.window.imports.wait(importId, Number.POSITIVE_INFINITY)

    expect(answer.status).toBe(202)
    expect((await server.ask('fuzhou', `GET ${answer.headers.location}`)).body).toMatchObject({ state: 'done', counts: { declared: 1 } })
    expect((await server.ask('fuzhou', `GET /window/v1/imports/${importId}/declarations?outcome=declared`)).body).toMatchObject({
      items: [{ number: 1 }],
      page: { total: 1 },
    })
    expect((await server.ask('fuzhou', 'GET /window/v1/imports')).body.items[0]).toMatchObject({ importId })
    expect((await server.ask('fuzhou', `POST /window/v1/imports/${importId}/cancellation`)).body).toMatchObject({ state: 'done' })
  })

  test('of another enterprise is not there', async () => {
    const { body } = await server.ask('fuzhou', `POST ${PATH}`, { body: '{}', headers: headers('application/json') })
    const { importId } = body.import

    for (const path of ['', '/declarations'])
      expect((await server.ask('xiamen', `GET /window/v1/imports/${importId}${path}`)).status).toBe(404)
    expect((await server.ask('xiamen', `POST /window/v1/imports/${importId}/cancellation`)).status).toBe(404)
    expect((await server.ask('xiamen', 'GET /window/v1/imports')).body.page.total).toBe(0)
    expect((await server.ask('lin', `GET /window/v1/imports/${importId}`)).status).toBe(403)
  })

  test('without what is needed is refused, in both languages', async () => {
    const ask = async (path: string, body: string, language: string) =>
      (await server.ask('fuzhou', `POST ${path}`, { body, headers: { ...headers('application/json'), 'accept-language': language } })).body

    expect((await ask(`${PATH}?mode=declare`, '{}', 'en')).detail).toContain('Expected operator to be one of')
    expect((await ask(PATH, '', 'zh')).detail).toMatch(/请求体应为文件/)
    expect((await ask(`${PATH}?group=nonsense`, '{}', 'zh')).detail).toMatch(/没有分组 nonsense/)
    expect((await ask('/window/v1/services/none/imports', '{}', 'zh')).code).toBe('NOT_FOUND')
    expect((await server.ask('fuzhou', `POST ${PATH}`, { body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(400)
  })

  test('of more than 20 MB is refused', async () => {
    const answer = await server.ask('fuzhou', `POST ${PATH}`, { body: ' '.repeat(21 * 1024 * 1024), headers: headers('text/csv') })

    expect(answer).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } })
  })
})

test('pasted rows become rows of the form', async () => {
  const answer = await server.ask('fuzhou', 'POST /window/v1/services/permit/rows/lines?columns=hs_code,qty_declared', {
    body: '6109100021\t12\n61\tx\n',
    headers: { 'content-type': 'text/tab-separated-values', 'accept-language': 'en' },
  })

  expect(answer.status).toBe(200)
  expect(answer.body.rows).toEqual([{ hs_code: '6109100021', qty_declared: 12 }, { hs_code: '61' }])
  expect(answer.body.faults).toContainEqual(
    expect.objectContaining({ rule: 'value.number', item: 'qty_declared', row: 2, cell: 'B2', line: 2 }),
  )
  const wrong = await server.ask('fuzhou', 'POST /window/v1/services/permit/rows/lines', {
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect(wrong.status).toBe(415)
})

test('the template is a workbook in the language that is asked for', async () => {
  for (const [lang, name] of [
    ['zh', '申报'],
    ['en', 'declaration'],
  ]) {
    const answer = await server.api.inject({
      url: `/window/v1/services/permit/import-template.xlsx?lang=${lang}`,
      headers: { authorization: `Bearer ${server.key('fuzhou')}` },
    })
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(
      answer.rawPayload.buffer.slice(answer.rawPayload.byteOffset, answer.rawPayload.byteOffset + answer.rawPayload.length) as ArrayBuffer,
    )

    expect(answer.headers['content-disposition']).toContain('permit.xlsx')
    expect(book.worksheets[0]?.name).toBe(name)
  }
})
