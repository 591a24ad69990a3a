import { describe, expect, test } from 'vitest'
import { greenDeclaration, yellowDeclaration } from '../fixtures/goods-declarations.ts'
import { GoodsExportPlay, HOUR, MINUTE } from '../helpers/goods-export-play.ts'

describe('E1 validation failure', () => {
  test('of what was captured is told before anything is prepared, and waits for the amended version', () => {
    const play = new GoodsExportPlay({ errors: [{ item: 'gross_weight', rule: 'FJ0107' }] })

    expect(play.waiting()).toEqual(['await-amendment', 'correct-documents'])
    expect(play.completed()).toContain('ask-capture-correction')
    play.amend()
    play.validate('read-version', [{ item: 'net_weight', rule: 'FJ0108' }])
    expect(play.waiting()).toEqual(['await-amendment', 'correct-documents'])
    play.amend()
    play.validate('read-version')
    play.declare()

    expect(play.waiting()).toEqual(['customs-declare', 'inspection-declare'])
    expect(play.variables()).toMatchObject({ version: 3, valid: true })
  })

  test('of what was captured lapses after 72 h', () => {
    const play = new GoodsExportPlay({ errors: [{ item: 'gross_weight', rule: 'FJ0107' }] })

    play.advance(72 * HOUR)

    expect(play.state()).toBe('lapsed')
    expect(play.isEmpty()).toBe(true)
  })

  test('item errors go back to the enterprise; the amended version goes on as the next version', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    play.sign()
    play.validate('validate', [{ item: 'gross_weight', rule: 'FJ0107' }])
    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
    play.amend()
    play.validate('read-version')

    expect(play.waiting()).toEqual(['customs-declare', 'inspection-declare'])
    expect(play.variables()).toMatchObject({ version: 2, valid: true })
  })

  test('an amended version that is still wrong is asked for again', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    play.sign()
    play.validate('validate', [{ item: 'gross_weight', rule: 'FJ0107' }])
    play.amend()
    play.validate('read-version', [{ item: 'net_weight', rule: 'FJ0108' }])

    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
    expect(play.variables().validation).toMatchObject({ version: 2, errors: [{ item: 'net_weight' }] })
  })

  test('a declaration that is not corrected lapses after 72 h', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    play.sign()
    play.validate('validate', [{ item: 'gross_weight', rule: 'FJ0107' }])
    play.advance(72 * HOUR)

    expect(play.state()).toBe('lapsed')
    expect(play.isEmpty()).toBe(true)
  })

  test("an agency's rejection asks for a correction, and both agencies get the new version", () => {
    const play = declared()

    play.review('rejected')
    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
    play.amend()
    play.validate('read-version')
    play.review()
    play.ship()

    expect(play.state()).toBe('exported')
    expect(play.sent.filter((sent) => sent.endsWith('.dec'))).toHaveLength(4)
  })

  test('an answer about an older version is not taken for the new one', () => {
    const play = declared()

    play.review('rejected')
    play.amend()
    play.validate('read-version')
    play.complete('customs-declare')
    play.answer('customs', 'accepted', { version: 1 })
    expect(play.waiting()).toContain('customs-answer')
    play.answer('customs', 'accepted')

    expect(play.waiting()).not.toContain('customs-answer')
  })

  test('a message that an agency refuses for good counts as rejected', () => {
    const play = declared()

    play.throwError('customs-declare', 'AGENCY_REFUSED')
    play.complete('inspection-declare')
    play.answer('inspection', 'accepted')

    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
    expect(play.variables().customsAnswer).toMatchObject({ status: 'rejected', errors: [{ rule: 'customs.refused' }] })
  })
})

