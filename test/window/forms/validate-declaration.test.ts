import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import {
  faultyDeclaration,
  fullDeclaration,
  greenDeclaration,
  redDeclaration,
  yellowDeclaration,
} from '../../fixtures/goods-declarations.ts'

const forms = await loadForms()
const FORM = 'goods-declaration'

function errorsOf(data: Json) {
  return forms.validate(FORM, data)
}
/** `item rule`, with the row in front. */
function briefly(data: Json): readonly string[] {
  return errorsOf(data).map(
    ({ group, line, item, rule }) => `${group === undefined ? '' : `${group}${line === undefined ? '' : `[${line}]`}.`}${item} ${rule}`,
  )
}

describe('a valid declaration has no errors', () => {
  test.each([
    ['green', greenDeclaration()],
    ['yellow', yellowDeclaration()],
    ['red', redDeclaration()],
    ['with all 96 items', fullDeclaration()],
    ['without documents and containers', withoutItems(greenDeclaration(), 'documents', 'containers')],
    [
      'in Arabic, Hebrew and with a rare character',
      greenDeclaration({ overseas_party_name: 'شركة البحر للتجارة', marks_numbers: 'משלוח 12\n𠮷田', remarks: '<&>"\' {{items}}' }),
    ],
  ])('%s', (_, data) => {
    expect(errorsOf(data)).toEqual([])
  })

  test('the full declaration leaves no item of the form out', () => {
    const data = fullDeclaration()
    const given = new Set([
      ...Object.keys(data),
      ...[data.documents, data.containers, data.lines].flat().flatMap((row) => Object.keys(row)),
    ])
    const items = ['customs', 'inspection'].flatMap((agencyId) => forms.routedItems(FORM, agencyId))

    expect(items.filter((item) => !given.has(item))).toEqual([])
  })
})

describe('what is wrong is said all at once, in the order of the form', () => {
  test('for a declaration made in a hurry', () => {
    expect(briefly(faultyDeclaration())).toEqual([
      'agent_uscc schema.uscc',
      'containers[1].container_no schema.iso6346',
      'lines[1].hs_code schema.codelist',
      'net_weight FJ0101',
      'total_value FJ0130',
      'lines[2].total_price FJ0402',
    ])
  })

  test('for an empty object: every item that an export needs', () => {
    const errors = errorsOf({})

    expect(errors.every((error) => error.rule === 'schema.required')).toBe(true)
    expect(errors.map((error) => error.item)).toEqual(
      ((forms.schema(FORM)?.required ?? []) as readonly string[]).filter((item) => item !== 'line_no'),
    )
  })
})

