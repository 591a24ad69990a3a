import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../engine/kernel/index.ts'
import type { Envelope } from '../../../engine/window/contract.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { fullDeclaration, greenDeclaration } from '../../fixtures/goods-declarations.ts'
import { anyDeclaration } from '../../helpers/any-declaration.ts'

const forms = await loadForms()
const formId = 'goods-declaration'
const schema = forms.schema(formId) ?? {}
const GROUPS = ['documents', 'containers', 'lines'] as const
const MESSAGES = [
  'customs/cus.dec',
  'customs/cus.amend',
  'customs/cus.withdraw',
  'inspection/ciq.dec',
  'inspection/ciq.amend',
  'inspection/ciq.withdraw',
  'inspection/ciq.export.apply',
  'issuer/eco.apply',
  'terminal/arrival-notice',
  'terminal/slot-request',
  'terminal/move-order',
  'terminal/release',
  'terminal/release-cancel',
  'carrier/release',
  'safe/exit-proof',
  'tax/exit-proof',
]

function envelopeFor(message: string, variables: JsonObject = {}): Envelope {
  const [agencyId = '', messageType = ''] = message.split('/')
  return {
    receiptNo: 'RECEIPT',
    version: 1,
    service: 'goods-export',
    messageId: 'ID',
    messageType,
    agencyId,
    idempotencyKey: 'KEY',
    sentAt: '2026-05-18T10:00:00+08:00',
    variables,
  }
}
function render(message: string, data: JsonObject, variables: JsonObject = {}): string {
  return forms.renderMessage(message.split('/')[1] ?? '', { formId, data, envelope: envelopeFor(message, variables) }).body
}