describe('E2 correction or supplement asked', () => {
  test('documents wanted by an agency are waited for', () => {
    const play = declared()

    play.review('accepted', 'documents-wanted')

    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
  })

  test("an officer's query carries his item errors to the enterprise", () => {
    const play = new GoodsExportPlay({ data: yellowDeclaration() })

    play.declare()
    play.review()
    play.completeTask('customs-review', {
      decision: 'query',
      errors: [{ item: 'unit_price', line: 1, rule: 'officer', text: 'Prove it' }],
      note: 'Price',
    })

    expect(play.waiting()).toEqual(['await-amendment', 'correct-declaration'])
    expect(play.variables().customsAnswer).toMatchObject({
      status: 'documents-wanted',
      version: 1,
      errors: [{ item: 'unit_price', line: 1 }],
    })
  })

  test('the enterprise is reminded at 48 h; without an answer the declaration lapses at 72 h', () => {
    const play = declared()

    play.review('documents-wanted')
    play.advance(48 * HOUR)
    expect(play.completed()).toContain('end-reminded')
    expect(play.state()).toBe('in-progress')
    play.advance(24 * HOUR)

    expect(play.state()).toBe('lapsed')
  })
})

describe('E3 withdrawal', () => {
  test('before anything was sent nobody is told', () => {
    const play = new GoodsExportPlay()

    play.withdraw()

    expect(play.state()).toBe('withdrawn')
    expect(play.isEmpty()).toBe(true)
  })

  test('while the agencies review it goes through at once, and both are told', () => {
    const play = declared()

    play.withdraw()
    play.complete('withdraw-customs')
    play.complete('withdraw-inspection')

    expect(play.state()).toBe('withdrawn')
    expect(play.isEmpty()).toBe(true)
  })

  test('while a correction is awaited it goes through, and the wait ends', () => {
    const play = declared()

    play.review('rejected')
    play.withdraw()
    play.complete('withdraw-customs')
    play.complete('withdraw-inspection')

    expect(play.state()).toBe('withdrawn')
    expect(play.isEmpty()).toBe(true)
  })

  test('after the start of inspection an officer must consent; the inspection goes on when he refuses', () => {
    const play = new GoodsExportPlay({ randomDraw: 0.01 })

    play.declare()
    play.review()
    play.openBoxes()
    play.withdraw()
    expect(play.waiting()).toEqual(['joint-record', 'withdrawal-consent'])
    play.completeTask('withdrawal-consent', { decision: 'refuse', note: 'Finding first' })
    expect(play.waiting()).toEqual(['joint-record'])
    play.record('no-problem')
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('with consent after the release the terminal is told to keep the goods ashore', () => {
    const play = declared()

    play.review()
    play.release()
    play.withdraw()
    play.completeTask('withdrawal-consent', { decision: 'consent' })
    play.complete('withdraw-customs')
    play.complete('withdraw-inspection')
    play.complete('withdraw-terminal')

    expect(play.state()).toBe('withdrawn')
    expect(play.isEmpty()).toBe(true)
  })

  test('an agency that cannot be told does not stop the withdrawal when the duty desk lets it go', () => {
    const play = declared()

    play.withdraw()
    play.throwError('withdraw-customs', 'AGENCY_SILENT')
    play.completeTask('agency-silent-task', { decision: 'wait' })

    expect(play.state()).toBe('withdrawn')
  })
})

describe('E4 agency does not answer', () => {
  test.each(['resend', 'wait'])('without technical receipt the duty desk can %s', (decision) => {
    const play = declared()

    play.throwError('customs-declare', 'AGENCY_SILENT')
    expect(play.task('agency-silent-task')).toMatchObject({ candidateGroups: ['epmc.duty-desk'], externalFormReference: 'agency-silent' })
    play.completeTask('agency-silent-task', { decision })

    expect(play.waiting()).toContain(decision === 'resend' ? 'customs-declare' : 'customs-answer')
  })

  test('the duty desk can close the declaration; the agencies that may have it are told', () => {
    const play = declared()

    play.throwError('inspection-declare', 'AGENCY_SILENT')
    play.completeTask('agency-silent-task', { decision: 'close', note: 'Moved to paper' })
    expect(play.variables().withdrawal).toEqual({ reason: 'Moved to paper' })
    play.complete('close-customs')
    play.throwError('close-inspection', 'AGENCY_SILENT')

    expect(play.state()).toBe('lapsed')
    expect(play.isEmpty()).toBe(true)
  })

  test.each([
    ['announce-container', 'gate-in'],
    ['apply-inspection', 'confirm-and-sign'],
  ])('%s that cannot be delivered is handed to the duty desk', (elementId) => {
    const play = new GoodsExportPlay()

    play.throwError(elementId, 'AGENCY_SILENT')
    play.completeTask('agency-silent-task', { decision: 'resend' })

    expect(play.waiting()).toContain(elementId)
  })

  test('a release that cannot be delivered is sent again', () => {
    const play = declared()

    play.review()
    play.throwError('release-carrier', 'AGENCY_SILENT')
    play.completeTask('agency-silent-task', { decision: 'resend' })
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('the liaison is warned at 80 % of two hours and called at 100 %; nothing is approved by itself', () => {
    const play = declared()

    play.complete('customs-declare')
    play.complete('inspection-declare')
    play.answer('inspection', 'accepted')
    play.advance(96 * MINUTE - 1)
    expect(play.completed()).not.toContain('customs-warned')
    play.advance(1)
    expect(play.completed()).toContain('customs-warned')
    play.advance(24 * MINUTE - 1)
    expect(play.waiting()).toEqual(['customs-answer'])
    play.advance(1)
    expect(play.waiting()).toEqual(['customs-answer', 'customs-liaison'])
    play.advance(48 * HOUR)

    expect(play.waiting()).toEqual(['customs-answer', 'customs-liaison'])
  })

  test("the liaison's open task does not hold up an answer that comes late", () => {
    const play = declared()

    play.complete('customs-declare')
    play.complete('inspection-declare')
    play.answer('inspection', 'accepted')
    play.advance(2 * HOUR)
    play.answer('customs', 'accepted')

    expect(play.waiting()).toEqual(['release-carrier', 'release-terminal'])
  })

  test('the liaison can have the message sent again', () => {
    const play = declared()

    play.complete('customs-declare')
    play.advance(2 * HOUR)
    play.completeTask('customs-liaison', { decision: 'resend', note: 'Lost' })

    expect(play.waiting()).toContain('customs-again')
  })
})

describe('E5 inspection failed', () => {
  test('treated goods are inspected again', () => {
    const play = inspected('problem')

    play.completeTask('inspection-failed', { decision: 'treat', treatment: 'Fumigation' })
    play.record('no-problem')
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test.each([
    ['return', 'returned-to-shipper'],
    ['enforcement', 'seized'],
  ])('%s ends as %s', (decision, state) => {
    const play = inspected('problem')

    play.completeTask('inspection-failed', { decision, legalGround: 'Article 17' })

    expect(play.state()).toBe(state)
    expect(play.isEmpty()).toBe(true)
  })
})

describe('E8 duplicate or replay', () => {
  test("an agency's answer that comes twice counts once", () => {
    const play = declared()

    play.review('rejected')
    play.answer('customs', 'rejected')
    play.amend()
    play.validate('read-version')
    play.complete('customs-declare')
    play.complete('inspection-declare')

    expect(play.waiting()).toEqual(['customs-answer', 'inspection-answer'])
  })

  test('a withdrawal asked for twice is one withdrawal', () => {
    const play = declared()

    play.withdraw()
    play.withdraw()
    play.complete('withdraw-customs')
    play.complete('withdraw-inspection')

    expect(play.state()).toBe('withdrawn')
    expect(play.sent.filter((sent) => sent.endsWith('withdraw'))).toHaveLength(2)
  })
})

describe('E9 credit dropped', () => {
  test('holds the release until the review, then goes on', () => {
    const play = declared()

    play.publish('enterprise.credit-dropped', { creditClass: 'dishonest' })
    play.review()
    play.openBoxes()
    play.record('no-problem')
    expect(play.waiting()).toEqual(['credit-review', 'hold-lifted'])
    play.completeTask('credit-review', { decision: 'continue', note: 'One late payment' })
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('two holds both have to be lifted', () => {
    const play = declared()

    play.publish('enterprise.credit-dropped', { creditClass: 'general' })
    play.publish('enterprise.credit-dropped', { creditClass: 'general' })
    play.review()
    play.completeTask('credit-review', { decision: 'continue', note: '1' })
    expect(play.waiting()).toEqual(['credit-review', 'hold-lifted'])
    play.completeTask('credit-review', { decision: 'continue', note: '2' })

    expect(play.waiting()).toEqual(['release-carrier', 'release-terminal'])
  })

  test('an officer can have the goods examined before they go on', () => {
    const play = declared()

    play.publish('enterprise.credit-dropped', { creditClass: 'general' })
    play.review()
    play.completeTask('credit-review', { decision: 'examine', note: 'Look inside' })

    expect(play.waiting()).toEqual(['request-slot'])
  })

  test('a review that rejects stops the declaration and tells the agencies', () => {
    const play = declared()

    play.publish('enterprise.credit-dropped', { creditClass: 'dishonest' })
    play.completeTask('credit-review', { decision: 'reject', note: 'Smuggling' })
    play.complete('withdraw-customs')
    play.complete('withdraw-inspection')

    expect(play.state()).toBe('rejected')
    expect(play.isEmpty()).toBe(true)
  })
})

describe('E10 agencies disagree', () => {
  test('a hold of one agency opens a joint case that both share', () => {
    const play = disagreeing()

    expect(play.task('agencies-disagree')).toMatchObject({ candidateGroups: ['customs.liaison', 'inspection.liaison'] })
    play.completeTask('agencies-disagree', { decision: 'release', leadAgency: 'customs', note: 'Ledger found' })
    play.ship()

    expect(play.state()).toBe('exported')
  })

  test('after four hours the lead agency decides alone', () => {
    const play = disagreeing()

    play.advance(4 * HOUR - 1)
    expect(play.waiting()).toEqual(['agencies-disagree'])
    play.advance(1)
    expect(play.waiting()).toEqual(['lead-decides'])
    play.completeTask('lead-decides', { decision: 'reject', leadAgency: 'customs', note: 'No ledger' })

    expect(play.state()).toBe('rejected')
    expect(play.isEmpty()).toBe(true)
  })

  test('a joint case can end with the goods returned', () => {
    const play = disagreeing()

    play.completeTask('agencies-disagree', { decision: 'return', leadAgency: 'inspection', note: 'No permit' })

    expect(play.state()).toBe('returned-to-shipper')
  })

  test('a joint case can have the goods examined, which settles it', () => {
    const play = disagreeing()

    play.completeTask('agencies-disagree', { decision: 'examine', leadAgency: 'inspection', note: 'Look' })
    play.openBoxes()
    play.record('no-problem')
    play.ship()

    expect(play.state()).toBe('exported')
  })
})

function declared(): GoodsExportPlay {
  const play = new GoodsExportPlay()
  play.declare()
  return play
}
function inspected(decision: string): GoodsExportPlay {
  const play = new GoodsExportPlay({ randomDraw: 0.01 })
  play.declare()
  play.review()
  play.openBoxes()
  play.record(decision)
  return play
}
/** Inspection never answers, and its liaison holds the goods. */
function disagreeing(): GoodsExportPlay {
  const play = new GoodsExportPlay({ data: greenDeclaration() })
  play.declare()
  play.complete('customs-declare')
  play.complete('inspection-declare')
  play.answer('customs', 'accepted')
  play.advance(2 * HOUR)
  play.completeTask('inspection-liaison', { decision: 'joint-case', note: 'No ledger entry' })
  return play
}