describe('one error', () => {
  const green = greenDeclaration()
  const [first = {}, second = {}] = green.lines
  const withLine = (changes: JsonObject) => ({ ...green, lines: [{ ...first, ...changes }, second] })

  test.each<[string, JsonObject, string]>([
    ['missing item', withoutItems(green, 'customs_office'), 'customs_office schema.required'],
    ['empty text', { ...green, owner_name: '' }, 'owner_name schema.required'],
    ['unknown field', { ...green, colour: 'red' }, 'colour schema.additionalProperties'],
    ['unknown field of a line', withLine({ colour: 'red' }), 'lines[1].colour schema.additionalProperties'],
    [
      'unknown part of an item',
      { ...yellowDeclaration(), freight: { mark: '3', value: 1, currency: 'USD', colour: 'red' } },
      'freight.colour schema.additionalProperties',
    ],
    ['missing part of an item', { ...yellowDeclaration(), freight: { mark: '3', currency: 'USD' } }, 'freight.value schema.required'],
    ['text for a number', { ...green, gross_weight: '7420.25' }, 'gross_weight schema.type'],
    ['number for a text', { ...green, contract_no: 17 }, 'contract_no schema.type'],
    ['null', { ...green, remarks: null }, 'remarks schema.type'],
    ['text for a list', { ...green, documents: 'none' }, 'documents schema.type'],
    ['text for a row', { ...green, documents: ['none'] }, 'documents[1].documents schema.type'],
    ['fraction for a whole number', { ...green, package_count: 1.5 }, 'package_count schema.type'],
    ['too long a text', { ...green, agent_name: '单'.repeat(71) }, 'agent_name schema.length'],
    ['control character', { ...green, remarks: 'a\u0007b' }, 'remarks schema.characters'],
    ['half a surrogate', { ...green, remarks: '\ud83d' }, 'remarks schema.characters'],
    ['wrong form of code', { ...green, supervision_mode: '110' }, 'supervision_mode schema.pattern'],
    ['unknown code', { ...green, supervision_mode: '0111' }, 'supervision_mode schema.codelist'],
    ['unknown country', { ...green, trading_country: 'UK' }, 'trading_country schema.codelist'],
    ['country in three letters', { ...green, trading_country: 'USA' }, 'trading_country schema.codelist'],
    ['RMB for CNY', withLine({ currency: 'RMB' }), 'lines[1].currency schema.codelist'],
    [
      'chapter 77 of the commodity codes',
      withLine({ hs_code: '7708000000', ciq_code: '7708000000101' }),
      'lines[1].hs_code schema.codelist',
    ],
    ['nine digits of commodity code', withLine({ hs_code: '080430000' }), 'lines[1].hs_code schema.pattern'],
    ['UN number that is not assigned', withLine({ un_number: '9999' }), 'lines[1].un_number schema.codelist'],
    ['UN number with a letter', withLine({ un_number: '12A3' }), 'lines[1].un_number schema.pattern'],
    ['check character', { ...green, dom_party_uscc: '91110000600037341M' }, 'dom_party_uscc schema.uscc'],
    ['letter I in a credit code', { ...green, dom_party_uscc: '91110000600037341I' }, 'dom_party_uscc schema.uscc'],
    ['organisation code', { ...green, dom_party_uscc: '91110000600037342P' }, 'dom_party_uscc schema.uscc-organisation'],
    ['day that is none', { ...green, decl_date: '2026-02-30' }, 'decl_date schema.date'],
    ['weight of nothing', { ...green, net_weight: 0 }, 'net_weight schema.range'],
    ['item number 51', withLine({ line_no: 51 }), 'lines[1].line_no schema.range'],
    ['six decimal places', withLine({ unit_price: 3.25001 }), 'lines[1].unit_price schema.decimal'],
    ['more digits than are exact', { ...green, total_value: 123456789012.3456 }, 'total_value schema.decimal'],
    ['a price of 10^20', withLine({ unit_price: 1e20 }), 'lines[1].unit_price schema.decimal'],
    ['no lines', { ...green, lines: [] }, 'lines schema.rows'],
    ['an attribute twice', withLine({ goods_attr: ['19', '19'] }), 'lines[1].goods_attr schema.unique'],
  ])('%s', (_, data, error) => {
    expect(briefly(data).filter((each) => each.includes('schema.'))).toEqual([error])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('field named %s', (name) => {
    const data = JSON.parse(JSON.stringify(green).replace('"ie_flag"', `"${name}":{"polluted":true},"ie_flag"`)) as JsonObject

    expect(briefly(data)).toEqual([`${name} schema.additionalProperties`])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('data that is no object', () => {
    for (const data of [null, 'x', 7, true, [], [greenDeclaration()]])
      expect(errorsOf(data).map((error) => error.rule)).toEqual(['schema.type'])
  })
})

describe('wording', () => {
  test.each<[string, JsonObject, string, string]>([
    [
      'required',
      withoutItems(greenDeclaration(), 'trade_terms'),
      'Trade terms: expected a value, found nothing; fill it in',
      '成交方式：未填写，请填写',
    ],
    [
      'type',
      { ...greenDeclaration(), gross_weight: 'heavy' },
      'Total gross weight: expected a number, found "heavy"',
      '毛重：应为数值，实际为"heavy"',
    ],
    [
      'meant code',
      { ...greenDeclaration(), trading_country: 'USA' },
      'Trading country (seat of the counterparty): expected US (United States), found "USA"',
      '贸易国（地区）：应为US（美国），实际为"USA"',
    ],
    [
      'check character',
      { ...greenDeclaration(), agent_uscc: '91110000600037341M' },
      'Declaring agent - unified social credit code: expected the check character L in place 18, where M stands (look for a typing error), found "91110000600037341M"',
      '申报单位统一社会信用代码：应为第18位校验码L（现为M，请检查录入），实际为"91110000600037341M"',
    ],
    [
      'unknown',
      { ...greenDeclaration(), colour: 1 },
      'The form has no field "colour"; leave it out or correct its name',
      '表单没有字段"colour"，请删除或更正名称',
    ],
    [
      'a code out of its time',
      { ...yellowDeclaration(), insurance: { mark: '3', value: 10, currency: 'HRK' } },
      'Insurance (mark, amount or rate, currency), Currency: the code "HRK" of the list "Currencies" ended on 2022-12-31; choose one that is valid on 2026-05-18',
      '保险费（币制）：代码"HRK"（币制）已于2022-12-31失效，请选择在2026-05-18有效的代码',
    ],
  ])('%s', (_, data, en, zh) => {
    expect(errorsOf(data)[0]?.text).toEqual({ en, zh })
  })

  test('shows a long value only in part', () => {
    const [error] = errorsOf({ ...greenDeclaration(), gross_weight: 'x'.repeat(1_000_000) })

    expect(error?.text.en.length).toBeLessThan(200)
  })
})

describe('limits', () => {
  test('a list far beyond the form is refused as a whole', () => {
    const green = greenDeclaration()
    const errors = errorsOf({ ...green, documents: Array.from({ length: 200_000 }, () => ({ colour: 1 })) })

    expect(errors[0]).toMatchObject({
      item: 'documents',
      rule: 'schema.rows',
      text: { en: 'Attached documents and requested certificates: expected at most 99, found 200000' },
    })
    expect(errors.length).toBeLessThan(300)
  })

  test('51 lines are one too many, and each is still checked', () => {
    const line = { ...greenDeclaration().lines[0], hs_code: '0' }
    const errors = errorsOf({ ...greenDeclaration(), lines: Array.from({ length: 51 }, () => line) })

    expect(errors.filter((error) => error.rule === 'schema.rows')).toHaveLength(1)
    expect(errors.filter((error) => error.rule === 'schema.pattern')).toHaveLength(51)
  })

  test('a list inside a line is limited too', () => {
    const [first = {}] = greenDeclaration().lines
    const errors = errorsOf({ ...greenDeclaration(), lines: [{ ...first, goods_attr: Array.from({ length: 100_000 }, () => 'bad') }] })

    expect(errors).toContainEqual(expect.objectContaining({ item: 'goods_attr', group: 'lines', line: 1, rule: 'schema.rows' }))
    expect(errors.length).toBeLessThan(50)
  })

  test('of thousands of unknown fields the first are named', () => {
    const errors = errorsOf({
      ...greenDeclaration(),
      ...Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`field${index}`, 1])),
    })

    expect(errors).toContainEqual(expect.objectContaining({ rule: 'schema.fields' }))
    expect(errors.length).toBeLessThan(250)
  })

  test('deep nesting costs nothing', () => {
    let deep: Json = 1
    for (let depth = 0; depth < 5000; depth++) deep = [deep]

    expect(briefly({ ...greenDeclaration(), deep, remarks: deep })).toEqual(['remarks schema.type', 'deep schema.additionalProperties'])
  })
})

function withoutItems(data: JsonObject, ...items: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !items.includes(name)))
}
