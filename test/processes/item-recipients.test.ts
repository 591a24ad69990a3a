import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../engine/root.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['declaration-amendment-withdrawal'])
const ENV = { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' }
const read = (path: string) => JSON.parse(readFileSync(join(projectRoot(), 'forms', path), 'utf8'))
const { $defs: dictionary } = read('dictionary/goods-items.schema.json') as { $defs: Record<string, { 'x-agencies': string[] }> }
const { entries } = read('codelists/declaration-items.json') as { entries: { code: string }[] }

function recipients(changedItems: readonly string[]): string[] {
  const outcome = decisions.get('item-recipients')?.evaluate((name) => (name === 'facts' ? { changedItems } : null), ENV)
  if (!outcome?.ok) throw new Error('Expected item-recipients to decide')
  return ((outcome.output ?? []) as { agency: string }[]).map(({ agency }) => agency)
}

test('every agency that receives an item is told its change, and no other', () => {
  expect(entries.length).toBeGreaterThan(60)
  for (const { code } of entries) expect(recipients([code]).sort(), code).toEqual([...(dictionary[code]?.['x-agencies'] ?? [])].sort())
})

test('a withdrawal is told to all that receive anything', () => {
  const all = new Set(entries.flatMap(({ code }) => dictionary[code]?.['x-agencies'] ?? []))
  expect(recipients(['*']).sort()).toEqual([...all].sort())
})
