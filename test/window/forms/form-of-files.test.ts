import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { projectRoot } from '../../../engine/root.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forms-'))
  for (const part of ['dictionary', 'codelists']) await cp(join(projectRoot(), 'forms', part), join(folder, part), { recursive: true })
  await write('dictionary/batch-items.schema.json', DICTIONARY)
  await write('declarations/batch-application.schema.json', FORM)
  await write('declarations/batch-application.rules.json', RULES)
  await mkdir(join(folder, 'messages/zone'), { recursive: true })
  await writeFile(join(folder, 'messages/zone/batch.xml.hbs'), MESSAGE)
})
afterEach(() => rm(folder, { recursive: true }))

const DICTIONARY = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:single-window:dictionary:batch-items',
  title: 'Batch items',
  'x-title-zh': '分批数据项',
  $defs: {
    batch_no: {
      title: 'Batch number',
      'x-title-zh': '批次号',
      'x-agencies': ['customs', 'zone'],
      type: 'string',
      pattern: '^[A-Z0-9]{4}$',
      'x-expected': { en: '4 capital letters or digits', zh: '4位大写字母或数字' },
    },
    secret_note: {
      title: 'Note to customs',
      'x-title-zh': '致海关说明',
      'x-agencies': ['customs'],
      type: 'string',
      minLength: 1,
      maxLength: 100,
      format: 'plain-text',
    },
  },
}
const item = (dictionary: string, id: string, more: JsonObject = {}) => ({
  $ref: `urn:single-window:dictionary:${dictionary}#/$defs/${id}`,
  ...more,
})
const FORM = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:single-window:form:batch-application',
  title: 'Batch application',
  'x-title-zh': '分批送货申请',
  'x-day': 'decl_date',
  type: 'object',
  additionalProperties: false,
  required: ['decl_date', 'batch_no', 'lines'],
  properties: {
    decl_date: item('goods-items', 'decl_date', { 'x-agencies': ['customs', 'zone'] }),
    SHP003: item('ship-items', 'SHP003', { 'x-agencies': ['zone'], 'x-required-for': ['batch-by-ship'] }),
    batch_no: item('batch-items', 'batch_no'),
    secret_note: item('batch-items', 'secret_note'),
    lines: {
      title: 'Goods',
      'x-title-zh': '商品',
      'x-group': 'line',
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['hs_code', 'unit_statutory1'],
        properties: {
          hs_code: item('goods-items', 'hs_code', { 'x-agencies': ['customs', 'zone'] }),
          unit_statutory1: item('goods-items', 'unit_statutory1', { 'x-agencies': ['customs'] }),
        },
      },
    },
  },
}
const RULES = {
  form: 'batch-application',
  lookups: { commodity: { item: 'row.hs_code', codelist: 'hs10' } },
  rules: [
    {
      id: 'BA0001',
      item: 'unit_statutory1',
      group: 'lines',
      reads: ['row.unit_statutory1'],
      when: 'commodity.unit1 != null',
      check: 'row.unit_statutory1 = commodity.unit1',
      text: { en: 'Unit of {commodity.name.en}: expected {commodity.unit1}', zh: '{commodity.name.zh}的单位应为{commodity.unit1}' },
    },
    {
      id: 'BA0002',
      service: ['batch-by-ship'],
      item: 'lines',
      reads: [],
      check: 'count(lines) = 1',
      text: { en: 'Goods: expected one line', zh: '商品：应为一项' },
    },
    {
      id: 'BA0003',
      item: 'hs_code',
      group: 'lines',
      reads: ['row.hs_code'],
      unique: ['hs_code'],
      text: { en: 'Commodity {row.hs_code}: expected once', zh: '商品编号{row.hs_code}重复' },
    },
  ],
}
const MESSAGE = `{{!-- form: batch-application --}}
<Batch>
  {{tag "No" items.batch_no}}
{{#each items.lines as |line|}}
  {{tag "Code" line.hs_code}}
{{/each}}
</Batch>
`
const right = {
  decl_date: '2026-05-18',
  batch_no: 'B001',
  secret_note: 'for customs',
  lines: [{ hs_code: '0303499000', unit_statutory1: '035' }],
}

