import { describe, expect, test } from 'vitest'
import { toCodelist } from '../../../engine/window/forms/codelist.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const forms = await loadForms()
interface Entry {
  readonly code: string
  readonly name: { readonly en: string; readonly zh: string }
  readonly validFrom?: string
  readonly validTo?: string
}

describe.each([...jsonFiles('codelists', '.json')])('code list %s', (id, file) => {
  const entries = file.entries as unknown as readonly Entry[]

  test('is dated, has a source, and names itself and every code in both languages', () => {
    expect(file).toMatchObject({
      id,
      source: expect.stringMatching(/\S/),
      validFrom: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      name: { en: expect.stringMatching(/\S/), zh: expect.stringMatching(/\S/) },
    })
    const unnamed = entries.filter(({ name }) => !/\S/.test(name.en) || !/\S/.test(name.zh))
    expect(unnamed).toEqual([])
  })

  test('has no code twice at one time', () => {
    const byCode = groupByCode(entries)
    for (const [code, periods] of byCode) {
      const sorted = periods.toSorted((one, other) => (one.validFrom ?? '').localeCompare(other.validFrom ?? ''))
      sorted.forEach((period, index) => {
        const next = sorted[index + 1]
        if (next !== undefined) expect((period.validTo ?? '9999') < (next.validFrom ?? ''), code).toBe(true)
      })
    }
  })
})

describe('a code', () => {
  test('that ended is told with its last day, one that is to come with its first', () => {
    const currencies = forms.codelist('currencies')

    expect(currencies?.validity('HRK', '2022-12-31')).toEqual({ kind: 'valid' })
    expect(currencies?.validity('HRK', '2023-01-01')).toEqual({ kind: 'ended', day: '2022-12-31' })
    expect(currencies?.validity('XXQ', '2023-01-01')).toEqual({ kind: 'unknown' })
    expect(forms.codelist('un-numbers')?.validity('3551', '2024-12-31')).toEqual({ kind: 'not-yet', day: '2025-01-01' })
  })
})

describe('the standards behind', () => {
  test('countries are those of ISO 3166, named in both languages', () => {
    const regions = new Intl.DisplayNames('en', { type: 'region' })
    const countries = forms.codelist('countries')

    expect(countries?.size).toBe(249)
    for (const code of countries?.codes() ?? []) {
      expect(regions.of(code), code).not.toBe(code)
      expect(countries?.find(code)?.name.zh, code).toMatch(/\p{Script=Han}/u)
    }
  })

  test('nationalities are those of the countries and of ICAO Doc 9303', () => {
    const nationalities = forms.codelist('nationalities')

    for (const code of forms.codelist('countries')?.codes() ?? [])
      expect(nationalities?.validity(String(forms.codelist('countries')?.find(code)?.alpha3), '2026-05-18'), code).toEqual({
        kind: 'valid',
      })
    expect(nationalities?.find('XXA')?.name.en).toBe('Stateless person')
  })

  test('ports have a code of UN/LOCODE in a country of ISO 3166, and functions', () => {
    const ports = forms.codelist('un-locode')

    expect(ports?.size).toBeGreaterThan(1500)
    for (const code of ports?.codes() ?? []) {
      expect(code).toMatch(/^[A-Z]{2}[A-Z2-9]{3}$/)
      expect(forms.codelist('countries')?.find(code.slice(0, 2)), code).toBeDefined()
      expect(ports?.find(code)?.functions, code).toMatch(/^[14]$/)
    }
    expect(ports?.find('CNXMN')?.functions).toBe('4')
  })
})

describe('a commodity code', () => {
  test.each([
    ['0804300001', '2026-05-18', { kind: 'valid' }],
    ['3208100099', '2026-05-18', { kind: 'valid' }],
    ['7708000000', '2026-05-18', { kind: 'unknown' }],
    ['0804990000', '2026-05-18', { kind: 'unknown' }],
    ['4418209000', '2021-12-31', { kind: 'valid' }],
    ['4418209000', '2022-01-01', { kind: 'ended', day: '2021-12-31' }],
    ['8517130000', '2021-12-31', { kind: 'not-yet', day: '2022-01-01' }],
    ['8517120000', '2021-06-01', { kind: 'valid' }],
  ])('%s on %s', (code, day, validity) => {
    expect(forms.codelist('hs10')?.validity(code, day)).toEqual(validity)
  })

  test('has six digits in 5612 subheadings', () => {
    expect(forms.codelist('hs6')?.size).toBe(5612)
    expect(forms.codelist('hs6')?.search('pineapples')[0]?.code).toBe('080430')
    expect(forms.codelist('hs6')?.search('塑料及其制品', { limit: 200 })).toHaveLength(131)
  })
})

test('one code may stand for different things at different times', () => {
  const name = (en: string) => ({ en, zh: en })
  const list = toCodelist({
    id: 'x',
    name: name('x'),
    validFrom: '2000-01-01',
    entries: [
      { code: 'A', name: name('old'), validTo: '2009-12-31' },
      { code: 'A', name: name('new'), validFrom: '2015-01-01' },
    ],
  })

  expect(list.find('A', '2005-01-01')?.name.en).toBe('old')
  expect(list.find('A', '2020-01-01')?.name.en).toBe('new')
  expect(list.find('A')?.name.en).toBe('new')
  expect(list.validity('A', '2012-01-01')).toEqual({ kind: 'ended', day: '2009-12-31' })
  expect(list.validity('A', '1999-01-01')).toEqual({ kind: 'not-yet', day: '2000-01-01' })
  expect(list.codes('2012-01-01')).toEqual([])
})

describe('search', () => {
  test.each([
    ['un-locode', 'CNXM', 'CNXMG'],
    ['un-locode', '厦门', 'CNXMG'],
    ['un-locode', 'kaohs', 'TWKHH'],
    ['currencies', 'CNY', 'CNY'],
    ['countries', '中国', 'CN'],
    ['un-numbers', 'lithium vehicle', '3556'],
  ])('in %s for %j finds %s', (list, text, code) => {
    expect(
      forms
        .codelist(list)
        ?.search(text)
        .map((entry) => entry.code),
    ).toContain(code)
  })

  test('puts the code itself first, and gives no more than was asked for', () => {
    const found = forms.codelist('un-locode')?.search('CNSHA', { limit: 3 })

    expect(found?.[0]?.code).toBe('CNSHA')
    expect(forms.codelist('un-locode')?.search('', { limit: 7 })).toHaveLength(7)
    expect(forms.codelist('un-locode')?.search('', { limit: 100_000 })).toHaveLength(200)
  })

  test('leaves out what is not valid on the day', () => {
    expect(forms.codelist('currencies')?.search('HRK', { day: '2026-05-18' })).toEqual([])
    expect(forms.codelist('currencies')?.search('HRK', { day: '2022-05-18' })).toHaveLength(1)
  })
})

function groupByCode(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) groups.set(entry.code, [...(groups.get(entry.code) ?? []), entry])
  return groups
}
