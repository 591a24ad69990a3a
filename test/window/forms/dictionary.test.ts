import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { projectRoot } from '../../../engine/root.ts'
import { readFormFolder } from '../../../engine/window/forms/form-folder.ts'

interface DictionaryItem {
  readonly id: string
  readonly name: { readonly en: string; readonly zh: string }
  readonly level: string
  readonly type: string
  readonly format: string
  readonly reference: string
  readonly agencies: readonly string[]
  readonly customsTag: string
}

const root = projectRoot()
const { items } = JSON.parse(readFileSync(join(root, 'forms/dictionary/goods-items.json'), 'utf8')) as { items: readonly DictionaryItem[] }
const { $defs } = JSON.parse(readFileSync(join(root, 'forms/dictionary/goods-items.schema.json'), 'utf8')) as {
  $defs: Readonly<Record<string, JsonObject>>
}
const files = await readFormFolder(join(root, 'forms'))
const form = files.declarations.get('goods-declaration')

const GROUPS: Readonly<Record<string, string | undefined>> = {
  header: undefined,
  document: 'documents',
  container: 'containers',
  line: 'lines',
}

describe('goods dictionary', () => {
  test('has each item once', () => {
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length)
    expect(Object.keys($defs)).toEqual(items.map((item) => item.id))
  })

  test('says the same in its table and its schema', () => {
    for (const item of items) {
      expect($defs[item.id], item.id).toMatchObject({
        title: item.name.en,
        'x-title-zh': item.name.zh,
        'x-level': item.level,
        'x-agencies': item.agencies,
      })
    }
  })

  test('is used by the declaration form whole, every item in the group of its level', () => {
    expect(form?.items.map((item) => [item.id, item.group])).toEqual(
      expect.arrayContaining(items.map((item) => [item.id, GROUPS[item.level]])),
    )
    expect(form?.items).toHaveLength(items.length)
  })

  test('has wording in both languages wherever a form of writing is asked for', () => {
    const patterned = everyObject($defs).filter((schema) => 'pattern' in schema)

    expect(patterned.length).toBeGreaterThan(40)
    for (const schema of patterned) expect(schema['x-expected']).toEqual({ en: expect.any(String), zh: expect.any(String) })
  })

  test('names only code lists that are there, dated and with a source', () => {
    const named = everyObject($defs).flatMap((schema) => (typeof schema['x-codelist'] === 'string' ? [schema['x-codelist']] : []))

    for (const id of named) expect(files.codelists.has(id), id).toBe(true)
    for (const id of files.codelists.keys()) {
      const list = JSON.parse(readFileSync(join(root, `forms/codelists/${id}.json`), 'utf8'))
      expect(list, id).toMatchObject({
        id,
        source: expect.any(String),
        validFrom: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        name: { en: expect.any(String), zh: expect.any(String) },
      })
      const codes = list.entries.map((entry: { code: string }) => entry.code)
      expect(new Set(codes).size, id).toBe(codes.length)
      for (const entry of list.entries)
        expect(entry.name, `${id} ${entry.code}`).toEqual({ en: expect.any(String), zh: expect.any(String) })
    }
  })

  test('keeps no enumeration in a schema', () => {
    for (const schema of everyObject($defs)) expect(schema).not.toHaveProperty('enum')
  })
})

const shared = join(root, '../shared/domain')
const missing = existsSync(join(shared, 'goods-items.csv')) ? undefined : 'the source table goods-items.csv is not beside this project'
if (missing !== undefined) process.stdout.write(`skipped: comparison of the dictionary with its source, because ${missing}\n`)

describe.skipIf(missing !== undefined)('goods dictionary beside its source table', () => {
  test('has the same items, names, formats and routing', () => {
    const rows = parse(readFileSync(join(shared, 'goods-items.csv')), { columns: true }) as Record<string, string>[]
    const tags = parse(readFileSync(join(shared, 'goods-items-message-tags.csv')), { columns: true }) as Record<string, string>[]
    const tagOf = new Map(tags.map((row) => [row.item_id, row.china_single_window_tag]))

    const ours = items.map(({ agencies, ...item }) => ({
      ...item,
      customs: agencies.includes('customs'),
      inspection: agencies.includes('inspection'),
    }))

    expect(ours).toEqual(
      rows.map((row) => ({
        id: row.item_id,
        name: { en: row.name_en, zh: row.name_zh },
        level: row.level,
        type: row.type,
        format: row.format,
        reference: row.wco_id,
        customsTag: tagOf.get(row.item_id),
        customs: row.customs === '1',
        inspection: row.ciq === '1',
      })),
    )
  })
})

// helpers

function everyObject(node: unknown): readonly JsonObject[] {
  if (Array.isArray(node)) return node.flatMap(everyObject)
  if (typeof node !== 'object' || node === null) return []
  return [node as JsonObject, ...Object.values(node).flatMap(everyObject)]
}
