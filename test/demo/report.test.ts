import { describe, expect, test } from 'vitest'
import { SeededChance } from '../agencies/seeded-chance.ts'
import { planKills, strike } from './killer.ts'
import { readOptions } from './options.ts'
import { align, findFaults, type RunResult, toJsonLine } from './report.ts'

const RESULT: RunResult = {
  declarations: [
    {
      receiptNo: 'SW260316000ABCDEFX',
      service: 'goods-export',
      scenario: 'green',
      expected: 'exported',
      end: 'exported',
      elapsedMs: 21_000,
      events: 40,
    },
  ],
  kills: 2,
  killsAsked: 2,
  lost: 0,
  agencies: { customs: { messages: 3, duplicatesRecognised: 1, applied: 2, appliedTwice: 0 } },
  foldsChecked: 1,
  foldsDiffering: [],
  refusals: [],
  clockFactor: 600,
  store: 'sqlite',
  elapsedMs: 25_000,
}

describe('report', () => {
  test('is one line of JSON with what each agency saw', () => {
    const line = toJsonLine(RESULT)

    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      declarations: RESULT.declarations,
      kills: 2,
      lost: 0,
      appliedTwice: 0,
      agencies: RESULT.agencies,
      foldsChecked: 1,
      clockFactor: 600,
      store: 'sqlite',
      elapsedMs: 25_000,
    })
  })

  test('finds no fault in a run where every declaration ended as expected', () => {
    expect(findFaults(RESULT)).toEqual([])
  })

  test('names every way a run can fail', () => {
    const [declaration] = RESULT.declarations
    const faults = findFaults({
      ...RESULT,
      declarations: declaration ? [{ ...declaration, end: 'in-progress' }] : [],
      killsAsked: 3,
      lost: 1,
      agencies: { customs: { messages: 3, duplicatesRecognised: 1, applied: 2, appliedTwice: 1 } },
      foldsDiffering: ['SW260316000ABCDEFX'],
      refusals: ['SW260316000ABCDEFX (green): amendment refused: 409 {}'],
    })

    expect(faults).toHaveLength(6)
    expect(faults[0]).toBe('SW260316000ABCDEFX (green): expected to end as exported, found in-progress')
  })

  test('aligns columns, counting a Chinese character as two', () => {
    expect(
      align([
        ['海关', 'x'],
        ['ab', 'y'],
      ]),
    ).toBe('海关  x\nab    y')
  })
})

describe('kills', () => {
  test('are planned by the seed alone, some of them during recovery', () => {
    const plan = planKills(new SeededChance('harbour'), 40)

    expect(planKills(new SeededChance('harbour'), 40)).toEqual(plan)
    expect(plan[0]?.after).toBe('ready')
    expect(new Set(plan.map(({ after }) => after))).toEqual(new Set(['ready', 'spawned']))
  })

  test('strike only while there is work under way, and leave the server up', async () => {
    const log: string[] = []
    const victim = {
      spawn: () => void log.push('spawn'),
      ready: async () => void log.push('ready'),
      kill: async () => void log.push('kill'),
    }

    const kills = await strike({
      plan: [
        { after: 'ready', waitMs: 0 },
        { after: 'spawned', waitMs: 0 },
      ],
      victim,
      workUnderWay: async () => void log.push('work'),
      onKill: () => undefined,
      signal: new AbortController().signal,
    })

    expect(kills).toBe(2)
    expect(log).toEqual(['ready', 'work', 'kill', 'spawn', 'kill', 'spawn', 'ready'])
  })
})

describe('options', () => {
  test('give a run with kills more time', () => {
    expect(readOptions(['--once', '--json', '--kill', '20'])).toMatchObject({ once: true, json: true, kills: 20, timeLimitMs: 240_000 })
    expect(readOptions([])).toMatchObject({ once: false, kills: 0, store: 'sqlite', timeLimitMs: 120_000 })
  })

  test('say what was expected of a number', () => {
    expect(() => readOptions(['--kill', 'often'])).toThrow('Expected --kill between 0 and 1000, found "often"')
  })
  test('refuse a store that there is not, naming those there are', () => {
    for (const store of ['foo', 'mongo', 'mongodb://', '']) {
      expect(() => readOptions(['--store', store])).toThrow(
        `Expected --store to be sqlite, ferretdb or mongodb://host/database, found "${store}"`,
      )
    }
    expect(readOptions(['--store', 'mongodb://db.example/window'])).toMatchObject({ store: 'mongodb://db.example/window' })
  })
  test('take a language the window has', () => {
    expect(readOptions([])).toMatchObject({ language: 'en' })
    expect(readOptions(['--lang=zh'])).toMatchObject({ language: 'zh' })
    expect(() => readOptions(['--lang=de'])).toThrow('Expected --lang to be en or zh, found "de"')
  })
})
