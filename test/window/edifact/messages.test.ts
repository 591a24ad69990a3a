import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../engine/kernel/index.ts'
import type { Envelope } from '../../../engine/window/contract.ts'
import { readInterchange } from '../../../engine/window/edifact/index.ts'
import { toSendable } from '../../../engine/window/edifact/rendered-value.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { fullDeclaration } from '../../fixtures/goods-declarations.ts'
import { arrivalDeclaration } from '../../fixtures/ship-declarations.ts'
import { messagesToTry } from '../../helpers/message-trial.ts'
import { toRandom, validDeclaration } from '../../helpers/valid-declaration.ts'
import { sample } from './samples.ts'

const forms = await loadForms()
const messages = (await messagesToTry()).filter(({ format }) => format === 'edi')

function render(agencyId: string, messageType: string, formId: string, data: JsonObject, variables: JsonObject = {}): string {
  const envelope: Envelope = {
    receiptNo: 'SW260518ABCDEFGHJ1',
    version: 2,
    service: 'trial',
    messageId: '2251799813685249',
    messageType,
    agencyId,
    idempotencyKey: '2251799813685249',
    sentAt: '2026-05-18T10:00:00+08:00',
    variables,
  }
  return forms.renderMessage(messageType, { formId, data, envelope, format: 'edi' }).body
}

describe.each(messages.map((message) => [message.id, message] as const))('%s', (id, { agencyId, form }) => {
  test('keeps to the grammar, whatever right declaration is sent', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const data = validDeclaration(forms, form.id, toRandom(seed), { leftOut: seed % 3 === 0 ? 0.6 : 0 })
      const body = render(agencyId, id.slice(agencyId.length + 1), form.id, data, { withdrawal: { reason: "It's + wrong: 100%?" } })

      expect(readInterchange(body).faults).toEqual([])
    }
  })
})

/** Values that come back when a message is sent and read again: those of the agency, control characters as blanks. */
function roundTrip(agencyId: string, message: string, formId: string, data: JsonObject) {
  const { faults, declarations } = forms.readEdifact(Buffer.from(render(agencyId, message, formId, data)), formId)
  expect([...faults, ...declarations.flatMap((each) => each.faults)]).toEqual([])
  return declarations[0]?.data ?? {}
}
function asSent(value: Json): Json {
  if (typeof value === 'string') return toSendable(value)
  if (Array.isArray(value)) return value.map(asSent)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asSent(each)]))
}
function only(data: JsonObject, names: ReadonlySet<string>, groups: readonly string[]): JsonObject {
  const pick = (row: JsonObject) => Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)))
  const rows = groups.flatMap((group) => {
    const list = ((data[group] ?? []) as readonly JsonObject[]).map(pick).filter((row) => Object.keys(row).length > 0)
    return list.length === 0 ? [] : [[group, list] as const]
  })
  return asSent({ ...pick(data), ...Object.fromEntries(rows) }) as JsonObject
}

describe('what is sent comes back the same', () => {
  test('a goods declaration by CUSDEC: every item that customs is told', () => {
    const names = new Set(forms.routedItems('goods-declaration', 'customs'))
    const sent = (data: JsonObject) => only(data, names, ['documents', 'containers', 'lines'])

    expect(roundTrip('customs', 'cus.dec', 'goods-declaration', fullDeclaration())).toEqual(sent(fullDeclaration()))
    for (let seed = 1; seed <= 25; seed += 1) {
      const service = seed % 2 === 0 ? 'goods-import' : 'goods-export'
      const data = validDeclaration(forms, 'goods-declaration', toRandom(seed), { leftOut: seed % 5 === 0 ? 0.5 : 0, service })

      expect(roundTrip('customs', 'cus.dec', 'goods-declaration', data)).toEqual(sent(data))
    }
  })

  test('a manifest by CUSCAR', () => {
    const names = new Set(forms.routedItems('sea-manifest', 'customs'))
    const byBill = (data: JsonObject): JsonObject => {
      const bills = ((data.consignments ?? []) as readonly JsonObject[]).map((bill) => bill.CGO011)
      const goods = [...((data.goods ?? []) as readonly JsonObject[])].sort(
        (one, other) => bills.indexOf(one.CGO011) - bills.indexOf(other.CGO011),
      )
      return { ...data, goods }
    }
    for (let seed = 1; seed <= 25; seed += 1) {
      const data = byBill(validDeclaration(forms, 'sea-manifest', toRandom(seed), { leftOut: seed % 4 === 0 ? 0.5 : 0 }))
      const back = roundTrip('customs', 'manifest.cargo', 'sea-manifest', data)

      expect(back).toEqual(only(data, names, ['containers', 'consignments', 'goods']))
      expect(forms.validate('sea-manifest', back)).toEqual([])
    }
  })

  test.each([
    [
      'crew',
      'ship.crew-list',
      ['CRW002', 'CRW003', 'CRW005', 'CRW006', 'CRW007', 'CRW008', 'CRW011', 'CRW012', 'CRW013', 'CRW015', 'CRW020', 'CRW024'],
    ],
    [
      'passengers',
      'ship.passenger-list',
      ['PAX002', 'PAX003', 'PAX004', 'PAX005', 'PAX006', 'PAX009', 'PAX010', 'PAX011', 'PAX012', 'PAX015', 'PAX016'],
    ],
  ])('%s by PAXLST', (group, message, items) => {
    const names = new Set(items)
    for (let seed = 1; seed <= 10; seed += 1) {
      const data = validDeclaration(forms, 'ship-declaration', toRandom(seed))
      const back = roundTrip('frontier', message, 'ship-declaration', data)

      expect(only({ [group]: back[group] ?? [] }, names, [group])).toEqual(only({ [group]: data[group] ?? [] }, names, [group]))
    }
  })
})

