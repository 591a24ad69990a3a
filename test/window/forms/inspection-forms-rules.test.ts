import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { projectRoot } from '../../../engine/root.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const forms = await loadForms()
const DAYS: Readonly<Record<string, string>> = {
  decl_date: '2026-05-18',
  wanted_day: '2026-05-19',
  inspected_on: '2026-05-15',
  accepted_on: '2026-05-17',
}

/** Data that the service's cases start from, with days in place of its expressions. */
function base(service: string, file: string): JsonObject {
  const data = JSON.parse(readFileSync(join(projectRoot(), 'processes', service, 'cases/data', file), 'utf8')) as JsonObject
  return { ...data, ...Object.fromEntries(Object.entries(DAYS).filter(([name]) => name in data)) }
}
function twice(data: JsonObject, group: string): JsonObject {
  const [first = {}] = data[group] as readonly JsonObject[]
  return { ...data, [group]: [first, first] }
}
function row(data: JsonObject, group: string, changes: JsonObject): JsonObject {
  const [first = {}, ...others] = data[group] as readonly JsonObject[]
  return { ...data, [group]: [{ ...first, ...changes }, ...others] }
}
function without(data: JsonObject, ...items: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !items.includes(name)))
}

const claim = base('exam-subsidy', 'claim.json')
const release = base('joint-release', 'release.json')
const request = base('declaration-amendment-withdrawal', 'amend.json')
const order = base('joint-inspection', 'order.json')

/** Of each rule a declaration that breaks it and nothing else, and one that just keeps it. */
const CASES: Readonly<Record<string, readonly (readonly [string, JsonObject, JsonObject])[]>> = {
  'subsidy-claim': [
    ['SC0101', { ...claim, inspected_on: '2026-05-19' }, { ...claim, inspected_on: '2026-05-18' }],
    ['SC0102', without(claim, 'payee_bank'), { ...without(claim, 'payee_account', 'payee_bank'), claim_origin: 'A' }],
    ['SC0201', twice(claim, 'containers'), claim],
    [
      'SC0202',
      { ...claim, containers: [{ container_no: 'GYOU4047990', was_moved: true }] },
      { ...claim, containers: [{ container_no: 'GYOU4047990', was_moved: false }] },
    ],
  ],
  'joint-release': [
    ['JR0101', without(release, 'containers', 'package_count'), without(release, 'containers')],
    ['JR0201', twice(release, 'containers'), release],
  ],
  'amendment-request': [
    ['AW0101', without(request, 'changes'), { ...without(request, 'changes'), request_kind: 'withdraw' }],
    ['AW0102', { ...request, accepted_on: '2026-05-19' }, { ...request, accepted_on: '2026-05-18' }],
    ['AW0103', without(request, 'documents'), { ...without(request, 'documents'), amendment_reason: 'system-fault' }],
    ['AW0201', twice(request, 'changes'), request],
    ['AW0202', row(request, 'changes', { value_after: '96' }), row(request, 'changes', { value_after: '97' })],
  ],
  'inspection-order': [
    ['JI0101', without(order, 'wanted_half'), without(order, 'wanted_half', 'wanted_day')],
    ['JI0102', { ...order, wanted_day: '2026-05-17' }, { ...order, wanted_day: '2026-05-18' }],
    ['JI0201', twice(order, 'containers'), order],
    ['JI0202', twice(order, 'selections'), order],
  ],
}

describe.each(Object.entries(CASES))('%s', (formId, cases) => {
  const found = (data: JsonObject) => [...new Set(forms.validate(formId, data).map(({ rule }) => rule))]

  test.each(cases)('%s is found alone, and not where the declaration just keeps it', (rule, broken, kept) => {
    expect(found(broken)).toEqual([rule])
    expect(found(kept)).toEqual([])
  })

  test('every rule has a case', () => {
    const rules = (jsonFiles('declarations', '.rules.json').get(formId)?.rules ?? []) as readonly { readonly id: string }[]
    expect(cases.map(([rule]) => rule)).toEqual(rules.map(({ id }) => id))
  })
})
