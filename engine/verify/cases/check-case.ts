import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { CaseExpectation, CaseRecord, CaseView } from './contract.ts'

/** What of a case is not as expected: one text each. `sent` holds `<agency>/<message>`; expectations may leave out the agency. */
export function checkCase(
  expected: CaseExpectation,
  found: { readonly view: CaseView; readonly record: CaseRecord; readonly sent: readonly string[]; readonly lasted: number },
  withinMs: number | undefined,
): string[] {
  const { view, record, sent, lasted } = found
  const faults: string[] = []
  const expect = (holds: boolean, fault: () => string) => {
    if (!holds) faults.push(fault())
  }
  expect(view.end === expected.end, () => `Expected it to end at ${expected.end}, found ${view.end || 'no end event'}`)
  const missing = firstMissing(expected.passes ?? [], record.completed)
  expect(missing === undefined, () => `Expected it to pass ${missing}, in the order given; it passed ${record.completed.join(', ')}`)
  for (const element of expected.avoids ?? [])
    expect(!record.completed.includes(element), () => `Expected it not to pass ${element}, but it did`)
  const unsent = firstMissing(expected.sends ?? [], sent)
  expect(unsent === undefined, () => `Expected message ${unsent} to be sent, in the order given; sent were ${sent.join(', ') || 'none'}`)
  for (const message of expected.neverSends ?? [])
    expect(!sent.some((one) => isNamed(one, message)), () => `Expected message ${message} not to be sent, but it was`)
  for (const kind of expected.documents ?? [])
    expect(record.documents.includes(kind), () => `Expected document ${kind}, issued were ${record.documents.join(', ') || 'none'}`)
  for (const rule of expected.errors ?? [])
    expect(record.errors.includes(rule), () => `Expected an item error of rule ${rule}, found were ${record.errors.join(', ') || 'none'}`)
  for (const [name, value] of Object.entries(expected.variables ?? {}))
    expect(
      agrees(value, record.variables[name]),
      () => `Expected ${name} = ${JSON.stringify(value)}, found ${JSON.stringify(record.variables[name])}`,
    )
  for (const account of expected.accounts ?? [])
    expect(
      record.accounts.some((known) => agrees(account, known)),
      () => `Expected account ${JSON.stringify(account)}, found ${JSON.stringify(record.accounts)}`,
    )
  for (const { service, end } of expected.opens ?? [])
    expect(
      record.opened.some((opened) => opened.service === service && opened.end === end),
      () => `Expected a case of ${service} that ends at ${end}, opened were ${JSON.stringify(record.opened)}`,
    )
  expect(
    withinMs === undefined || lasted <= withinMs,
    () => `Expected it to take at most ${expected.within}, it took ${lasted / 60_000} minutes`,
  )
  return faults
}

/** The first of `wanted` that does not follow its predecessors in `found`. */
function firstMissing(wanted: readonly string[], found: readonly string[]): string | undefined {
  let from = 0
  for (const item of wanted) {
    const at = found.findIndex((one, index) => index >= from && isNamed(one, item))
    if (at < 0) return item
    from = at + 1
  }
  return undefined
}

function isNamed(found: string, wanted: string): boolean {
  return found === wanted || found.endsWith(`/${wanted}`)
}

/** Equal; of an object only what is named. Lists have the same length and agree item by item. */
function agrees(wanted: Json | undefined, found: Json | undefined): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(found) && wanted.length === found.length && wanted.every((item: Json, index) => agrees(item, found[index] as Json))
  if (wanted === null || typeof wanted !== 'object') return isDeepStrictEqual(wanted, found)
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return false
  return Object.entries(wanted as JsonObject).every(([name, value]) => agrees(value, (found as JsonObject)[name]))
}
