import { describe, expect, test } from 'vitest'
import type { Json, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['shared', 'ship-entry', 'ship-exit'])

function evaluate(decisionId: string, variables: Variables, at = '2026-05-18T09:00:00+08:00'): Json {
  const outcome = decisions.get(decisionId)?.evaluate((name) => variables[name], { now: Date.parse(at), zone: 'Asia/Shanghai' })
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('telecom-quarantine', () => {
  const HEALTHY = {
    calls: ['TWKHH', 'HKHKG'],
    affectedArea: false,
    infectious: false,
    deathOnBoard: false,
    sanitationCertificate: true,
    sanitationIssuedOn: '2025-05-18',
    reinspectionRequired: false,
    declaredOn: '2026-05-18',
    animalOrPlantCargo: false,
    reportBy: '2026-05-18T10:00:00Z',
  }
  const decide = (facts: object, reportedAt = '2026-05-18T10:00:00Z') =>
    evaluate('telecom-quarantine', { facts: { ...HEALTHY, ...facts }, reportedAt })

  test('is by telecom with a certificate of twelve months to the day, reported at the last moment', () => {
    expect(decide({})).toMatchObject({ mode: 'telecom' })
  })
  test.each([
    ['a call in an affected area that was declared', { affectedArea: true }, 'anchorage', 'daylight', 'affected-area'],
    ['one that was not declared', { calls: ['TWKHH', 'AOLAD'] }, 'anchorage', 'daylight', 'affected-area'],
    ['both an affected area and a suspected case', { affectedArea: true, infectious: true }, 'anchorage', 'daylight', 'affected-area'],
    ['a suspected case', { infectious: true }, 'anchorage', 'at-once', 'illness'],
    ['a death', { deathOnBoard: true }, 'anchorage', 'at-once', 'illness'],
    ['no certificate', { sanitationCertificate: false }, 'anchorage', 'daylight', 'certificate'],
    ['a certificate that asks for another inspection', { reinspectionRequired: true }, 'anchorage', 'daylight', 'certificate'],
    ['a certificate a day too old', { sanitationIssuedOn: '2025-05-17' }, 'anchorage', 'daylight', 'certificate-old'],
    ['a certificate without a day', { sanitationIssuedOn: null }, 'anchorage', 'daylight', 'certificate-old'],
    ['plants from an epidemic area', { animalOrPlantCargo: true, animalOrPlantOrigin: 'PH' }, 'berth', 'daylight', 'epidemic-cargo'],
    ['plants from elsewhere', { animalOrPlantCargo: true, animalOrPlantOrigin: 'TH' }, 'telecom', 'at-once', 'reported'],
  ])('%s', (_, facts, mode, timing, reason) => {
    expect(decide(facts)).toEqual({ mode, timing, reason })
  })
  test('a minute late, it is done at the berth', () => {
    expect(decide({}, '2026-05-18T10:01:00Z')).toMatchObject({ mode: 'berth', reason: 'reported-late' })
  })
})

describe('night-inspection', () => {
  const when = (hour: string, timing: string, place: string, port = 'CNXMG') =>
    evaluate('night-inspection', { timing, place, facts: { port } }, `2026-05-18T${hour}:00+08:00`)

  test.each([
    ['03:00', 'at-once', 'anchorage', 'CNXMG', 'now'],
    ['03:00', 'daylight', 'anchorage', 'CNXMG', 'sunrise'],
    ['05:59', 'daylight', 'anchorage', 'CNXMG', 'sunrise'],
    ['06:00', 'daylight', 'anchorage', 'CNXMG', 'now'],
    ['17:59', 'daylight', 'anchorage', 'CNXMG', 'now'],
    ['18:00', 'daylight', 'anchorage', 'CNXMG', 'sunrise'],
    ['23:00', 'daylight', 'berth', 'CNXMG', 'now'],
    ['23:00', 'daylight', 'berth', 'CNPUT', 'sunrise'],
  ])('at %s, %s, at the %s of %s: %s', (hour, timing, place, port, expected) => {
    expect(when(hour, timing, place, port)).toBe(expected)
  })
})

describe('boarding-decision', () => {
  const FACTS = { imo: '9319466', stowaway: false, crewCount: 5, securityLevel: '1', randomDraw: 0.1 }
  const decide = (facts: object, outcomes: readonly string[] = ['accepted', 'accepted'], applicationCrew: number | null = 5) =>
    evaluate('boarding-decision', {
      facts: { ...FACTS, ...facts },
      answers: outcomes.map((outcome) => ({ outcome })),
      applicationCrew,
    }) as { board: boolean; reason: string }

  test.each([
    ['nothing speaks for it', {}, false, 'none'],
    ['the draw', { randomDraw: 0.0999 }, true, 'random'],
    ['the draw of a low-risk ship', { imo: '9348704', randomDraw: 0 }, false, 'low-risk'],
    ['a stowaway on a low-risk ship', { imo: '9348704', stowaway: true }, true, 'stowaway'],
    ['the watch list', { imo: '9074729' }, true, 'blacklist'],
    ['detained before', { imo: '9176187' }, true, 'detained-before'],
    ['the first call', { imo: '9210634' }, true, 'first-call'],
    ['a sailor less than applied for', { crewCount: 4 }, true, 'missing-crew'],
    ['a sailor more', { crewCount: 6 }, false, 'none'],
    ['security level 3', { securityLevel: '3' }, true, 'security-level-3'],
    ['security level 2', { securityLevel: '2' }, false, 'none'],
  ])('%s', (_, facts, board, reason) => {
    expect(decide(facts)).toEqual({ board, reason })
  })
  test('an agency asks for it', () => {
    expect(decide({}, ['accepted', 'examine'])).toEqual({ board: true, reason: 'asked' })
  })
})

describe('entry-review-result', () => {
  const decide = (outcomes: readonly string[], quarantine: Json = null) =>
    evaluate('entry-review-result', {
      quarantine,
      msaAnswer: { outcome: outcomes[0] ?? '' },
      answers: outcomes.map((outcome) => ({ outcome })),
    })

  test.each([
    [['accepted', 'condition', 'examine', 'accepted'], 'clear'],
    [['accepted', 'query', 'refused', 'hold'], 'correct'],
    [['refused', 'accepted', 'accepted', 'accepted'], 'refused'],
    [['hold', 'accepted', 'accepted', 'accepted'], 'disagree'],
    [['accepted', 'refused', 'accepted', 'accepted'], 'disagree'],
    [['refused', 'refused', 'refused', 'refused'], 'refused'],
  ])('%o: %s', (outcomes, expected) => {
    expect(decide(outcomes)).toBe(expected)
  })
  test('quarantine comes first', () => {
    expect(decide(['query', 'accepted', 'accepted', 'accepted'], { result: 'quarantined' })).toBe('quarantined')
  })
})

describe('regular-permit', () => {
  const FACTS = { imo: '9429388', formality: 'REG', lastPort: 'TWKHH', crewCount: 4, crewChanged: false, hoursAtSea: 24 }
  const decide = (facts: object) => evaluate('regular-permit', { facts: { ...FACTS, ...facts } })

  test('waives the formalities of a ship that is back within 24 hours', () => {
    expect(decide({})).toMatchObject({ waived: true })
  })
  test.each([
    ['another ship', { imo: '9319466' }],
    ['an hour later', { hoursAtSea: 25 }],
    ['another route', { lastPort: 'KRPUS' }],
    ['another crew', { crewChanged: true }],
    ['a sailor more', { crewCount: 5 }],
    ['declared as any other', { formality: 'NOA' }],
  ])('not for %s', (_, facts) => {
    expect(decide(facts)).toBeNull()
  })
})

describe('exit-blockers', () => {
  const FACTS = { imo: '9319466', duesUntil: '2026-05-19', crewCount: 5, dangerousGoodsUnapproved: false }
  const CONFIRMED = { crewOnBoard: 5, unreleasedBills: 0, portChargesPaid: true }
  const kinds = (facts: object, confirmed: object = {}, arrestLifted: boolean | null = null) =>
    (
      (evaluate('exit-blockers', {
        facts: { ...FACTS, ...facts },
        exitConfirm: { ...CONFIRMED, ...confirmed },
        arrestLifted,
        etd: '2026-05-19T20:00:00+08:00',
      }) ?? []) as { kind: string }[]
    ).map(({ kind }) => kind)

  test('nothing keeps a ship whose dues are paid for the day it leaves', () => {
    expect(kinds({})).toEqual([])
  })
  test.each([
    ['dues for a day less', { duesUntil: '2026-05-18' }, {}, ['tonnage-dues']],
    ['no licence of dues', { duesUntil: null }, {}, ['tonnage-dues']],
    ['a court', { imo: '9074729' }, {}, ['arrest']],
    ['a sailor ashore', {}, { crewOnBoard: 4 }, ['crew']],
    ['a bill that is not released', {}, { unreleasedBills: 1 }, ['cargo']],
    ['port charges', {}, { portChargesPaid: false }, ['port-charges']],
    ['dangerous goods', { dangerousGoodsUnapproved: true }, {}, ['dangerous-goods']],
    ['several at a time', { duesUntil: null }, { crewOnBoard: 6, portChargesPaid: false }, ['tonnage-dues', 'crew', 'port-charges']],
  ])('%s', (_, facts, confirmed, expected) => {
    expect(kinds(facts, confirmed)).toEqual(expected)
  })
  test('an order that was lifted keeps no ship', () => {
    expect(kinds({ imo: '9074729' }, {}, true)).toEqual([])
  })
})

test.each([
  [{ lapsed: true, crewChanged: false, cargoChanged: false, nextPortChanged: false }, true],
  [{ lapsed: false, crewChanged: false, cargoChanged: false, nextPortChanged: true }, true],
  [{ lapsed: false, crewChanged: false, cargoChanged: false, nextPortChanged: false }, false],
])('reclear-needed of %o: %s', (change, expected) => {
  expect(evaluate('reclear-needed', { change })).toBe(expected)
})
