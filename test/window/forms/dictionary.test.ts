import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { projectRoot } from '../../../engine/root.ts'
import { readFormFolder } from '../../../engine/window/forms/form-folder.ts'
import { schemaFiles } from '../../helpers/form-files.ts'

const root = projectRoot()
const files = await readFormFolder(join(root, 'forms'))
const dictionaries = [...schemaFiles('dictionary')]
const isMetaSchemaKept = new Ajv2020({ strict: false })

describe.each(dictionaries)('dictionary %s', (id, dictionary) => {
  const items = Object.entries(dictionary.$defs as Record<string, JsonObject>)

  test('has an id of its own and keeps to the meta-schema', () => {
    expect(dictionary.$id).toBe(`urn:single-window:dictionary:${id}`)
    expect(isMetaSchemaKept.validateSchema(dictionary)).toBe(true)
  })

  test('names each item in both languages, its agencies and its type', () => {
    for (const [itemId, item] of items) {
      expect(item, itemId).toMatchObject({
        title: expect.stringMatching(/\S/),
        'x-title-zh': expect.stringMatching(/\S/),
        'x-agencies': expect.any(Array),
        type: expect.stringMatching(/^(string|number|integer|boolean|array|object)$/),
      })
    }
  })

  test('has wording in both languages wherever a form of writing is asked for', () => {
    for (const schema of everyObject(dictionary.$defs).filter((each) => 'pattern' in each))
      expect(schema['x-expected']).toEqual({ en: expect.stringMatching(/\S/), zh: expect.stringMatching(/\S/) })
  })

  test('limits every text, and keeps no enumeration', () => {
    for (const schema of everyObject(dictionary.$defs)) {
      expect(schema).not.toHaveProperty('enum')
      if (schema.type === 'string') expect('pattern' in schema || 'format' in schema, JSON.stringify(schema)).toBe(true)
      if (schema.format === 'plain-text') expect(schema.maxLength, JSON.stringify(schema)).toBeGreaterThan(0)
    }
  })

  test('names only code lists that are there', () => {
    for (const schema of everyObject(dictionary.$defs))
      if (typeof schema['x-codelist'] === 'string') expect(files.codelists.has(schema['x-codelist']), schema['x-codelist']).toBe(true)
  })
})

describe.each([...schemaFiles('declarations')])('form %s', (id, schema) => {
  test('has an id of its own and keeps to the meta-schema', () => {
    expect(schema.$id).toBe(`urn:single-window:form:${id}`)
    expect(isMetaSchemaKept.validateSchema(schema)).toBe(true)
    expect(isMetaSchemaKept.validateSchema(files.declarations.get(id)?.schema ?? {})).toBe(true)
  })

  test('takes known items only, each once in the header or once in a group, and names its groups', () => {
    const form = files.declarations.get(id)
    const places = (form?.items ?? []).map((item) => `${item.group ?? ''}/${item.id}`)

    expect(new Set(places).size).toBe(places.length)
    expect(schema).toMatchObject({ additionalProperties: false, title: expect.any(String), 'x-title-zh': expect.any(String) })
    for (const { name, maxRows } of form?.groups.values() ?? []) {
      expect(name.en + name.zh).not.toContain('undefined')
      expect(maxRows).toBeGreaterThan(0)
    }
  })
})

test.each([
  ['goods-declaration', 'goods-items'],
  ['ship-declaration', 'ship-items'],
])('%s uses all of %s', (formId, dictionaryId) => {
  const dictionary = dictionaries.find(([id]) => id === dictionaryId)?.[1]

  expect(
    files.declarations
      .get(formId)
      ?.items.map((item) => item.id)
      .sort(),
  ).toEqual(Object.keys(dictionary?.$defs as object).sort())
})

const shared = join(root, '../shared/domain')
const missing = existsSync(join(shared, 'goods-items.csv')) ? undefined : 'the source tables are not beside this project'
if (missing !== undefined) process.stdout.write(`skipped: comparison of the dictionaries with their sources, because ${missing}\n`)

describe.skipIf(missing !== undefined)('dictionaries beside their source tables', () => {
  const table = (name: string) => parse(readFileSync(join(shared, name)), { columns: true }) as Record<string, string>[]

  test('goods have the same items, names, formats and routing', () => {
    const tagOf = new Map(table('goods-items-message-tags.csv').map((row) => [row.item_id, row.china_single_window_tag]))

    expect(described('goods-items', { customs: 'customs', ciq: 'inspection' })).toEqual(
      table('goods-items.csv').map((row) => ({
        id: row.item_id,
        en: row.name_en,
        zh: row.name_zh,
        type: row.type,
        format: row.format,
        reference: row.wco_id,
        tag: tagOf.get(row.item_id),
        routing: { customs: row.customs, ciq: row.ciq },
      })),
    )
  })

  test('ships have the same items, names, formats and routing', () => {
    const sourceOf = new Map(table('ship-items-source.csv').map((row) => [row.item_id, row.standard_reference]))

    expect(described('ship-items', { formA: 'msa', formB: 'customs', formC: 'inspection' }).map(({ tag: _, ...item }) => item)).toEqual(
      table('ship-items.csv').map((row) => ({
        id: row.item_id,
        en: row.name_en,
        zh: row.name_zh,
        type: row.type,
        format: row.format,
        reference: sourceOf.get(row.item_id ?? ''),
        routing: { formA: row.formA, formB: row.formB, formC: row.formC },
      })),
    )
  })

  test('form C goes to frontier inspection and to quarantine alike', () => {
    for (const { id, agencies } of files.declarations.get('ship-declaration')?.items ?? [])
      expect(agencies.includes('frontier'), id).toBe(agencies.includes('inspection'))
  })
})

// helpers

function described(dictionaryId: string, columns: Readonly<Record<string, string>>) {
  const dictionary = dictionaries.find(([id]) => id === dictionaryId)?.[1]
  return Object.entries(dictionary?.$defs as Record<string, JsonObject>).map(([id, item]) => ({
    id,
    en: item.title,
    zh: item['x-title-zh'],
    type: item['x-type'],
    format: item['x-format'],
    reference: item['x-reference'],
    tag: item['x-tag'],
    routing: Object.fromEntries(
      Object.entries(columns).map(([column, agency]) => [column, (item['x-agencies'] as readonly string[]).includes(agency) ? '1' : '0']),
    ),
  }))
}

function everyObject(node: unknown): readonly JsonObject[] {
  if (Array.isArray(node)) return node.flatMap(everyObject)
  if (typeof node !== 'object' || node === null) return []
  return [node as JsonObject, ...Object.values(node).flatMap(everyObject)]
}
