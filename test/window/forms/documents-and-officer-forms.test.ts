import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { refuseFaultyOfficerForm } from '../../../engine/window/forms/officer-form.ts'
import { redDeclaration } from '../../fixtures/goods-declarations.ts'

const forms = await loadForms()

function documentContext(items: JsonObject, variables: JsonObject = {}): JsonObject {
  return {
    number: 'SWD00000000000A',
    receiptNo: 'R1',
    version: 2,
    service: 'goods-export',
    serviceName: { en: 'Goods export', zh: '货物出口' },
    enterprise: '91350200MA2DEM017J',
    operator: 'OP-XM',
    operatorName: { en: 'Xiamen', zh: '厦门' },
    issuedAt: '2026-05-18T10:00:00.000+08:00',
    items,
    variables,
  }
}

describe('documents', () => {
  test('the release note names goods and boxes in both languages', () => {
    const { contentType, body } = forms.renderDocument('release-note', documentContext(redDeclaration()))

    expect(contentType).toBe('application/pdf')
    for (const text of ['放行通知书', 'Release note', 'GYOU4047990', '松木板材', '厦门海沧港', '日本 Japan']) expect(body).toContain(text)
  })

  test('the proof of exit names the time of sailing and the money', () => {
    const sailed = { sailedAt: '2026-05-21T04:30:00+08:00' }

    const { body } = forms.renderDocument(
      'exit-proof',
      documentContext(redDeclaration(), { sailed, customsAnswer: { reference: '371220260000000017' } }),
    )

    for (const text of ['出境证明', '2026-05-21 04:30 (+08:00)', '24,007.50', '51,815.50', '371220260000000017'])
      expect(body).toContain(text)
  })

  test('markup in a declaration stays text', () => {
    const { body } = forms.renderDocument(
      'release-note',
      documentContext({ ...redDeclaration(), transport_name: '<script>alert(1)</script>', voyage_no: '"&\'' }),
    )

    expect(body).not.toContain('<script>')
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('what is absent is a dash', () => {
    const { body } = forms.renderDocument('exit-proof', documentContext({}))

    expect(body).toContain('>—<')
    expect(body).not.toMatch(/undefined|null|\[object/)
  })

  test('an unknown document is refused by name', () => {
    expect(() => forms.renderDocument('passport', {})).toThrow('Expected a document passport, but forms/ has amendment-decision')
  })
})

describe('officer forms', () => {
  test.each([
    'customs-document-review',
    'inspection-document-review',
    'origin-inspection',
    'joint-inspection-record',
    'inspection-failed-decision',
    'agencies-disagree',
    'agency-silent',
    'manifest-mismatch',
    'confirm-and-sign',
    'correction',
    'liaison-escalation',
    'withdrawal-consent',
    'credit-hold-review',
    'slot-confirm',
    'eco-sign',
    'gate-yard',
  ])('%s asks for a decision', (formId) => {
    const fields = forms.officerForm(formId)?.fields as readonly JsonObject[]

    expect(fields[0]).toMatchObject({ name: 'decision', type: 'choice', required: true })
  })

  test('whoever signs states that the declaration is true', () => {
    const fields = forms.officerForm('confirm-and-sign')?.fields as readonly JsonObject[]

    expect(fields.find(({ name }) => name === 'declaredTrue')).toMatchObject({ type: 'boolean', required: true, mustBe: true })
  })

  test('a statement must be a required boolean with a text in both languages', () => {
    const label = { en: 'True', zh: '真实' }
    const faulty = (field: JsonObject) => () =>
      refuseFaultyOfficerForm('oath', { id: 'oath', title: label, fields: [{ name: 'oath', label, mustBe: true, ...field }] })

    expect(faulty({ type: 'boolean', required: true, mustBeText: label })).not.toThrow()
    expect(faulty({ type: 'text', required: true, mustBeText: label })).toThrow('mustBe of oath is not on a required boolean')
    expect(faulty({ type: 'boolean', required: false, mustBeText: label })).toThrow('mustBe of oath is not on a required boolean')
    expect(faulty({ type: 'boolean', required: true })).toThrow('mustBeText of oath lacks a language')
  })

  test('an unknown form is undefined', () => {
    expect(forms.officerForm('passport')).toBeUndefined()
    expect(forms.officerForm('__proto__')).toBeUndefined()
  })
})
