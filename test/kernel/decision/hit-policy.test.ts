import { describe, expect, test } from 'vitest'
import type { Json } from '../../../engine/kernel/record/json.ts'
import { decide, decision, definitions, type TableSketch, table } from '../../helpers/dmn.ts'

/** Three overlapping rules over a weight. */
const overlapping: TableSketch = {
  inputs: ['weight'],
  outputs: [{ name: 'class', values: '"high", "middle", "low"' }],
  rules: [
    ['> 0', '"low"'],
    ['> 10', '"middle"'],
    ['> 100', '"high"'],
  ],
}
const prices: TableSketch = {
  inputs: ['weight'],
  outputs: [{ name: 'price' }],
  rules: [
    ['> 0', '0.1'],
    ['> 10', '0.2'],
    ['> 100', '5'],
  ],
}

async function outcome(sketch: TableSketch, weight: Json) {
  return decide(definitions(decision('d', table(sketch))), 'd', { weight })
}

function holds(policy: string, sketch: TableSketch, weight: Json, output: Json, rules: readonly string[], aggregation?: string): void {
  test(`${policy}${aggregation ? ` ${aggregation}` : ''} of ${JSON.stringify(weight)} is ${JSON.stringify(output)}`, async () => {
    const result = await outcome({ ...sketch, hitPolicy: policy, ...(aggregation && { aggregation }) }, weight)
    expect(result).toMatchObject({ ok: true, output, trace: [{ decisionId: 'd', matchedRules: rules, output }] })
  })
}

describe('hit policies', () => {
  holds('UNIQUE', overlapping, 5, 'low', ['r1'])
  holds('UNIQUE', overlapping, -1, null, [])
  holds('UNIQUE', overlapping, null, null, [])
  holds('FIRST', overlapping, 500, 'low', ['r1'])
  holds('PRIORITY', overlapping, 500, 'high', ['r1', 'r2', 'r3'])
  holds('RULE ORDER', overlapping, 500, ['low', 'middle', 'high'], ['r1', 'r2', 'r3'])
  holds('OUTPUT ORDER', overlapping, 500, ['high', 'middle', 'low'], ['r1', 'r2', 'r3'])
  holds('COLLECT', overlapping, 50, ['low', 'middle'], ['r1', 'r2'])
  holds('COLLECT', overlapping, -1, null, [])
  holds('COLLECT', prices, 50, 0.3, ['r1', 'r2'], 'SUM')
  holds('COLLECT', prices, 500, 0.1, ['r1', 'r2', 'r3'], 'MIN')
  holds('COLLECT', prices, 500, 5, ['r1', 'r2', 'r3'], 'MAX')
  holds('COLLECT', prices, 500, 3, ['r1', 'r2', 'r3'], 'COUNT')
  holds('COLLECT', prices, -1, 0, [], 'COUNT')
  holds(
    'ANY',
    {
      ...overlapping,
      rules: [
        ['> 0', '"low"'],
        ['< 9', '"low"'],
      ],
    },
    5,
    'low',
    ['r1', 'r2'],
  )

  test('UNIQUE names the rules that hold together', async () => {
    expect(await outcome(overlapping, 50)).toMatchObject({
      ok: false,
      decisionId: 'd',
      message: expect.stringContaining('found 2: r1, r2'),
    })
  })

  test('ANY names the rules that disagree', async () => {
    expect(await outcome({ ...overlapping, hitPolicy: 'ANY' }, 50)).toMatchObject({ ok: false, message: expect.stringContaining('r1, r2') })
  })
})

describe('outputs', () => {
  test('of several columns are a context', async () => {
    const sketch: TableSketch = {
      inputs: ['weight'],
      outputs: [{ name: 'class' }, { name: 'fee' }],
      rules: [['> 0', '"low"', 'weight * 0.1']],
    }
    expect(await outcome(sketch, 3)).toMatchObject({ ok: true, output: { class: 'low', fee: 0.3 } })
  })

  test('fall back to the defaults when no rule holds', async () => {
    const sketch: TableSketch = { ...overlapping, outputs: [{ name: 'class', fallback: '"none"' }] }
    expect(await outcome(sketch, -1)).toMatchObject({ ok: true, output: 'none' })
  })

  test('outside their list are a mistake that names the rule', async () => {
    const sketch: TableSketch = { ...overlapping, rules: [['> 0', '"huge"']] }
    expect(await outcome(sketch, 1)).toMatchObject({ ok: false, message: expect.stringMatching(/Rule r1.*"huge"/) })
  })

  test('with two priorities compare column by column', async () => {
    const sketch: TableSketch = {
      hitPolicy: 'PRIORITY',
      inputs: ['weight'],
      outputs: [
        { name: 'a', values: '1, 2' },
        { name: 'b', values: '"x", "y"' },
      ],
      rules: [
        ['-', '2', '"x"'],
        ['-', '1', '"y"'],
        ['-', '1', '"x"'],
      ],
    }
    expect(await outcome(sketch, 1)).toMatchObject({ ok: true, output: { a: 1, b: 'x' } })
  })
})

describe('the trace', () => {
  test('tells inputs by label', async () => {
    expect(await outcome(overlapping, 5)).toMatchObject({ trace: [{ inputs: { weight: 5 } }] })
  })
})