test('a form made of files alone checks, by service, items of several dictionaries', async () => {
  const forms = await loadForms(folder)
  const rules = (data: JsonObject, service?: string) =>
    forms
      .validate('batch-application', data, service === undefined ? {} : { service })
      .map(({ item: marked, line, rule }) => [marked, line, rule])
  const line: JsonObject = { ...right.lines[0] }

  expect(rules(right)).toEqual([])
  expect(rules({ ...right, lines: [{ ...line, unit_statutory1: '011' }] })).toEqual([['unit_statutory1', 1, 'BA0001']])
  expect(rules({ ...right, lines: [line, line] })).toEqual([
    ['hs_code', 1, 'BA0003'],
    ['hs_code', 2, 'BA0003'],
  ])
  expect(rules({ ...right, SHP003: '9319467' })).toEqual([['SHP003', undefined, 'schema.imo']])
  expect(rules(right, 'batch-by-ship')).toEqual([['SHP003', undefined, 'schema.required']])
  expect(rules({ ...right, SHP003: '9319466', lines: [line, { ...line, hs_code: '0804300001' }] }, 'batch-by-ship')).toEqual([
    ['lines', undefined, 'BA0002'],
  ])
})

test('a declaration that says no day is checked on the day that the caller names', async () => {
  const { decl_date: _, ...undated } = FORM.properties
  await write('declarations/batch-application.schema.json', { ...FORM, required: ['batch_no', 'lines'], properties: undated })
  const forms = await loadForms(folder)
  const { decl_date: __, ...data } = { ...right, lines: [{ hs_code: '4418209000', unit_statutory1: '035' }] }
  const errors = (day?: string) => forms.validate('batch-application', data, day === undefined ? {} : { day })

  expect(errors()).toEqual([])
  expect(errors('2021-12-31')).toEqual([])
  expect(errors('2026-05-18')[0]?.text.en).toBe(
    'Commodity code (HS-based, 10 digits): the code "4418209000" of the list "Commodity codes" ended on 2021-12-31; choose one that is valid on 2026-05-18',
  )
})

test('and routes its items by their agencies, as the form says them', async () => {
  const forms = await loadForms(folder)
  const envelope = {
    receiptNo: 'R',
    version: 1,
    service: 's',
    messageId: 'M',
    messageType: 'batch',
    agencyId: 'zone',
    idempotencyKey: 'K',
    sentAt: 'T',
    variables: {},
  }

  expect(forms.routedItems('batch-application', 'zone')).toEqual(['decl_date', 'SHP003', 'batch_no', 'hs_code'])
  expect(forms.renderMessage('batch', { formId: 'batch-application', data: right, envelope }).body).toBe(
    '<Batch>\n  <No>B001</No>\n  <Code>0303499000</Code>\n</Batch>\n',
  )
})

test.each<[string, string, unknown, string]>([
  [
    'an item of no dictionary',
    'declarations/batch-application.schema.json',
    { ...FORM, properties: { x: item('batch-items', 'colour') } },
    'found no urn:single-window:dictionary:batch-items#/$defs/colour',
  ],
  ['rules of another form', 'declarations/batch-application.rules.json', { ...RULES, form: 'other' }, 'found form other'],
  [
    'a lookup in no list',
    'declarations/batch-application.rules.json',
    { ...RULES, lookups: { c: { item: 'row.hs_code', codelist: 'colours' } } },
    'found row.hs_code and colours',
  ],
  [
    'a rule id used twice',
    'declarations/batch-application.rules.json',
    { ...RULES, rules: [RULES.rules[0], RULES.rules[0]] },
    'found BA0001 twice',
  ],
  [
    'a rule without a check',
    'declarations/batch-application.rules.json',
    { ...RULES, rules: [{ ...RULES.rules[0], check: undefined }] },
    'Expected rule BA0001 to have a check',
  ],
  [
    'a list that is not there',
    'dictionary/batch-items.schema.json',
    { ...DICTIONARY, $defs: { ...DICTIONARY.$defs, batch_no: { ...DICTIONARY.$defs.batch_no, 'x-codelist': 'colours' } } },
    'Expected a code list colours',
  ],
  [
    'a misspelt keyword',
    'dictionary/batch-items.schema.json',
    { ...DICTIONARY, $defs: { ...DICTIONARY.$defs, batch_no: { ...DICTIONARY.$defs.batch_no, 'x-codlist': 'colours' } } },
    'unknown keyword: "x-codlist"',
  ],
])('%s stops the start', async (_, path, content, message) => {
  await write(path, content)

  await expect(loadForms(folder)).rejects.toThrow(message)
})

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), JSON.stringify(content))
}
