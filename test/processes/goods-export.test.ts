import { describe, expect, test } from 'vitest'
import { greenDeclaration, redDeclaration, yellowDeclaration } from '../fixtures/goods-declarations.ts'
import { GoodsExportPlay, HOUR } from '../helpers/goods-export-play.ts'

describe('the happy path', () => {
  test('goods in the green channel are exported without an officer', () => {
    const play = new GoodsExportPlay()

    play.declare()
    play.review()
    play.ship()

    expect(play.state()).toBe('exported')
    expect(play.isEmpty()).toBe(true)
    expect(play.folds()).toBe(true)
    expect(play.sent).toEqual([
      'window.validate',
      'agency.terminal arrival-notice',
      'agency.inspection ciq.export.apply',
      'window.validate',
      'agency.customs cus.dec',
      'agency.inspection ciq.dec',
      'agency.terminal release',
      'agency.carrier release',
      'window.issue-document release-note',
      'agency.safe exit-proof',
      'agency.tax exit-proof',
      'window.issue-document exit-proof',
    ])
  })

  test('the declaration waits for transport, origin inspection and certificate together', () => {
    const play = new GoodsExportPlay({ data: withCertificate() })

    play.prepare()
    expect(play.waiting()).toContain('apply-certificate')
    expect(play.waiting()).not.toContain('confirm-and-sign')
    play.complete('apply-certificate')
    play.completeTask('eco-sign', { decision: 'sign', certificateNo: 'CO-1' })

    expect(play.waiting()).toEqual(['confirm-and-sign'])
  })

  test('no certificate is asked for when none is wanted', () => {
    const play = new GoodsExportPlay()

    expect(play.waiting()).toEqual(['announce-container', 'apply-inspection'])
  })

  test('statutory goods are inspected at origin and their documents reviewed at the port', () => {
    const play = new GoodsExportPlay({ data: greenDeclaration({ lines: tea() }) })

    play.prepare()
    play.completeTask('inspect-origin', { decision: 'pass', inspector: 'Xu' })
    play.sign()
    play.validate('validate')
    play.review()
    expect(play.waiting()).toContain('inspection-review')
    play.completeTask('inspection-review', { decision: 'accept' })
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('the yellow channel is decided by a documents officer of customs', () => {
    const play = new GoodsExportPlay({ data: yellowDeclaration() })

    play.declare()
    play.review()
    expect(play.waiting()).toContain('customs-review')
    expect(play.task('customs-review')).toMatchObject({
      candidateGroups: ['customs.doc-officer'],
      externalFormReference: 'customs-document-review',
    })
    play.completeTask('customs-review', { decision: 'accept' })
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('the red channel is inspected once, by both agencies on one record', () => {
    const play = new GoodsExportPlay({ randomDraw: 0.01 })

    play.declare()
    play.review()
    play.openBoxes()
    expect(play.task('joint-record')).toMatchObject({ candidateGroups: ['customs.inspector', 'inspection.inspector'] })
    play.record('no-problem')
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('one record serves when both agencies want to see the goods', () => {
    const play = new GoodsExportPlay({ data: redDeclaration() })

    play.declare()
    play.review('examine', 'accepted')

    expect(play.variables().inspectionOrders).toEqual(
      expect.arrayContaining([expect.objectContaining({ agency: 'customs' }), expect.objectContaining({ agency: 'inspection' })]),
    )
    play.openBoxes()
    expect(play.waiting().filter((id) => id === 'joint-record')).toHaveLength(1)
  })

  test('a record without both signatures comes back to the inspectors', () => {
    const play = new GoodsExportPlay({ randomDraw: 0.01 })

    play.declare()
    play.review()
    play.openBoxes()
    play.completeTask('joint-record', { decision: 'no-problem', customsInspector: 'Chen' })

    expect(play.waiting()).toEqual(['joint-record'])
  })

  test('the slot can be moved to another day', () => {
    const play = new GoodsExportPlay({ randomDraw: 0.01 })

    play.declare()
    play.review()
    play.complete('request-slot')
    play.publish('terminal.slot-offer', { slotOffer: { bay: 'X3' } })
    play.completeTask('slot-confirm', { decision: 'another', wantedOn: '2026-05-21' })

    expect(play.waiting()).toEqual(['request-slot'])
  })
})

describe('before the declaration', () => {
  test('prohibited goods are rejected at once', () => {
    const play = new GoodsExportPlay({ data: withHsCode('4402200000') })

    expect(play.state()).toBe('rejected')
    expect(play.isEmpty()).toBe(true)
  })

  test('missing papers are listed by item; the declaration goes on when they are supplied', () => {
    const play = new GoodsExportPlay({ data: greenDeclaration({ documents: [] }) })

    expect(play.variables().validation).toMatchObject({
      valid: false,
      errors: [
        { item: 'doc_type_code', group: 'documents', rule: 'doc-requirements.00000001' },
        { item: 'doc_type_code', group: 'documents', rule: 'doc-requirements.00000002' },
        { item: 'doc_type_code', group: 'documents', rule: 'doc-requirements.10000001' },
      ],
    })
    play.amend(greenDeclaration())
    play.validate('read-version')

    expect(play.waiting()).toEqual(['announce-container', 'apply-inspection'])
    expect(play.variables().version).toBe(2)
  })

  test('a missing licence is asked for like a missing paper', () => {
    const play = new GoodsExportPlay({ data: withHsCode('2846901100') })

    expect(play.variables().validation).toMatchObject({ errors: [{ item: 'licence_no', rule: 'licence-need.export-licence' }] })
    expect(play.waiting()).toContain('await-amendment')
  })

  test('papers that do not come are reminded of after 48 h and lapse after 72 h (E2)', () => {
    const play = new GoodsExportPlay({ data: greenDeclaration({ documents: [] }) })

    play.advance(48 * HOUR - 1)
    expect(play.completed()).not.toContain('end-reminded')
    play.advance(1)
    expect(play.completed()).toContain('end-reminded')
    play.advance(24 * HOUR - 1)
    expect(play.state()).toBe('in-progress')
    play.advance(1)

    expect(play.state()).toBe('lapsed')
    expect(play.isEmpty()).toBe(true)
  })

  test('goods that fail at origin are reworked and presented again (E5)', () => {
    const play = new GoodsExportPlay({ data: greenDeclaration({ lines: tea() }) })

    play.prepare()
    play.completeTask('inspect-origin', { decision: 'fail', note: 'Pesticide residue' })
    play.completeTask('rework', { decision: 'corrected' })
    play.completeTask('inspect-origin', { decision: 'pass' })

    expect(play.waiting()).toEqual(['confirm-and-sign'])
  })

  test('goods that fail at origin and are not reworked stop there (E5)', () => {
    const play = new GoodsExportPlay({ data: greenDeclaration({ lines: tea() }) })

    play.prepare()
    play.completeTask('inspect-origin', { decision: 'fail', note: 'Pesticide residue' })
    play.completeTask('rework', { decision: 'withdraw', reason: 'Not worth it' })

    expect(play.state()).toBe('rejected')
    expect(play.isEmpty()).toBe(true)
  })

  test('the e-ledger number is waited for two hours, no longer', () => {
    const play = new GoodsExportPlay()

    play.complete('apply-inspection')
    play.advance(2 * HOUR - 1)
    expect(play.waiting()).toContain('e-ledger')
    play.advance(1)

    expect(play.waiting()).not.toContain('e-ledger')
  })

  test('a certificate that needs better data waits for the enterprise, and is left out when it lapses', () => {
    const play = new GoodsExportPlay({ data: withCertificate() })

    play.prepare()
    play.complete('apply-certificate')
    play.completeTask('eco-sign', { decision: 'query', errors: [{ item: 'origin_country', rule: 'CO12', text: 'Which factory?' }] })
    expect(play.waiting()).toContain('await-amendment')
    play.advance(72 * HOUR)

    expect(play.waiting()).toEqual(['confirm-and-sign'])
  })

  test('the enterprise is warned when less than 24 h are left to loading', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    const declareBy = Date.parse(String((play.variables().facts as { declareBy: string }).declareBy))
    play.advance(declareBy - play.now - 1)
    expect(play.completed()).not.toContain('end-late-warning')
    play.advance(1)

    expect(play.completed()).toContain('end-late-warning')
    expect(play.waiting()).toEqual(['confirm-and-sign'])
  })

  test('an enterprise that does not sign withdraws', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    play.completeTask('confirm-and-sign', { decision: 'withdraw', reason: 'Wrong buyer' })
    play.complete('unsigned-withdraw')

    expect(play.state()).toBe('withdrawn')
    expect(play.isEmpty()).toBe(true)
  })
})

describe('loading and sailing', () => {
  test('a load list that differs goes to the manifest officer', () => {
    const play = released()

    play.load(['CSQU3054383'])
    expect(play.task('manifest-loaded')).toMatchObject({ candidateGroups: ['customs.manifest-officer'] })
    play.completeTask('manifest-loaded', { decision: 'amend' })
    play.publish('terminal.loaded', { loaded: { containers: play.containers } })

    expect(play.waiting()).toEqual(['sailed'])
  })

  test('a tally that differs can be accepted by the manifest officer', () => {
    const play = released()

    play.load()
    play.sail(['CSQU3054383'])
    play.completeTask('manifest-sailed', { decision: 'accept', difference: 'short' })
    play.prove()

    expect(play.state()).toBe('exported')
  })

  test('a difference handed to enforcement seizes the goods', () => {
    const play = released()

    play.load(['CSQU3054383', 'TCNU7200794', 'MSKU0000000'])
    play.completeTask('manifest-loaded', { decision: 'enforcement', difference: 'over' })

    expect(play.state()).toBe('seized')
    expect(play.isEmpty()).toBe(true)
  })

  test('a container that the yard refuses is brought again', () => {
    const play = released()

    play.completeTask('yard', { decision: 'refused', note: 'Seal broken' })
    play.completeTask('bring-again', { decision: 'corrected' })

    expect(play.waiting()).toEqual(['yard'])
  })
})

function released(): GoodsExportPlay {
  const play = new GoodsExportPlay()
  play.declare()
  play.review()
  play.release()
  return play
}
function lines(): readonly Record<string, never>[] {
  return greenDeclaration().lines as never
}
function withHsCode(hs_code: string) {
  return greenDeclaration({ lines: lines().map((line) => ({ ...line, hs_code })) })
}
function tea() {
  return lines().map((line) => ({ ...line, hs_code: '0902109000' }))
}
function withCertificate() {
  return greenDeclaration({ documents: [...greenDeclaration().documents, { requested_cert: { code: '94', originals: 1, copies: 1 } }] })
}
