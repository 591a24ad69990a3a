import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestOf, isSignedBy } from '../../../engine/window/document/document-seal.ts'
import type { IssuedDocument } from '../../../engine/window/document/issued-document.ts'
import { signingKeys } from '../../../engine/window/document/signing-keys.ts'
import type { DocumentCheck } from '../../../engine/window/index.ts'
import { EXPORTER_USCC } from '../../fixtures/goods-declarations.ts'
import { pdfText } from '../../helpers/pdf.ts'
import { process } from '../../helpers/process-builder.ts'
import { type Office, openOffice } from '../fixtures/office.ts'

const HOUR = 3_600_000
const name = (en: string, zh: string) => ({ en, zh })
const wait = (message: string) => ({ message, correlationKey: '=receiptNo' })

const SERVICE = {
  id: 'clearance',
  name: name('Clearance', '放行'),
  description: name('Permits to leave', '出口岸许可'),
  bpmnProcessId: 'clearance',
  formId: 'goods-declaration',
  owner: 'msa',
  agencies: [],
  validFrom: '2017-01-01',
  ends: {},
  facts: {},
  messages: { amended: 'declaration.amended', withdrawn: 'declaration.withdrawn' },
  documents: { 'exit-permit': { name: name('Exit permit', '出口岸许可证') } },
  correctionElements: [],
}
/** A permit for a day; a second one in its place; it is used, and a third is revoked. */
const model = process('clearance')
  .start('start')
  .serviceTask('first', { type: 'window.issue-document', headers: { document: 'exit-permit', validFor: 'PT24H' } })
  .catchEvent('late', wait('again'))
  .serviceTask('second', { type: 'window.issue-document', headers: { document: 'exit-permit', validFor: 'PT24H', supersedes: 'kind' } })
  .catchEvent('at-sea', wait('sailed'))
  .serviceTask('use', { type: 'window.use-document', headers: { document: 'exit-permit' } })
  .serviceTask('third', { type: 'window.issue-document', headers: { document: 'exit-permit', validUntil: '2030-01-01' } })
  .catchEvent('wrong', wait('mistake'))
  .serviceTask('revoke', { type: 'window.revoke-document', headers: { document: 'exit-permit', reason: 'Issued by mistake' } })
  .end('done')

let office: Office
let receiptNo: string
beforeEach(async () => {
  office = await openOffice({ service: SERVICE, model })
  receiptNo = (await office.submit()).receiptNo
  await office.harness.settled()
})
afterEach(() => office.close())

const documents = async () => (await office.window.status(receiptNo))?.documents ?? []
const states = async () => (await documents()).map(({ state }) => state)
const say = async (message: string) => {
  await office.harness.publish(message, receiptNo)
  await office.harness.settled()
}
const stored = async (number: string): Promise<IssuedDocument> => {
  const collection = office.harness.engine.store.documents<IssuedDocument>({
    name: 'issued_documents',
    indexes: ['receiptNo', 'issuedAt', 'digest'],
    unique: [],
  })
  const found = await collection.get(number)
  if (!found) throw new Error(`Expected document ${number}`)
  return found.body
}
const check = async (number: string): Promise<DocumentCheck | undefined> =>
  office.window.checkDocument({ number, checkCode: (await stored(number)).checkCode })

