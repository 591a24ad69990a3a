import { describe, expect, test } from 'vitest'
import { decide, decision, definitions, literal, requires, table } from '../../helpers/dmn.ts'

const duty = decision('duty', literal('value * rate'), requires('Input', 'value') + requires('Decision', 'rate'))
const rate = decision(
  'rate',
  table({
    hitPolicy: 'FIRST',
    inputs: ['country'],
    outputs: [{ name: 'rate' }],
    rules: [
      ['"TW", "JP"', '0.05'],
      ['-', '0.1'],
    ],
  }),
  requires('Input', 'country'),
)
const inputs =
  '<inputData id="value" name="value"><variable name="value" typeRef="number"/></inputData><inputData id="country" name="country"/>'
const graph = definitions(duty + rate + inputs)

describe('a requirement graph', () => {
  test('evaluates required decisions first', async () => {
    expect(await decide(graph, 'duty', { value: 19.9, country: 'TW' })).toEqual({
      ok: true,
      output: 0.995,
      trace: [
        { decisionId: 'rate', matchedRules: ['r1'], inputs: { country: 'TW' }, output: 0.05 },
        { decisionId: 'duty', matchedRules: [], inputs: {}, output: 0.995 },
      ],
    })
  })

  test('evaluates a decision that two require once', async () => {
    const xml = definitions(
      decision('top', literal('left + right'), requires('Decision', 'left') + requires('Decision', 'right')) +
        decision('left', literal('base + 1'), requires('Decision', 'base')) +
        decision('right', literal('base + 2'), requires('Decision', 'base')) +
        decision('base', literal('10')),
    )
    const outcome = await decide(xml, 'top')
    expect(outcome).toMatchObject({ ok: true, output: 23 })
    expect(outcome.ok && outcome.trace.map((entry) => entry.decisionId)).toEqual(['base', 'left', 'right', 'top'])
  })

  test('gives results under names with spaces, operators and Chinese', async () => {
    const xml = definitions(
      decision('top', literal('Gross-Net weight + 税率'), requires('Decision', 'a') + requires('Decision', 'b')) +
        decision('a', literal('1'), '', 'Gross-Net weight') +
        decision('b', literal('2'), '', '税率'),
    )
    expect(await decide(xml, 'top')).toMatchObject({ ok: true, output: 3 })
  })

  test('gives results under the id of the decision too', async () => {
    const xml = definitions(
      decision('top', literal('base_rate * 2'), requires('Decision', 'base_rate')) + decision('base_rate', literal('4'), '', 'Base rate'),
    )
    expect(await decide(xml, 'top')).toMatchObject({ ok: true, output: 8 })
  })

  test('names the required decision that fails', async () => {
    const twice = table({
      inputs: ['1'],
      outputs: [{ name: 'x' }],
      rules: [
        ['-', '1'],
        ['-', '2'],
      ],
    })
    const xml = definitions(decision('top', literal('base'), requires('Decision', 'base')) + decision('base', twice))
    expect(await decide(xml, 'top')).toMatchObject({ ok: false, decisionId: 'base', message: expect.stringContaining("Decision 'base'") })
  })

  test('refuses an input of the wrong type, naming it', async () => {
    expect(await decide(graph, 'duty', { value: 'dear', country: 'TW' })).toMatchObject({
      ok: false,
      message: expect.stringContaining("Input 'value': expected a value of type 'number'"),
    })
  })

  test('reads a text as a date where the type of an input says so', async () => {
    const xml = definitions(
      `<inputData id="arrival" name="arrival"><variable name="arrival" typeRef="date"/></inputData>${decision('late', literal('arrival < today()'), requires('Input', 'arrival'))}`,
    )
    expect(await decide(xml, 'late', { arrival: '2026-06-09' })).toMatchObject({ ok: true, output: true })
  })
})

describe('boxed expressions', () => {
  test('contexts see earlier entries and may have a result', async () => {
    const xml = definitions(
      decision(
        'd',
        `<context><contextEntry><variable name="a"/>${literal('2')}</contextEntry><contextEntry><variable name="b"/>${literal('a * 3')}</contextEntry><contextEntry>${literal('a + b')}</contextEntry></context>`,
      ),
    )
    expect(await decide(xml, 'd')).toMatchObject({ ok: true, output: 8 })
  })

  test('invocations call business knowledge models by parameter name', async () => {
    const model = `<businessKnowledgeModel id="bkm" name="fee"><encapsulatedLogic><formalParameter name="amount"/><formalParameter name="rate"/>${literal('amount * rate')}</encapsulatedLogic></businessKnowledgeModel>`
    const knowledge = '<knowledgeRequirement><requiredKnowledge href="#bkm"/></knowledgeRequirement>'
    const binding = (name: string, text: string) => `<binding><parameter name="${name}"/>${literal(text)}</binding>`
    const xml = definitions(
      model +
        decision('boxed', `<invocation>${literal('fee')}${binding('rate', '0.1')}${binding('amount', '3')}</invocation>`, knowledge) +
        decision('called', literal('fee(3, 0.1) + fee(rate: 1, amount: 1)'), knowledge),
    )
    expect(await decide(xml, 'boxed')).toMatchObject({ ok: true, output: 0.3 })
    expect(await decide(xml, 'called')).toMatchObject({ ok: true, output: 1.3 })
  })

  test('a model gives what is in a list of one where it is typed so, but takes off one list only', async () => {
    const model = `<businessKnowledgeModel id="bkm" name="boxed"><encapsulatedLogic><formalParameter name="arg"/><literalExpression typeRef="number"><text>[arg]</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>`
    const knowledge = '<knowledgeRequirement><requiredKnowledge href="#bkm"/></knowledgeRequirement>'
    const xml = definitions(model + decision('one', literal('boxed(10)'), knowledge) + decision('two', literal('boxed([10])'), knowledge))

    expect(await decide(xml, 'one')).toMatchObject({ ok: true, output: 10 })
    expect(await decide(xml, 'two')).toMatchObject({ ok: true, output: null })
  })

  test('relations are lists of contexts, lists are lists', async () => {
    const row = (...cells: string[]) => `<row>${cells.map(literal).join('')}</row>`
    const xml = definitions(
      decision('relation', `<relation><column name="a"/><column name="b"/>${row('1', '"x"')}${row('2', '"y"')}</relation>`) +
        decision('list', `<list>${literal('1')}${literal('1 + 1')}</list>`),
    )
    expect(await decide(xml, 'relation')).toMatchObject({
      output: [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    })
    expect(await decide(xml, 'list')).toMatchObject({ output: [1, 2] })
  })

  test('a decision without logic is null', async () => {
    expect(await decide(definitions(decision('d', '')), 'd')).toMatchObject({ ok: true, output: null })
  })
})
