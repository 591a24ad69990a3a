import { join } from 'node:path'
import type { Json, JsonObject } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import type { Envelope, Forms } from '../../engine/window/contract.ts'
import { toTemplateCompiler } from '../../engine/window/forms/compile-template.ts'
import type { DeclarationForm } from '../../engine/window/forms/declaration-form.ts'
import { readFormFolder } from '../../engine/window/forms/form-folder.ts'
import { templateItems } from '../../engine/window/forms/load-forms.ts'
import { routedItemIds, routeItems } from '../../engine/window/forms/route-items.ts'
import { runningNumbers } from './any-declaration.ts'
import { leavesOf, MESSAGE_READERS } from './read-message.ts'

/** A message template with the items it may show. */
export interface TriedMessage {
  /** `customs/cus.dec`. */
  readonly id: string
  readonly agencyId: string
  readonly format: string
  readonly form: DeclarationForm
  readonly items: ReadonlySet<string>
  /** True when it carries every item of its agency: one of the agencies' own forms. */
  readonly whole: boolean
}

/** Every template of `forms/messages`. */
export async function messagesToTry(folder = join(projectRoot(), 'forms')): Promise<readonly TriedMessage[]> {
  const files = await readFormFolder(folder)
  const compiler = toTemplateCompiler(files.codelists)
  return [...files.messages.values()].map((file) => {
    const { formId = '', items } = templateItems(file, files, compiler)
    const form = files.declarations.get(formId)
    if (form === undefined) throw new Error(`Expected message ${file.id} to name a form, found ${formId}`)
    const agencyId = file.id.split('/')[0] ?? ''
    const routed = routedItemIds(form, agencyId)
    return { id: file.id, agencyId, format: file.format.extension, form, items, whole: routed.every((item) => items.has(item)) }
  })
}

export function renderTried(forms: Forms, message: TriedMessage, data: JsonObject): string {
  const messageType = message.id.slice(message.agencyId.length + 1)
  const envelope: Envelope = {
    receiptNo: 'RECEIPT',
    version: 1,
    service: 'trial',
    messageId: 'ID',
    messageType,
    agencyId: message.agencyId,
    idempotencyKey: 'KEY',
    sentAt: '2026-05-18T10:00:00+08:00',
    variables: {},
  }
  return forms.renderMessage(messageType, { formId: message.form.id, data, envelope }).body
}

/**
 * What is wrong with the message of a declaration whose values are all different (`anyDeclaration`): a value of another item stands in
 * it, a value came out altered, or, in a message of a whole form, a value is missing. Empty when all is well.
 */
export function findLeaks(message: TriedMessage, data: JsonObject, body: string): readonly string[] {
  const values = numberedValues(data)
  const shown = new Set(runningNumbers(body))
  const problems = [...shown].flatMap((number) => {
    const item = values.get(number)?.item
    return item === undefined || message.items.has(item) ? [] : [`${message.id} shows ${item}, which its template does not name`]
  })
  if (message.whole) {
    for (const [number, { item }] of values)
      if (message.items.has(item) && !shown.has(number)) problems.push(`${message.id} leaves out a value of ${item}`)
  }
  const read = MESSAGE_READERS[message.format]
  if (read === undefined) return problems
  for (const leaf of read(body)) {
    const numbers = runningNumbers(String(leaf))
    const meant = numbers.length === 1 ? values.get(numbers[0] ?? '') : undefined
    if (meant !== undefined && String(leaf) !== String(meant.value))
      problems.push(`${message.id} alters ${meant.item}: ${JSON.stringify(meant.value)} became ${JSON.stringify(leaf)}`)
  }
  return problems
}

/** The declaration with only those items that the template names. */
export function onlyShown(message: TriedMessage, data: JsonObject): JsonObject {
  const keep = (holder: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(holder).flatMap(([name, value]) => {
        if (message.form.groups.has(name) && Array.isArray(value)) return [[name, value.map((row) => keep(row as JsonObject))]]
        return message.items.has(name) ? [[name, value]] : []
      }),
    )
  return keep(data)
}

/** What is wrong with the message of a right declaration: it cannot be read back, or a message of a whole form has other values. */
export function findLosses(message: TriedMessage, data: JsonObject, body: string): readonly string[] {
  const read = MESSAGE_READERS[message.format]
  if (read === undefined) return []
  const sent = read(body).map(toAgencyText)
  if (!message.whole || !KEEPS_CODES.has(message.id)) return []
  const left = countEach(sent)
  const missing = leavesOf(routeItems(message.form, message.agencyId, data))
    .map(toAgencyText)
    .filter((value) => !takeOne(left, value))
  return missing.map((value) => `${message.id} leaves out or alters ${JSON.stringify(value)}`)
}

/** Messages of whole forms that write codes and lists as they are; the others write some in the agency's own codes. */
const KEEPS_CODES = new Set([
  'inspection/ciq.dec',
  'msa/ship.form-a',
  'customs/ship.form-b',
  'frontier/ship.form-c',
  'inspection/ship.form-c',
])

function toAgencyText(value: Json): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
}

function countEach(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
function takeOne(counts: Map<string, number>, value: string): boolean {
  const count = counts.get(value) ?? 0
  counts.set(value, count - 1)
  return count > 0
}

interface NumberedValue {
  readonly item: string
  readonly value: Json
}

/** Values by their running number, with the item they are of. */
function numberedValues(data: JsonObject): ReadonlyMap<string, NumberedValue> {
  const values = new Map<string, NumberedValue>()
  const collect = (node: JsonObject): void => {
    for (const [item, value] of Object.entries(node)) {
      const isGroup = Array.isArray(value) && value.some((row) => typeof row === 'object')
      if (isGroup) for (const row of value) collect(row as JsonObject)
      else {
        for (const leaf of leavesOf(value)) {
          const [number] = runningNumbers(String(leaf))
          if (number !== undefined) values.set(number, { item, value: leaf })
        }
      }
    }
  }
  collect(data)
  return values
}