describe('an issued document', () => {
  test('is valid for as long as the model says, and expires by itself', async () => {
    const [permit] = await documents()

    expect(permit).toMatchObject({ kind: 'exit-permit', state: 'valid', validUntil: (permit?.issuedAt ?? 0) + 24 * HOUR })
    office.harness.clock.advance(24 * HOUR)
    expect(await states()).toEqual(['valid'])
    office.harness.clock.advance(1)
    expect(await states()).toEqual(['expired'])
  })

  test('is superseded, used and revoked as the process goes on', async () => {
    await say('again')
    expect(await states()).toEqual(['superseded', 'valid'])
    await say('sailed')
    expect(await states()).toEqual(['superseded', 'used', 'valid'])
    await say('mistake')
    expect(await states()).toEqual(['superseded', 'used', 'revoked'])

    const [, , third] = await documents()
    expect((await stored(third?.number ?? '')).revoked).toMatchObject({ reason: 'Issued by mistake' })
    expect(await check(third?.number ?? '')).toMatchObject({ state: 'revoked', genuine: true, changedAt: office.harness.clock.now() })
  })

  test('that has run out cannot be used: the process is told by an error', async () => {
    await say('again')
    office.harness.clock.advance(25 * HOUR)
    await say('sailed')

    expect(await states()).toEqual(['superseded', 'expired'])
    const [incident] = (await office.harness.engine.store.search('incident', {})).items
    expect(incident).toMatchObject({ elementId: 'use', incidentType: 'UNHANDLED_ERROR_EVENT' })
    expect(incident?.message).toContain('DOCUMENT_NOT_VALID')
  })

  test('is found with its code, or by its file, and not by its number alone', async () => {
    const [permit] = await documents()
    const number = permit?.number ?? ''
    const file = await office.window.document(number)
    const { checkCode } = await stored(number)

    expect(await check(number)).toMatchObject({ number, holder: EXPORTER_USCC, state: 'valid', genuine: true, receiptNo })
    expect(await office.window.checkDocument({ digest: digestOf(file?.content ?? Buffer.of()) })).toMatchObject({ number })
    expect(
      await office.window.checkDocument({ number: number.toLowerCase(), checkCode: checkCode.toLowerCase().replace('-', ' ') }),
    ).toMatchObject({ number })
    expect(await office.window.checkDocument({ number, checkCode: '00000-00000' })).toBeUndefined()
    expect(await office.window.checkDocument({ number, checkCode: '' })).toBeUndefined()
    expect(await office.window.checkDocument({ number: 'SWD000000000000', checkCode })).toBeUndefined()
  })

  test('says on its page what its record says', async () => {
    const [permit] = await documents()
    const text = await pdfText((await office.window.document(permit?.number ?? ''))?.content)

    for (const expected of [permit?.number ?? '?', receiptNo, (await stored(permit?.number ?? '')).checkCode])
      expect(text).toContain(expected)
  })

  test('carries a signature that a changed byte of anything signed breaks', async () => {
    const [permit] = await documents()
    const document = await stored(permit?.number ?? '')
    const key = await signingKeys(office.harness.engine.store, () => 0).find(document.keyId)
    if (!key) throw new Error('Expected the key of the document')

    expect(isSignedBy(document, document.signature, key.publicKey)).toBe(true)
    for (const changed of [
      { ...document, holder: `${document.holder} ` },
      { ...document, digest: document.digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
      { ...document, validUntil: (document.validUntil ?? 0) + 1 },
      { ...document, kind: 'licence' },
    ])
      expect(isSignedBy(changed, document.signature, key.publicKey)).toBe(false)
  })

  test('whose record was changed is no longer called genuine', async () => {
    const [permit] = await documents()
    const number = permit?.number ?? ''
    const collection = office.harness.engine.store.documents<IssuedDocument>({
      name: 'issued_documents',
      indexes: ['receiptNo', 'issuedAt', 'digest'],
      unique: [],
    })
    const record = await collection.get(number)
    if (!record) throw new Error('Expected the record')
    await collection.replace(number, record.revision, { ...record.body, holder: 'Somebody else' })

    expect(await check(number)).toMatchObject({ genuine: false })
  })

  test('stays genuine when the key is changed, and the next one is signed with the new key', async () => {
    const keyId = await office.window.rotateDocumentKey()
    await say('again')
    const [first, second] = await documents()

    expect(await check(first?.number ?? '')).toMatchObject({ genuine: true })
    expect(await check(second?.number ?? '')).toMatchObject({ genuine: true, keyId })
    const keys = await office.window.documentKeys()
    expect(keys.map((key) => [key.keyId === keyId, key.current])).toEqual([
      [true, true],
      [false, false],
    ])
  })

  test('survives a restart: the same keys, the same file', async () => {
    const [permit] = await documents()
    const before = await office.window.document(permit?.number ?? '')
    await office.restart()

    expect(await office.window.document(permit?.number ?? '')).toEqual(before)
    expect(await check(permit?.number ?? '')).toMatchObject({ genuine: true })
  })
})