describe('every message', () => {
  test.each(MESSAGES)('%s bears an id of its own and, in a field of its own, its type', (message) => {
    const text = render(message, fullDeclaration())
    const field = (name: RegExp) => new RegExp(`(?:"${name.source}": ?"|<${name.source}>)([^<"]+)`, 'i').exec(text)?.[1]

    expect(field(/messageId/)).toBe('ID')
    expect(field(/messageType/)).toMatch(/^[a-z][a-z-]+$/)
  })

  test.each(MESSAGES)('%s is well formed, whatever the declaration holds', (message) => {
    fc.assert(
      fc.property(anyDeclaration(schema), (data) => {
        readMessage(render(message, data))
      }),
      { numRuns: 25 },
    )
  })

  test.each(MESSAGES)('%s is the same whatever stands in the items its agency may not see', (message) => {
    const agencyId = message.split('/')[0] ?? ''
    const routed = new Set(forms.routedItems(formId, agencyId))
    fc.assert(
      fc.property(anyDeclaration(schema), anyDeclaration(schema), (data, other) => {
        const without = keepItems(data, (item) => routed.has(item))
        const changed = {
          ...data,
          ...keepHeader(other, (item) => !routed.has(item)),
          ...changedRows(data, other, routed),
          smuggled: 'SMUGGLED',
        }

        expect(render(message, without)).toBe(render(message, data))
        expect(render(message, changed)).toBe(render(message, data))
      }),
      { numRuns: 25 },
    )
  })

  test.each(MESSAGES)('%s leaves out what is absent', (message) => {
    const body = render(message, {})

    expect(readMessage(body)).not.toBe('')
    expect(body).not.toMatch(/undefined|\[object/)
  })
})

describe.each([
  ['customs/cus.dec', 73],
  ['inspection/ciq.dec', 76],
])('%s', (message, size) => {
  const agencyId = message.split('/')[0] ?? ''
  const routed = new Set(forms.routedItems(formId, agencyId))

  test(`carries the values of its ${size} items and no other value`, () => {
    expect(routed.size).toBe(size)
    fc.assert(
      fc.property(anyDeclaration(schema), (data) => {
        const sent = readMessage(render(message, data))
        const joined = message.startsWith('customs')

        expect(sent.slice().sort()).toEqual(
          leaves(
            keepItems(data, (item) => routed.has(item)),
            joined,
          ).sort(),
        )
      }),
      { numRuns: 100 },
    )
  })

  test('changes with each of its items', () => {
    const data = fullDeclaration()
    const before = render(message, data)
    const unchanged = [...routed].filter(
      (item) =>
        render(
          message,
          keepItems(data, (each) => each !== item),
        ) === before,
    )

    expect(unchanged).toEqual([])
  })
})

describe('escaping', () => {
  test('text survives XML as it was written', () => {
    const text = 'A<b>&"\'c]]>\r\n\tشركة 😀 {{items}} <!-- -->'

    const body = render('customs/cus.dec', { ...greenDeclaration(), marks_numbers: text })

    expect(parseXml(body)).toHaveProperty('DecMessage.DecHead.MarkNo', text)
  })

  test('text survives JSON as it was written', () => {
    const text = 'A<b>&"\'c\\u0041\r\n\t\u2028 שלום 😀 {{items}}'

    const body = render('inspection/ciq.dec', { ...greenDeclaration(), marks_numbers: text })

    expect(JSON.parse(body).application.marksNumbers).toBe(text)
    expect(body).not.toContain('<b>')
  })

  test('characters that XML cannot hold are replaced', () => {
    const body = render('customs/cus.dec', { marks_numbers: 'a\u0000b\ud83dc' })

    expect(parseXml(body)).toHaveProperty('DecMessage.DecHead.MarkNo', 'a\ufffdb\ufffdc')
  })

  test('numbers are written in plain digits', () => {
    const body = render('customs/cus.dec', { gross_weight: 1e-7, net_weight: 123456789012345 })

    expect(body).toContain('<GrossWet>0.0000001</GrossWet>')
    expect(body).toContain('<NetWt>123456789012345</NetWt>')
  })
})

describe('inherited names give nothing away', () => {
  test('neither the prototype of an item nor of a row is read', () => {
    const inherited = Object.create({ marks_numbers: 'INHERITED' }) as JsonObject
    const row = Object.create({ goods_name: 'INHERITED' }) as JsonObject

    expect(render('customs/cus.dec', inherited)).not.toContain('INHERITED')
    expect(render('inspection/ciq.dec', { lines: [row] })).not.toContain('INHERITED')
  })
})

test('codes go out in the words of the agency', () => {
  const customs = render('customs/cus.dec', greenDeclaration())
  const issuer = render('issuer/eco.apply', greenDeclaration())

  expect(customs).toContain('<TradeCountry>USA</TradeCountry>')
  expect(customs).toContain('<ContainerMd>11</ContainerMd>')
  expect(issuer).toContain('<TransportModeCode>1</TransportModeCode>')
  expect(issuer).toContain('<UnloadingLocationID>USLGB</UnloadingLocationID>')
  expect(issuer).toContain('<PackageTypeCode>CT</PackageTypeCode>')
  expect(issuer).toContain('<UnitCode>H87</UnitCode>')
})

test('a withdrawal says why', () => {
  const variables = { withdrawal: { reason: '客户取消订单 & <more>' } }

  expect(parseXml(render('customs/cus.withdraw', greenDeclaration(), variables))).toHaveProperty(
    'DecWithdrawal.Reason',
    variables.withdrawal.reason,
  )
  expect(JSON.parse(render('inspection/ciq.withdraw', greenDeclaration(), variables)).reason).toBe(variables.withdrawal.reason)
})

test('an unknown message, and one of another agency, are refused by name', () => {
  const input = { formId, data: {}, envelope: envelopeFor('inspection/cus.dec') }

  expect(() => forms.renderMessage('cus.dec', input)).toThrow('Expected a message inspection/cus.dec')
  expect(() => forms.renderMessage('customs/cus.dec', input)).toThrow('Expected a message inspection/customs/cus.dec')
})

// helpers

function keepHeader(data: JsonObject, keep: (item: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !(GROUPS as readonly string[]).includes(name) && keep(name)))
}
function keepItems(data: JsonObject, keep: (item: string) => boolean): JsonObject {
  const rows = (group: string) =>
    ((data[group] ?? []) as readonly JsonObject[]).map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => keep(name))))
  return { ...keepHeader(data, keep), ...Object.fromEntries(GROUPS.map((group) => [group, rows(group)])) }
}
function changedRows(data: JsonObject, other: JsonObject, routed: ReadonlySet<string>): JsonObject {
  const rows = (group: string) =>
    (data[group] as readonly JsonObject[]).map((row, index) => {
      const replacement = (other[group] as readonly JsonObject[])[index] ?? {}
      return { ...row, ...Object.fromEntries(Object.entries(replacement).filter(([name]) => !routed.has(name))), smuggled: 'SMUGGLED' }
    })
  return Object.fromEntries(GROUPS.map((group) => [group, rows(group)]))
}

const reader = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignoreAttributes: true,
})
function parseXml(body: string): JsonObject {
  expect(XMLValidator.validate(body)).toBe(true)
  return reader.parse(body) as JsonObject
}
/** Values of a message without those of its envelope. Fails when the message is not well formed. */
function readMessage(body: string): string[] {
  const message = body.startsWith('<') ? (Object.values(parseXml(body))[0] as JsonObject) : (JSON.parse(body) as JsonObject)
  const { Envelope: _xml, envelope: _json, ...rest } = message
  return leaves(rest, false)
}
/** Every text, number and flag as an agency reads it; `joined`: lists of values are one text. */
function leaves(value: Json, joined: boolean): string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'boolean') return [value ? '1' : '0']
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value) && joined && value.every((each) => typeof each !== 'object')) return [value.join(',')]
  return Object.values(value).flatMap((each) => leaves(each as Json, joined))
}
