import { describe, expect, test } from 'vitest'
import { yellowDeclaration } from '../fixtures/goods-declarations.ts'
import { GoodsExportPlay } from '../helpers/goods-export-play.ts'

describe('amendment while the agencies decide', () => {
  test('a valid version restarts the review; each agency gets it once as an amendment', () => {
    const play = new GoodsExportPlay({ data: yellowDeclaration() })

    play.declare()
    play.review()
    expect(play.waiting()).toEqual(['customs-review'])
    play.amend()
    play.validate('amend-validate')
    play.complete('customs-amend')
    play.complete('inspection-amend')
    expect(play.waiting()).toEqual(['customs-answer', 'inspection-answer'])
    play.answer('customs', 'accepted')
    play.answer('inspection', 'accepted')

    expect(play.waiting()).toEqual(['customs-review'])
    expect(play.variables().version).toBe(2)
    expect(play.sent.filter((sent) => /\.(dec|amend)$/.test(sent))).toEqual([
      'agency.customs cus.dec',
      'agency.inspection ciq.dec',
      'agency.customs cus.amend',
      'agency.inspection ciq.amend',
    ])
  })

  test('a version that is not valid leaves the officer with the old one', () => {
    const play = new GoodsExportPlay({ data: yellowDeclaration() })

    play.declare()
    play.review()
    play.amend()
    play.validate('amend-validate', [{ item: 'lines', rule: 'FJ0201' }])

    expect(play.waiting()).toEqual(['customs-review'])
    expect(play.variables()).toMatchObject({ version: 1, validation: { valid: false } })
    expect(play.completed()).toContain('amend-refused')
  })

  test('a version that was read before is not news', () => {
    const play = new GoodsExportPlay()

    play.prepare()
    play.amend()
    play.sign()
    play.validate('validate')
    play.validate('amend-validate')

    expect(play.waiting()).toEqual(['customs-declare', 'inspection-declare'])
    expect(play.completed()).toContain('amend-known')
    expect(play.completed()).not.toContain('amend-refused')
  })

  test('a correction that was taken is not refused when the review hears of it too', () => {
    const play = new GoodsExportPlay()

    play.declare()
    play.review('rejected')
    play.amend()
    play.validate('read-version')
    // The message is kept for days, and the correction was another process's.
    play.publish('declaration.amended', { version: 2 })
    play.validate('amend-validate')

    expect(play.variables()).toMatchObject({ version: 2, valid: true })
    expect(play.completed()).toContain('amend-known')
    expect(play.completed()).not.toContain('amend-refused')
  })
})
