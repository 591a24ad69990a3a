import { describe, expect, test } from 'vitest'
import type { Json, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['dangerous-goods-cargo-declaration', 'manifest-inbound-sea', 'shared'])
const ENV = { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' }

function evaluate(decisionId: string, variables: Variables): Json {
  const outcome = decisions.get(decisionId)?.evaluate((name) => variables[name], ENV)
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('dg-random-inspection', () => {
  const FACTS = { withoutCertificate: [], classes: ['3'], randomDraw: 0.5 }
  test.each([
    ['one in fifty is drawn', { randomDraw: 0.0199 }, 'general', true, 'random'],
    ['the draw ends at two per cent', { randomDraw: 0.02 }, 'general', false, 'none'],
    ['a dishonest enterprise', {}, 'dishonest', true, 'credit'],
    ['a container without packing certificate', { withoutCertificate: ['CSQU3054383'] }, 'general', true, 'no-packing-certificate'],
    ['fireworks', { classes: ['3', '1.4'] }, 'general', true, 'explosives'],
  ])('%s', (_, facts, creditClass, inspect, reason) => {
    expect(evaluate('dg-random-inspection', { facts: { ...FACTS, ...facts }, creditClass })).toEqual({ inspect, reason })
  })
})

describe('dg-compatibility', () => {
  const pairs = (...mixed: { classes: string[]; groups: string[] }[]) => {
    const found = evaluate('dg-compatibility', { facts: { mixed } }) as readonly { pair: string }[] | null
    return found?.map(({ pair }) => pair) ?? []
  }
  test('classes in different containers do not meet', () => {
    expect(pairs({ classes: ['3'], groups: [] }, { classes: ['5.1'], groups: [] })).toEqual([])
  })
  test('every pair in a container is told', () => {
    expect(pairs({ classes: ['2.1', '3', '5.1'], groups: [] })).toEqual(['2.1-3', '2.1-5.1', '3-5.1'])
  })
  test('acids meet cyanides though both are of classes that may lie together', () => {
    expect(pairs({ classes: ['8', '6.1'], groups: ['1', '6'] })).toEqual(['acids-cyanides'])
  })
})

describe('landed-difference', () => {
  const landed = (tally: object, facts: object) =>
    evaluate('landed-difference', {
      tally: { short: [], over: [], ...tally },
      facts: { containerised: false, packages: null, weight: 1000, ...facts },
    })
  test.each([
    ['five per mille less is tolerated', { weight: 995 }, {}, 'tolerated'],
    ['more than five per mille less is short', { weight: 994 }, {}, 'short'],
    ['five per mille more is tolerated', { weight: 1005 }, {}, 'tolerated'],
    ['more than five per mille more is over', { weight: 1006 }, {}, 'over'],
    ['the weight of containers does not count', { weight: 1, packages: 7 }, { containerised: true, packages: 7 }, 'match'],
    ['packages that nobody accounts for', { packages: 6 }, { containerised: true, packages: 7 }, 'unexplained'],
    ['over is looked at before short', { short: [{}], over: [{}] }, {}, 'over'],
  ])('%s', (_, tally, facts, expected) => {
    expect(landed(tally, facts)).toBe(expected)
  })
})

describe('manifest-amendment-allowed', () => {
  const allowed = (variables: object) => evaluate('manifest-amendment-allowed', { ...AMENDMENT, ...variables }) as { action: string }
  const AMENDMENT = { messageFunction: '5', filedInTime: true, finished: false, creditClass: 'general' }
  test.each([
    ['before the deadline it is free', {}, 'free'],
    ['after the deadline it needs consent', { filedInTime: false }, 'consent'],
    ['after the tally it needs consent', { finished: true }, 'consent'],
    ['a dishonest enterprise needs consent', { creditClass: 'dishonest' }, 'consent'],
    ['what is not a replacement is refused', { messageFunction: '9' }, 'refuse'],
  ])('%s', (_, variables, action) => {
    expect(allowed(variables).action).toBe(action)
  })
})
