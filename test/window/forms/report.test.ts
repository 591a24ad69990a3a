import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectRoot } from '../../../engine/root.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { countForms, toTable } from '../../../engine/window/forms/report.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forms-'))
  await cp(join(projectRoot(), 'forms'), folder, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

test('149 items of two forms have become 96', async () => {
  const counted = await countForms()

  expect(counted.goods).toMatchObject({ report: { forms: { customs: 73, inspection: 76 }, before: 149, after: 96 }, differences: [] })
  expect(toTable(counted)).toContain('53 (35.6%)')
})

test('641 items of three forms have become 384', async () => {
  const counted = await countForms()

  expect(counted.ships).toMatchObject({
    report: { forms: { msa: 265, customs: 180, frontierQuarantine: 196 }, before: 641, after: 384 },
    differences: [],
    agencies: { msa: 265, customs: 180, frontier: 196, inspection: 196 },
  })
  expect(toTable(counted)).toContain('257 (40.1%)')
})

test('form C is counted by the agency that is sent less of it', async () => {
  await edit('messages/frontier/ship.form-c.json.hbs', '"crewRemarks": {{json row.CRW032}}', '"crewRemarks": null')

  const { ships } = await countForms(folder)

  expect(ships?.report.forms.frontierQuarantine).toBe(195)
  expect(ships?.differences).toEqual(['frontier/ship.form-c: CRW032 is routed to frontier, but the template leaves it out'])
})

test('the report counts what the template uses, and names an item it leaves out', async () => {
  await edit('messages/customs/cus.dec.xml.hbs', '    {{tag "PackNo" items.package_count}}\n', '')

  const { goods } = await countForms(folder)

  expect(goods?.report).toEqual({ forms: { customs: 72, inspection: 76 }, before: 148, after: 96 })
  expect(goods?.differences).toEqual(['customs/cus.dec: package_count is routed to customs, but the template leaves it out'])
})

test('a template that uses an item its agency may not see stops the start', async () => {
  await edit('messages/customs/cus.dec.xml.hbs', 'items.package_count', 'items.manufacturer')

  await expect(loadForms(folder)).rejects.toThrow('Expected message customs/cus.dec to use items routed to customs, but found manufacturer')
})

test.each([
  ['unescaped output', '{{{items.marks_numbers}}}'],
  ['the whole declaration', '{{tag "X" items}}'],
  ['a name from nowhere', '{{tag "X" declaration.marks_numbers}}'],
  ['the row as a whole', '{{#each items.lines as |line|}}{{tag "X" line}}{{/each}}'],
  ['a step outwards', '{{#each items.lines as |line|}}{{tag "X" ../items.remarks}}{{/each}}'],
  ['an unknown helper', '{{lookup items "remarks"}}'],
  ['a partial', '{{> other}}'],
])('a message template may not use %s', async (_, source) => {
  await edit('messages/customs/cus.dec.xml.hbs', '    {{tag "PackNo" items.package_count}}\n', source)

  await expect(loadForms(folder)).rejects.toThrow('Expected template customs/cus.dec to read items.x, rows by name')
})

test('a rule that is not FEEL, or speaks of no item, stops the start', async () => {
  await edit('declarations/goods-declaration.rules.json', '"net_weight <= gross_weight"', '"net_weight <= "')
  await expect(loadForms(folder)).rejects.toThrow('Expected rule FJ0101 to be FEEL')

  await edit('declarations/goods-declaration.rules.json', '"net_weight <= "', '"net_weight <= gross_weight"')
  await edit('declarations/goods-declaration.rules.json', '["net_weight","gross_weight"]', '["net_weight","grossweight"]')
  await expect(loadForms(folder)).rejects.toThrow(
    'Expected rule FJ0101 to speak of items of form goods-declaration, but grossweight is none of them',
  )
})

test('an incomplete officer form stops the start', async () => {
  await edit('decisions/eco-sign.form.json', '"zh":"处理意见"', '"zh":""')

  await expect(loadForms(folder)).rejects.toThrow(
    'Expected officer form eco-sign to be complete, but found: the label of decision lacks a language',
  )
})

async function edit(path: string, from: string, to: string): Promise<void> {
  const file = join(folder, path)
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}