describe('text of any kind', () => {
  const marks = "A+B:C'D?E ?+ ?: ?' ??\u0020厦门 شركة שלום 😀"

  test('goes out with its service characters released and comes back whole', () => {
    const data = {
      ...fullDeclaration(),
      marks_numbers: marks.repeat(8),
      remarks: marks,
      overseas_party_name: marks.repeat(10).slice(0, 399),
    }
    const back = roundTrip('customs', 'cus.dec', 'goods-declaration', data)

    expect(back).toMatchObject({ marks_numbers: data.marks_numbers, remarks: marks, overseas_party_name: data.overseas_party_name })
  })

  test('cannot forge a segment', () => {
    const body = render('customs', 'cus.dec', 'goods-declaration', { ...fullDeclaration(), remarks: "X'\nUNT+1+000001'\nUNZ+1+X'" })

    expect(readInterchange(body)).toMatchObject({ faults: [], messages: [{ type: 'CUSDEC' }] })
    expect(body.match(/^UNT/gm)).toHaveLength(1)
  })

  test('that is too long for its element is refused with the name of the item', () => {
    const data = { ...fullDeclaration(), contract_no: 'X'.repeat(71) }

    expect(() => render('customs', 'cus.dec', 'goods-declaration', data)).toThrow(
      /items items\.contract_no: Expected 1–70 characters in 1154, found 71/,
    )
  })
})

test('counts and references are those of what was written', () => {
  const lines = render('customs', 'ship.report', 'ship-declaration', arrivalDeclaration()).trim().split('\n')

  expect(lines.at(-2)).toBe(`UNT+${lines.length - 3}+000001'`)
  expect(lines.at(-1)).toBe("UNZ+1+M672JXBIM9'")
  expect(lines[1]).toContain('+20260518:1000+M672JXBIM9++CUSREP')
})

describe.skipIf(sample('cuscar-xiamen-inbound.edi') === undefined)('samples become declarations', () => {
  test('a CUSCAR of two bills of lading', () => {
    const { faults, declarations } = forms.readEdifact(Buffer.from(sample('cuscar-xiamen-inbound.edi') ?? ''))

    expect(faults).toEqual([])
    expect(declarations).toMatchObject([
      {
        formId: 'sea-manifest',
        faults: [],
        data: {
          CGO010: 'MANIFEST-2026-0317',
          VOY001: '118N',
          VOY005: 'CNXMG',
          VOY006: '2026-03-16T06:00Z',
          containers: [{ CGO033: 'TCNU7200794', CGO034: '22G1', CGO035: '5', CGO037: 14750 }, { CGO033: 'CSQU3054383' }],
          consignments: [{ CGO011: 'DEMOKHH2603001', CGO020: 'KAOHSIUNG DEMO ORCHARDS CO', consignee_postcode: '361006' }, {}],
          goods: [
            { CGO011: 'DEMOKHH2603001', CGO028: 960, CGO029: 'CT', CGO027: '0804300001' },
            { CGO011: 'DEMOKHH2603002', DGS007: '1263', DGS010: '3', DGS012: 'II', DGS013: 23 },
          ],
        },
      },
    ])
  })

  test('a PAXLST of two passengers', () => {
    const { faults, declarations } = forms.readEdifact(Buffer.from(sample('paxlst-xiamen-crew-passenger.edi') ?? ''))

    expect(faults).toEqual([])
    expect(declarations[0]).toMatchObject({
      formId: 'ship-declaration',
      faults: [],
      data: {
        passengers: [
          { PAX001: 1, PAX002: 'CHEN', PAX003: 'YU-HAN', PAX004: 'TWN', PAX005: '2', PAX006: '1990-04-12', PAX009: 'P', PAX011: 'CN' },
          { PAX001: 2, PAX002: 'SANTOS', PAX003: 'MARIA LUISA', PAX010: 'P0000001A', PAX012: '2029-07-29' },
        ],
      },
    })
  })

  test('with what is wrong in them told by place', () => {
    const text = (sample('paxlst-xiamen-crew-passenger.edi') ?? '').replace('ATT+2++F', 'ATT+2++Q')
    const [declaration] = forms.readEdifact(Buffer.from(text)).declarations

    expect(declaration?.faults).toMatchObject([{ rule: 'edifact.value', tag: 'ATT', line: 15, column: 8 }])
  })
})
