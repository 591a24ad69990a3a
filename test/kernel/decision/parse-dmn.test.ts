import { describe, expect, test } from 'vitest'
import { parseDmn } from '../../../engine/kernel/decision/index.ts'
import { decision, definitions, literal, requires, table } from '../../helpers/dmn.ts'

function refused(claim: string, xml: string, elementId: string, message: string): void {
  test(claim, async () => {
    const { decisions, problems } = await parseDmn(xml)
    expect(decisions).toBeUndefined()
    expect(problems).toContainEqual({ elementId, message: expect.stringContaining(message) })
  })
}

const one = { inputs: ['x'], outputs: [{ name: 'y' }] }

describe('a file is refused', () => {
  refused(
    'with a document type',
    `<!DOCTYPE a [<!ENTITY b "c">]>${definitions(decision('d', literal('1')))}`,
    'definitions',
    'document type in line 1',
  )
  refused('when it is not well-formed, with the line', '<definitions>\n<decision>\n</definitions>', 'definitions', 'in line 3')
  refused('when it is empty', '', 'definitions', 'Expected')
  refused('when it is not DMN', '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', 'definitions', 'DMN 1.1 to 1.5')
  refused('with an id used twice', definitions(decision('d', literal('1')) + decision('d', literal('2'))), 'd', "'d' twice")
  refused('without a decision', definitions(''), 'drg', 'at least one decision')
  refused('with an expression that is not FEEL', definitions(decision('d', literal('1 +'))), 'd', 'the end of the text')
  refused(
    'with a cell that is no test',
    definitions(decision('d', table({ ...one, rules: [['>', '1']] }))),
    'r1c0',
    'Expected a FEEL expression',
  )
  refused(
    'with a hit policy nobody knows',
    definitions(decision('d', table({ ...one, hitPolicy: 'BEST', rules: [] }))),
    'table',
    "found 'BEST'",
  )
  refused(
    'with a rule that lacks a cell',
    definitions(decision('d', table({ ...one, rules: [['1']] }))),
    'r1',
    '1 input and 1 output cells',
  )
  refused('with a requirement that is not there', definitions(decision('d', literal('1'), requires('Decision', 'gone'))), 'd', "id 'gone'")
  refused(
    'with another language',
    definitions(decision('d', '<literalExpression expressionLanguage="groovy"><text>1</text></literalExpression>')),
    'd',
    "'groovy'",
  )
  refused(
    'with decisions that require each other',
    definitions(decision('a', literal('b'), requires('Decision', 'b')) + decision('b', literal('a'), requires('Decision', 'a'))),
    'a',
    'a → b → a',
  )
})

describe('a file is read', () => {
  test.each([
    ['1.1', 'http://www.omg.org/spec/DMN/20151101/dmn.xsd'],
    ['1.2', 'http://www.omg.org/spec/DMN/20180521/MODEL/'],
    ['1.3', 'https://www.omg.org/spec/DMN/20191111/MODEL/'],
    ['1.4', 'https://www.omg.org/spec/DMN/20211108/MODEL/'],
    ['1.5', 'https://www.omg.org/spec/DMN/20230324/MODEL/'],
  ])('in the namespace of DMN %s', async (_, uri) => {
    const { decisions } = await parseDmn(definitions(decision('d', literal('1'), '', 'Decision 1'), uri))
    expect(decisions).toMatchObject({ decisionRequirementsId: 'drg', name: 'Graph' })
    expect(decisions?.decisions.get('d')?.name).toBe('Decision 1')
  })

  test('with prefixed elements, a byte order mark and CDATA', async () => {
    const xml =
      '\uFEFF<?xml version="1.0"?><dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g"><dmn:decision id="d"><dmn:literalExpression><dmn:text><![CDATA[1 < 2]]></dmn:text></dmn:literalExpression></dmn:decision></dmn:definitions>'
    const { decisions } = await parseDmn(xml)
    expect(decisions?.decisions.get('d')?.evaluate(() => undefined, { now: 0, zone: 'UTC' })).toMatchObject({ ok: true, output: true })
  })

  test('with types left out and cells left empty', async () => {
    const { problems } = await parseDmn(definitions(decision('d', table({ ...one, rules: [['', '']] }))))
    expect(problems).toEqual([])
  })
})
