import ExcelJS from 'exceljs'
import { afterEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../../engine/runtime/index.ts'
import type { ImportRequest, Imports } from '../../../engine/window/import/index.ts'
import { EXPORTER_USCC, goodsLine, greenDeclaration, OTHER_EXPORTER_USCC } from '../../fixtures/goods-declarations.ts'
import { crashingStore } from '../../helpers/crashing-store.ts'
import { sample } from '../edifact/samples.ts'
import { DECLARANT, type Office, openOffice, PERMIT } from '../fixtures/office.ts'

const offices: Office[] = []
afterEach(async () => {
  for (const office of offices.splice(0)) await office.close()
})

async function open(): Promise<Office> {
  const office = await openOffice()
  offices.push(office)
  return office
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function request(file: Uint8Array | string, changes: Partial<ImportRequest> = {}): ImportRequest {
  return {
    service: 'permit',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    mode: 'declare',
    format: 'json',
    idempotencyKey: 'import-1',
    actor: DECLARANT,
    ...changes,
    bytes: typeof file === 'string' ? bytes(file) : file,
  }
}
async function bring(imports: Imports, wanted: ImportRequest) {
  const { importId, replayed } = await imports.start(wanted)
  await imports.wait(importId, Number.POSITIVE_INFINITY)
  const { items } = await imports.rows(importId, { from: 0, limit: 1_000 })
  return { importId, replayed, progress: await imports.find(importId), rows: items }
}
async function firstDeclared(imports: Imports, importId: string): Promise<void> {
  for (;;) {
    const progress = await imports.find(importId)
    if (progress?.endedAt !== null) throw new Error(`Expected import ${importId} to go on, but it is ${progress?.state}`)
    if (progress.counts.declared > 0) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const declared = async (office: Office) => (await office.window.list({ enterprise: EXPORTER_USCC, from: 0, limit: 1 })).total

const LINES = 50
/** A right declaration of fifty lines. */
function largeDeclaration() {
  const lines = Array.from({ length: LINES }, (_, index) =>
    goodsLine(index + 1, {
      ...greenDeclaration().lines[0],
      line_no: index + 1,
      qty_declared: 10,
      qty_statutory1: 10,
      unit_price: 2,
      total_price: 20,
    }),
  )
  const [first, second] = greenDeclaration().containers
  return greenDeclaration({
    lines,
    containers: [
      { ...first, container_lines: lines.map((_, index) => index + 1) },
      { ...second, container_lines: [1] },
    ],
  })
}

describe('a file of several declarations', () => {
  test('declares those that are right, and tells of the others what is wrong and where', async () => {
    const office = await open()
    const text = JSON.stringify(
      [greenDeclaration(), greenDeclaration({ gross_weight: 'heavy' }), greenDeclaration({ trading_country: 'XX' })],
      null,
      1,
    )
    const { progress, rows } = await bring(office.window.imports, request(text))

    expect(progress).toMatchObject({ state: 'done', total: 3, counts: { declared: 1, right: 0, faulty: 2 }, faults: [] })
    expect(rows.map(({ outcome, faults }) => [outcome, faults.map(({ rule, item }) => `${rule} ${item}`)])).toEqual([
      ['declared', []],
      ['faulty', ['schema.type gross_weight']],
      ['faulty', ['schema.codelist trading_country']],
    ])
    const place = text.split('\n').findIndex((line) => line.includes('"heavy"')) + 1
    expect(rows[1]?.faults[0]).toMatchObject({ line: place, pointer: '/gross_weight' })
    expect(await declared(office)).toBe(1)
    expect((await office.window.declarationData(rows[0]?.receiptNo ?? ''))?.data).toEqual(greenDeclaration())
  })

  test('is checked without declaring anything, and gives what was read', async () => {
    const office = await open()
    const { operator: _, ...checked } = request(JSON.stringify([greenDeclaration(), {}]), { mode: 'check' })
    const { progress, rows } = await bring(office.window.imports, checked)

    expect(progress?.counts).toEqual({ declared: 0, right: 1, faulty: 1 })
    expect(rows[0]?.data).toEqual(greenDeclaration())
    expect(rows[1]?.faults.map(({ rule }) => rule)).toContain('schema.required')
    expect(await declared(office)).toBe(0)
  })

  test('that breaks off declares nothing at all', async () => {
    const office = await open()
    const { progress } = await bring(office.window.imports, request(`[${JSON.stringify(greenDeclaration())},`))

    expect(progress).toMatchObject({ state: 'refused', counts: { declared: 0 }, faults: [{ rule: 'json.syntax', line: 1 }] })
    expect(await declared(office)).toBe(0)
  })

  test('of one workbook: goods of two declarations, one of them with a code that is none', async () => {
    const office = await open()
    const { lines, containers, documents, ...header } = greenDeclaration()
    const book = new ExcelJS.Workbook()
    const groups = { declaration: [header], lines, containers, documents }
    for (const [name, rows] of Object.entries(groups)) {
      const sheet = book.addWorksheet(name)
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
      sheet.addRow(['declaration', ...columns])
      for (const key of ['A', 'B'])
        for (const row of rows)
          sheet.addRow([
            key,
            ...columns.map((column) =>
              cellOf((row as Record<string, unknown>)[column], key === 'B' && column === 'trading_country' ? 'XX' : undefined),
            ),
          ])
    }
    const file = new Uint8Array((await book.xlsx.writeBuffer()) as ArrayBuffer)
    const { progress, rows } = await bring(office.window.imports, request(file, { format: 'xlsx' }))

    expect(progress?.faults).toEqual([])
    expect(rows).toMatchObject([
      { key: 'A', outcome: 'declared', faults: [] },
      { key: 'B', outcome: 'faulty', faults: [{ rule: 'schema.codelist', item: 'trading_country', sheet: 'declaration', line: 3 }] },
    ])
    expect((await office.window.declarationData(rows[0]?.receiptNo ?? ''))?.data).toEqual(greenDeclaration())
  })
})

describe('an import of ten thousand lines', () => {
  const large = JSON.stringify(largeDeclaration())
  const faulty = JSON.stringify({ ...largeDeclaration(), trading_country: 'XX' })
  const batch = (count: number) => Array.from({ length: count }, (_, index) => (index % 10 === 9 ? faulty : large)).join('\n')

  test('shows progress while it goes on, and settles each declaration by itself', async () => {
    const office = await open()
    const { imports } = office.window
    const { importId } = await imports.start(request(batch(200), { format: 'ndjson' }))
    const seen = new Set<number>()
    for (;;) {
      const progress = await imports.find(importId)
      if (progress?.endedAt !== null) break
      seen.add(progress.counts.declared + progress.counts.faulty)
      await new Promise((resolve) => setImmediate(resolve))
    }

    expect(await imports.find(importId)).toMatchObject({ state: 'done', total: 200, counts: { declared: 180, faulty: 20 } })
    expect([...seen].filter((count) => count > 0 && count < 200).length).toBeGreaterThan(5)
    expect(await declared(office)).toBe(180)
    expect((await imports.rows(importId, { outcome: 'faulty', from: 0, limit: 1 })).items).toMatchObject([
      { number: 10, faults: [{ line: 10 }] },
    ])
  }, 240_000)

  test('stops when it is cancelled: what was declared stays, nothing follows', async () => {
    const office = await open()
    const { imports } = office.window
    const { importId } = await imports.start(request(batch(100), { format: 'ndjson' }))
    await firstDeclared(imports, importId)
    await imports.cancel(importId)
    const progress = await imports.find(importId)

    expect(progress).toMatchObject({ state: 'cancelled', total: 100 })
    expect(progress?.counts.declared).toBeLessThan(100)
    expect(await declared(office)).toBe(progress?.counts.declared)
  }, 120_000)

  test('goes on after the window was closed in the middle, and declares nothing twice', async () => {
    const office = await open()
    const { importId } = await office.window.imports.start(request(batch(60), { format: 'ndjson' }))
    await firstDeclared(office.window.imports, importId)
    await office.restart()
    const before = (await office.window.imports.find(importId))?.counts.declared ?? 0
    await office.window.imports.wait(importId, Number.POSITIVE_INFINITY)

    expect(before).toBeLessThan(54)
    expect(await office.window.imports.find(importId)).toMatchObject({ state: 'done', counts: { declared: 54, faulty: 6 } })
    expect(await declared(office)).toBe(54)
  }, 120_000)
})

describe('a node that dies while it imports', () => {
  const file = JSON.stringify(Array.from({ length: 4 }, () => greenDeclaration()))

  /** Imports on a node that dies at its `at`-th write after it was opened; resolves with whether it did. */
  async function importOn(office: Office, at: number, moment: 'before' | 'after'): Promise<boolean> {
    const node = crashingStore(office.harness.temp.store, Number.POSITIVE_INFINITY, moment)
    // Not one of the office's engines: those are closed at the end, and what is dead answers nobody.
    const engine = await openEngine({ store: node.store, clock: office.harness.clock, zone: 'Asia/Shanghai', log: () => undefined })
    const { imports } = await office.openOn(engine)
    node.dieIn(at)
    const finished = imports.start(request(file)).then(({ importId }) => imports.wait(importId, Number.POSITIVE_INFINITY))
    await Promise.race([node.died, finished])
    return node.isDead
  }

  test.each([1, 2, 3, 5, 8, 12, 17, 24].flatMap((at) => [[at, 'before'] as const, [at, 'after'] as const]))(
    'at write %i, %s it reaches the disk, leaves nothing half done once the file is sent again',
    async (at, moment) => {
      const office = await open()
      expect(await importOn(office, at, moment)).toBe(true)
      await office.restart()
      const { progress, rows } = await bring(office.window.imports, request(file))

      expect(progress).toMatchObject({ state: 'done', total: 4, counts: { declared: 4, faulty: 0 } })
      expect(new Set(rows.map(({ receiptNo }) => receiptNo)).size).toBe(4)
      expect(await declared(office)).toBe(4)
    },
    60_000,
  )
})

describe('what has the form’s shape but lacks something', () => {
  const file = JSON.stringify([
    { ...greenDeclaration(), trading_country: 'XX' },
    { ...greenDeclaration(), gross_weight: 'heavy' },
  ])

  test('is declared where that was asked for, with what is wrong; what has not is not', async () => {
    const office = await open()
    const { rows } = await bring(office.window.imports, request(file, { takesIncomplete: true }))

    expect(rows.map(({ outcome, faults }) => [outcome, faults.map(({ item }) => item)])).toEqual([
      ['declared', ['trading_country']],
      ['faulty', ['gross_weight']],
    ])
    expect((await office.window.status(rows[0]?.receiptNo ?? ''))?.errors).toMatchObject([{ item: 'trading_country' }])
  })
})

describe('the same import again', () => {
  test('is the same, and declares nothing more', async () => {
    const office = await open()
    const first = await bring(office.window.imports, request(JSON.stringify(greenDeclaration())))
    const again = await bring(office.window.imports, request(JSON.stringify(greenDeclaration())))

    expect(again).toEqual({ ...first, replayed: true })
    expect(await declared(office)).toBe(1)
  })

  test('with another file is refused; two at the same moment are one', async () => {
    const office = await open()
    const { imports } = office.window
    const text = JSON.stringify(greenDeclaration())
    const [one, other] = await Promise.all([imports.start(request(text)), imports.start(request(text))])

    expect(one?.importId).toBe(other?.importId)
    await expect(imports.start(request('[]'))).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    await imports.wait(one?.importId ?? '', Number.POSITIVE_INFINITY)
    expect(await declared(office)).toBe(1)
  })
})

test('an enterprise sees its own imports only, and has at most five under way', async () => {
  const office = await open()
  const { imports } = office.window
  const slow = `[${' '.repeat(300_000)}${JSON.stringify(greenDeclaration())}]`
  for (let each = 0; each < 5; each++) await imports.start(request(slow, { idempotencyKey: `k${each}`, mode: 'check' }))

  await expect(imports.start(request('{}', { idempotencyKey: 'k5' }))).rejects.toMatchObject({ code: 'INVALID_STATE' })
  expect((await imports.list({ enterprise: EXPORTER_USCC, from: 0, limit: 10 })).total).toBe(5)
  expect((await imports.list({ enterprise: OTHER_EXPORTER_USCC, from: 0, limit: 10 })).items).toEqual([])
})

test('what was only checked is forgotten after a day; what was declared is not', async () => {
  const office = await open()
  const { imports } = office.window
  await bring(imports, request('{}', { mode: 'check' }))
  await bring(imports, request(JSON.stringify(greenDeclaration()), { idempotencyKey: 'kept' }))
  office.harness.clock.advance(25 * 3_600_000)
  await bring(imports, request('{}', { mode: 'check', idempotencyKey: 'next' }))

  expect((await imports.list({ enterprise: EXPORTER_USCC, from: 0, limit: 10 })).items.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
    ['next', 'kept'],
  )
})

test('rows of one group are read for a page, with what is wrong in each', async () => {
  const office = await open()
  const pasted = '商品编号\t商品名称\n6109100021\t棉制T恤\n61\t\n'
  const { rows, faults } = await office.window.imports.readRows('permit', 'lines', { bytes: bytes(pasted), format: 'csv' })
  const bare = await office.window.imports.readRows('permit', 'containers', {
    bytes: bytes('CSQU3054383\t42G1'),
    format: 'csv',
    columns: ['container_no', 'container_spec'],
  })

  expect(rows).toEqual([{ hs_code: '6109100021', goods_name: '棉制T恤' }, { hs_code: '61' }])
  expect(faults).toContainEqual(expect.objectContaining({ item: 'hs_code', group: 'lines', row: 2, cell: 'A3' }))
  expect(faults.every(({ group }) => group === 'lines')).toBe(true)
  expect(bare.rows).toEqual([{ container_no: 'CSQU3054383', container_spec: '42G1' }])
  await expect(office.window.imports.readRows('permit', 'nonsense', { bytes: bytes('a'), format: 'csv' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

describe('an EDIFACT file', () => {
  test('declares its messages one by one; a wrong count of segments is a fault of its message alone', async () => {
    const office = await open()
    const one = interchangeOf(office)
    const text = twoMessages(one)
    const good = await bring(office.window.imports, request(text, { format: 'edifact', takesIncomplete: true }))
    const broken = text.replace(/UNT\+(\d+)\+2'/, "UNT+999+2'")
    const { rows } = await bring(
      office.window.imports,
      request(broken, { format: 'edifact', takesIncomplete: true, idempotencyKey: 'broken' }),
    )

    expect(good.rows.map(({ outcome, key, faults }) => [outcome, key, faults.map(({ item, line }) => `${item} ${line}`)])).toEqual([
      // The inspection's own item: customs' message has no place for it.
      ['declared', '1', [`ciq_accept_office ${lineOf(text, 'UNH+1')}`]],
      ['declared', '2', [`ciq_accept_office ${lineOf(text, 'UNH+2')}`]],
    ])
    expect(rows.map(({ outcome }) => outcome)).toEqual(['declared', 'faulty'])
    expect(rows[1]?.faults).toMatchObject([{ rule: 'edifact.count', tag: 'UNT', line: expect.any(Number), column: expect.any(Number) }])
  })

  test('without its end is refused as a whole', async () => {
    const office = await open()
    const text = twoMessages(interchangeOf(office))
    const { progress } = await bring(office.window.imports, request(text.slice(0, text.lastIndexOf('UNZ')), { format: 'edifact' }))

    expect(progress).toMatchObject({ state: 'refused', faults: [{ rule: 'edifact.envelope' }], counts: { declared: 0 } })
  })

  test.skipIf(sample('paxlst-xiamen-crew-passenger.edi') === undefined)('of another form than the service’s is told so', async () => {
    const office = await open()
    const { rows } = await bring(
      office.window.imports,
      request(sample('paxlst-xiamen-crew-passenger.edi') ?? '', { format: 'edifact', mode: 'check' }),
    )

    expect(rows).toMatchObject([{ outcome: 'faulty', faults: [{ rule: 'edifact.message-type' }] }])
  })
})

test.skipIf(sample('cuscar-xiamen-inbound.edi') === undefined).each([
  ['paxlst-xiamen-crew-passenger.edi', 'ship-declaration', ['passengers']],
  ['cuscar-xiamen-inbound.edi', 'sea-manifest', ['consignments', 'goods']],
])('the sample %s is read as a declaration of form %s', async (name, formId, groups) => {
  const office = await openOffice({ ...PERMIT, service: { ...PERMIT.service, formId } })
  offices.push(office)
  const { rows } = await bring(office.window.imports, request(sample(name) ?? '', { format: 'edifact', mode: 'check' }))

  expect(rows[0]?.faults.filter(({ rule }) => rule.startsWith('edifact.'))).toEqual([])
  const found = new Set(rows.flatMap(({ data }) => Object.keys(data ?? {})))
  expect(groups.filter((group) => !found.has(group))).toEqual([])
  const [group = ''] = groups
  const read = await office.window.imports.readRows('permit', group, { bytes: bytes(sample(name) ?? ''), format: 'edifact' })
  expect(read.rows).toEqual(rows[0]?.data?.[group])
})

function interchangeOf({ window }: Office): string {
  const envelope = {
    receiptNo: 'SW260518ABCDEFGHJ1',
    version: 1,
    service: 'permit',
    messageId: '2251799813685249',
    messageType: 'cus.dec',
    agencyId: 'customs',
    idempotencyKey: '2251799813685249',
    sentAt: '2026-05-18T10:00:00+08:00',
    variables: {},
  }
  return window.forms.renderMessage('cus.dec', { formId: 'goods-declaration', data: greenDeclaration(), envelope, format: 'edi' }).body
}

function lineOf(text: string, found: string): number {
  return text.slice(0, text.indexOf(found)).split('\n').length
}

/** The message of an interchange twice. */
function twoMessages(interchange: string): string {
  const start = interchange.indexOf('UNH+')
  const end = interchange.indexOf('UNZ+')
  const message = interchange.slice(start, end)
  const numbered = (reference: number) =>
    message.replace(/^UNH\+[^+]*\+/, `UNH+${reference}+`).replace(/UNT\+(\d+)\+[^']*'/, `UNT+$1+${reference}'`)
  return interchange.slice(0, start) + numbered(1) + numbered(2) + interchange.slice(end).replace(/^UNZ\+1\+/, 'UNZ+2+')
}

function cellOf(value: unknown, instead: string | undefined): ExcelJS.CellValue {
  if (instead !== undefined) return instead
  return Array.isArray(value) ? value.join(';') : (value as ExcelJS.CellValue)
}
