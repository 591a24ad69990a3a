import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { messagesToTry, renderTried, type TriedMessage } from '../../helpers/message-trial.ts'
import { leavesOf, MESSAGE_READERS } from '../../helpers/read-message.ts'
import { toRandom, validDeclaration } from '../../helpers/valid-declaration.ts'

const forms = await loadForms()
const messages = await messagesToTry()
const ship = validDeclaration(forms, 'ship-declaration', toRandom(5), { service: 'ship-entry' })
const goods = validDeclaration(forms, 'goods-declaration', toRandom(5), { service: 'goods-export' })

function message(id: string): TriedMessage {
  const found = messages.find((each) => each.id === id)
  if (found === undefined) throw new Error(`Expected a message ${id}`)
  return found
}
/** Row 1 of the group, as many times as wanted. */
function repeated(data: JsonObject, group: string, count: number, change: (index: number) => JsonObject): readonly JsonObject[] {
  const [first = {}] = data[group] as readonly JsonObject[]
  return Array.from({ length: count }, (_, index) => ({ ...first, ...change(index) }))
}

/** 1500 of crew with 3000 effects, 5000 passengers, 2000 consignments and 500 dangerous goods. */
const fullShip: JsonObject = {
  ...ship,
  consignments: repeated(ship, 'consignments', 2000, (index) => ({ CGO013: index + 1 })),
  dangerous_goods: repeated(ship, 'dangerous_goods', 500, () => ({})),
  passengers: repeated(ship, 'passengers', 5000, (index) => ({ PAX001: index + 1, PAX010: `P${index}` })),
  crew: repeated(ship, 'crew', 1500, (index) => ({ CRW001: index + 1, CRW005: index === 0 ? 'MST' : 'AB', CRW012: `C${index}` })),
  crew_effects: repeated(ship, 'crew_effects', 3000, (index) => ({ EFF001: 1 + (index % 1500) })),
  VOY025: 1500,
  VOY026: 5000,
  VOY027: 6501,
  SHP026: 6000,
}

describe('a large declaration', () => {
  test('of goods with 500 lines and 2000 containers is refused by the rows it has too many, and each is still looked at', () => {
    const data = {
      ...goods,
      lines: repeated(goods, 'lines', 500, (index) => ({ line_no: index + 1 })),
      containers: repeated(goods, 'containers', 2000, () => ({})),
    }
    const errors = forms.validate('goods-declaration', data, { service: 'goods-export' })

    expect(errors.filter(({ rule }) => rule === 'schema.rows').map(({ item }) => item)).toEqual(['containers', 'lines'])
    expect(errors.some(({ group, line }) => group === 'lines' && line === 500)).toBe(true)
  })

  test.each(['customs/cus.dec', 'inspection/ciq.dec'])('%s of 500 lines and 2000 containers holds them all', (id) => {
    const data = {
      ...goods,
      lines: repeated(goods, 'lines', 500, (index) => ({ goods_name: `goods-${index}` })),
      containers: repeated(goods, 'containers', 2000, (index) => ({ container_no: `BOX-${index}` })),
    }
    const values = new Set(MESSAGE_READERS[message(id).format]?.(renderTried(forms, message(id), data)))

    for (const value of ['goods-0', 'goods-499', 'BOX-0', 'BOX-1999']) expect(values).toContain(value)
  })

  test('of a ship with thousands of rows is right', () => {
    expect(forms.validate('ship-declaration', fullShip, { service: 'ship-entry' })).toEqual([])
  })

  test('of a ship: one wrong row among thousands is the one that is told', () => {
    const passengers = (fullShip.passengers as readonly JsonObject[]).map((row, index) => (index === 4321 ? { ...row, PAX010: 'P7' } : row))

    expect(
      forms.validate('ship-declaration', { ...fullShip, passengers }, { service: 'ship-entry' }).map(({ rule, line }) => [rule, line]),
    ).toEqual([
      ['SH0421', 8],
      ['SH0421', 4322],
    ])
  })

  test('a message of more than 20 MB comes out whole', () => {
    const consignments = repeated(fullShip, 'consignments', 5000, (index) => ({
      CGO011: `BL-${index}`,
      CGO013: index + 1,
      CGO026: '海'.repeat(512),
      CGO030: '𠮷'.repeat(512),
    }))
    const body = renderTried(forms, message('customs/ship.form-b'), { ...fullShip, consignments })

    expect(Buffer.byteLength(body)).toBeGreaterThan(20_000_000)
    expect(body).toContain('<BillOfLadingNumber>BL-4999</BillOfLadingNumber>')
    expect(body.trimEnd().endsWith('</ShipFormB>')).toBe(true)
  }, 30_000)
})

describe.each([
  ['Chinese', '厦门海星贸易有限公司𠮷田'],
  ['Arabic', 'شركة نجمة البحر للتجارة'],
  ['Hebrew, with marks of direction', '\u200fשלום עולם\u200e (א)'],
  ['markup', '<b>&amp;"\'</b>]]>{{x}}\\u0041'],
])('%s in every text', (_, text) => {
  test.each([
    ['goods-declaration', 'goods-export', goods],
    ['ship-declaration', 'ship-entry', ship],
  ])('of a %s is right and comes through in every message', (formId, service, data) => {
    const written = inEveryText(data, forms.schema(formId) ?? {}, text)

    // Rows that were different by a text alone are now the same.
    expect(forms.validate(formId, written, { service }).filter(({ rule }) => !/^(SH0[45]\d[12]|FJ0201)$/.test(rule))).toEqual([])
    for (const each of messages.filter(({ form }) => form.id === formId)) {
      const read = MESSAGE_READERS[each.format]
      if (read === undefined || !each.whole) continue
      const sent = new Set(read(renderTried(forms, each, written)))
      for (const value of textsOf(written, each)) expect(sent, each.id).toContain(value)
    }
  })
})

// helpers

/** The data with every plain text replaced, as long as the item takes. */
function inEveryText(data: Json, schema: JsonObject, text: string): JsonObject {
  const change = (value: Json, node: JsonObject): Json => {
    if (Array.isArray(value)) return value.map((each) => change(each, node.items as JsonObject))
    if (typeof value === 'object' && value !== null) {
      const properties = node.properties as Readonly<Record<string, JsonObject>>
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each ?? null, properties[name] ?? {})]))
    }
    return node.format === 'plain-text' ? [...text].slice(0, Number(node.maxLength)).join('').trim() : value
  }
  return change(data, schema) as JsonObject
}

/** Texts of the items that the message shows. */
function textsOf(data: JsonObject, { items, form }: TriedMessage): readonly Json[] {
  return Object.entries(data).flatMap(([name, value]) => {
    if (form.groups.has(name)) return (value as readonly JsonObject[]).flatMap((row) => textsOf(row, { items, form } as TriedMessage))
    const schema = form.items.find((item) => item.id === name)?.schema
    return items.has(name) && schema?.format === 'plain-text' ? leavesOf(value ?? null) : []
  })
}
