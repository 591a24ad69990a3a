import { createHash, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isDocumentNumber, toDocumentNumber } from '../../../engine/window/document/document-number.ts'
import { checkCodeOf, isCheckCode, isSignedBy, type Statement, signStatement } from '../../../engine/window/document/document-seal.ts'
import { validityOf } from '../../../engine/window/document/document-validity.ts'
import type { IssuedDocument } from '../../../engine/window/document/issued-document.ts'
import { issuedDocuments } from '../../../engine/window/document/issued-documents.ts'
import { textRuns } from '../../../engine/window/document/page-text.ts'
import { signingKeys } from '../../../engine/window/document/signing-keys.ts'
import { openTempStore, type TempStore } from '../../helpers/temp-store.ts'

const ZONE = 'Asia/Shanghai'
const ISSUED = Date.parse('2018-05-14T10:00:00+08:00')
const STATEMENT: Statement = {
  number: 'SWD00JJ4CA9J2AK',
  kind: 'licence',
  receiptNo: 'SW180514000Z4K2M7Q',
  holder: '福州闽粮食品有限公司',
  issuedAt: ISSUED,
  validUntil: null,
  digest: createHash('sha256').update('file').digest('hex'),
  keyId: 'k',
}
const DOCUMENT: IssuedDocument = {
  ...STATEMENT,
  documentId: STATEMENT.number,
  title: { zh: '许可证', en: 'Licence' },
  version: 1,
  service: 'trade-licence',
  enterprise: '91350100M000100Y43',
  operator: 'OP-FZ',
  shown: [],
  contentType: 'application/pdf',
  signature: 's',
  checkCode: 'c',
  supersedes: [],
}

describe('a document number', () => {
  test('is the same for the same job, and checks itself', () => {
    const number = toDocumentNumber('10000010000042')

    expect(toDocumentNumber('10000010000042')).toBe(number)
    expect(toDocumentNumber('10000010000043')).not.toBe(number)
    expect(isDocumentNumber(number)).toBe(true)
    expect(isDocumentNumber(toDocumentNumber('9999999999999999999'))).toBe(true)
  })

  test('with any one character wrong is no number', () => {
    const number = toDocumentNumber('10000010000042')
    for (let place = 3; place < number.length; place += 1) {
      const wrong = number[place] === '7' ? '8' : '7'
      expect(isDocumentNumber(number.slice(0, place) + wrong + number.slice(place + 1))).toBe(false)
    }
  })
})

describe('validity', () => {
  test.each([
    [{ validFor: 'PT24H' }, '2018-05-15T10:00:00+08:00'],
    [{ validFor: 'P1M' }, '2018-06-14T10:00:00+08:00'],
    [{ validUntil: '2018-12-31' }, '2018-12-31T23:59:59+08:00'],
    [{ validUntil: '2018-12-31T12:00:00Z' }, '2018-12-31T20:00:00+08:00'],
    [{ validUntil: '2018-12-31T12:00:00@Asia/Tokyo' }, '2018-12-31T11:00:00+08:00'],
    [{ validUntil: '2018-12-31T12:00:00+08:00[Asia/Shanghai]' }, '2018-12-31T12:00:00+08:00'],
    [{ validUntil: '2018-12-31', validFor: 'PT24H' }, '2018-12-31T23:59:59+08:00'],
  ])('of %j ends at %s', (told, end) => {
    expect(validityOf(told, ISSUED, ZONE)).toEqual({ ok: true, validUntil: Date.parse(end) })
  })

  test('has no end when nothing is said', () => {
    expect(validityOf({ validUntil: null, validFor: '' }, ISSUED, ZONE)).toEqual({ ok: true, validUntil: null })
  })

  test.each([{ validFor: 'a day' }, { validFor: 'PT0S' }, { validFor: '-PT1H' }, { validUntil: 'tomorrow' }, { validUntil: '2018-02-30' }])(
    'of %j is refused with what was found',
    (told) => {
      expect(validityOf(told, ISSUED, ZONE)).toMatchObject({ ok: false, found: JSON.stringify(Object.values(told)[0]) })
    },
  )
})

describe('a seal', () => {
  test('holds for what was signed and for nothing else', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const other = generateKeyPairSync('ed25519')
    const signature = signStatement(STATEMENT, privateKey)

    expect(isSignedBy(STATEMENT, signature, publicKey)).toBe(true)
    expect(isSignedBy(STATEMENT, signature, other.publicKey)).toBe(false)
    expect(isSignedBy({ ...STATEMENT, validUntil: ISSUED }, signature, publicKey)).toBe(false)
    // Neighbouring values cannot be shifted into each other.
    expect(isSignedBy({ ...STATEMENT, number: `${STATEMENT.number}"`, kind: 'licence' }, signature, publicKey)).toBe(false)
  })

  test('has a check code that is forgiving of how people write, and of nothing else', () => {
    const secret = Buffer.from('secret').toString('base64')
    const code = checkCodeOf('SWD1', secret)

    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
    expect(isCheckCode(` ${code.toLowerCase().replace('-', '').replaceAll('0', 'o').replaceAll('1', 'l')} `, code)).toBe(true)
    expect(isCheckCode(code.slice(1), code)).toBe(false)
    expect(checkCodeOf('SWD2', secret)).not.toBe(code)
  })
})

describe('text on a page', () => {
  test('is cut where its script changes', () => {
    expect(textRuns('甲 شركة النور 12')).toEqual([{ text: '甲 ' }, { text: 'شركة النور', font: 'Arabic' }, { text: ' 12' }])
    expect(textRuns('')).toEqual([{ text: '' }])
  })

  test('loses characters that would turn its neighbours round', () => {
    expect(textRuns('a\u202Eb\u2066c\u0000')).toEqual([{ text: 'a b c ' }])
  })
})

describe('what is kept', () => {
  let temp: TempStore
  beforeEach(async () => {
    temp = await openTempStore('sqlite')
  })
  afterEach(() => temp.remove())

  test('is the first of two tries to issue the same document, with its own file', async () => {
    const documents = issuedDocuments(temp.store)
    const again = { ...DOCUMENT, issuedAt: ISSUED + 1, digest: createHash('sha256').update('other').digest('hex') }

    const tries = await Promise.all([documents.add(DOCUMENT, Buffer.from('file')), documents.add(again, Buffer.from('other'))])

    expect(tries[0]).toEqual(tries[1])
    const kept = await documents.find(DOCUMENT.documentId)
    expect(
      createHash('sha256')
        .update(await documents.content(tries[0]))
        .digest('hex'),
    ).toBe(kept?.digest)
  })

  test('is one first key, also when two servers start at once', async () => {
    const [one, two] = await Promise.all([signingKeys(temp.store, () => 1).current(), signingKeys(temp.store, () => 2).current()])

    expect(one.keyId).toBe(two.keyId)
    expect(await signingKeys(temp.store, () => 3).all()).toHaveLength(1)
  })
})
