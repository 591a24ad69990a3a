import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { itemErrorsOf } from '../../../engine/window/answer/error-pointer.ts'
import { type AnswerBody, readAnswerFile } from '../../../engine/window/answer/read-answer-file.ts'
import { readInterchange } from '../../../engine/window/edifact/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'

const forms = await loadForms()

function cusres(segments: readonly string[], changes: (text: string) => string = (text) => text): AnswerBody {
  const text = [
    "UNB+UNOC:3+CUSTOMS:ZZZ+FJSW:ZZZ+260316:1512+REF1++CUSRES'",
    "UNH+000001+CUSRES:D:16B:UN'",
    ...segments.map((segment) => `${segment}'`),
    `UNT+${segments.length + 2}+000001'`,
    "UNZ+1+REF1'",
  ].join('\n')
  return { format: 'edifact', bytes: Buffer.from(changes(text)) }
}
const xml = (inside: string): AnswerBody => ({ format: 'xml', bytes: Buffer.from(`<MetaData><Response>${inside}</Response></MetaData>`) })
const json = (document: JsonObject): AnswerBody => ({ format: 'json', document })
const read = (body: AnswerBody, agencyId = 'customs') => readAnswerFile(forms, agencyId, body)
function errors(body: AnswerBody) {
  const { answers, mapping } = read(body)
  return itemErrorsOf(forms, 'goods-declaration', answers[0]?.errors ?? [], mapping)
}

describe('the words of the window', () => {
  test.each([
    ['received', ['BGM+961+CUS1+9', 'RFF+ABE:SW1']],
    ['accepted', ['BGM+961+CUS1+9', 'GEI+5+1', 'RFF+ABE:SW1']],
    ['accepted', ['BGM+962+CUS1+9', 'GEI+5+1', 'RFF+ABE:SW1']],
    ['rejected', ['BGM+963+SW1+9']],
    ['rejected', ['BGM+962+CUS1+9', 'GEI+5+3', 'RFF+ABE:SW1']],
    ['documents-wanted', ['BGM+962+CUS1+9', 'FTX+CCI+++INVOICE', 'RFF+ABE:SW1']],
    ['examine', ['BGM+962+CUS1+9', 'GEI+5+5', 'RFF+ABE:SW1']],
    ['released', ['BGM+962+CUS1+9', 'GEI+5+4', 'RFF+ABE:SW1']],
    ['tax-bill', ['BGM+965+CUS1+9', 'RFF+ABE:SW1']],
    ['invalidated', ['BGM+962+CUS1+1', 'RFF+ABE:SW1']],
    ['exited', ['BGM+962+CUS1+9', 'DTM+186:20260320:102', 'RFF+ABE:SW1']],
  ])('%s out of CUSRES %j', (status, segments) => {
    const { answers, faults } = read(cusres(segments))

    expect(faults).toEqual([])
    expect(answers).toMatchObject([{ status, receiptNo: 'SW1', id: 'REF1/000001' }])
  })

  test.each([
    ['DMSACC', 'accepted'],
    ['DMSRCV', 'received'],
    ['DMSREJ', 'rejected'],
    ['DMSDOC', 'documents-wanted'],
    ['DMSCTL', 'examine'],
    ['DMSTAX', 'tax-bill'],
    ['DMSROG', 'released'],
    ['DMSCLE', 'released'],
    ['DMSINV', 'invalidated'],
    ['DMSEOG', 'exited'],
  ])('%s of a WCO response is %s', (code, status) => {
    const declaration = '<Declaration><FunctionalReferenceID>SW1</FunctionalReferenceID><VersionID>2</VersionID></Declaration>'
    const { answers } = read(xml(`<FunctionalReferenceID>A7</FunctionalReferenceID><FunctionCode>${code}</FunctionCode>${declaration}`))

    expect(answers).toMatchObject([{ id: 'A7', status, receiptNo: 'SW1', version: 2 }])
  })

  test('JSON says them itself', () => {
    const { answers } = read(
      json({ id: 'J1', receiptNo: 'SW1', version: 3, status: 'examine', reference: 'C-9', note: '查验' }),
      'inspection',
    )

    expect(answers).toMatchObject([{ id: 'J1', status: 'examine', version: 3, reference: 'C-9', note: '查验' }])
  })
})

describe('references', () => {
  test('version, number and note come along', () => {
    const { answers } = read(cusres(['BGM+962+CUS1+9', 'FTX+CUS+++SELECTED:FOR ALL', 'GEI+5+5', 'RFF+ABE:SW1::4', 'RFF+ABT:3700']))

    expect(answers).toMatchObject([{ version: 4, reference: '3700', note: 'SELECTED FOR ALL' }])
  })
})

describe('an error marks the item it is of', () => {
  test('by the section and line of CUSRES and the rule that both sides know', () => {
    const found = errors(
      cusres(['BGM+963+SW1+9', 'ERP+2:1', 'ERC+FJ0421', 'FTX+AAO+++NET EXCEEDS GROSS', 'ERP+2:2', 'ERC+FJ0107', 'FTX+AAO+++CHECK DIGIT']),
    )

    expect(found).toMatchObject([
      { item: 'net_weight', rule: 'FJ0421', text: { en: 'NET EXCEEDS GROSS' } },
      { rule: 'FJ0107', text: { zh: 'CHECK DIGIT' } },
    ])
  })

  test('by the segment that the pointer names', () => {
    const found = errors(cusres(['BGM+963+SW1+9', 'ERP+2:3+CST', 'ERC+X1', 'FTX+AAO+++UNKNOWN CODE', 'ERP+1+TOD', 'ERC+X2']))

    expect(found).toMatchObject([
      { item: 'hs_code', group: 'lines', line: 3, rule: 'X1' },
      { item: 'trade_terms', rule: 'X2' },
    ])
    expect(found[1]).not.toHaveProperty('line')
  })

  test('each, where one place has several', () => {
    const segments = ['BGM+963+SW1+9', 'ERP+2:1+CST', 'ERC+X1', 'ERC+X2', 'FTX+AAO+++FIRST', 'FTX+AAO+++SECOND:LINE']

    expect(errors(cusres(segments)).map(({ item, rule, text }) => [item, rule, text.en])).toEqual([
      ['hs_code', 'X1', 'FIRST'],
      ['hs_code', 'X2', 'SECOND LINE'],
    ])
  })

  test('by the WCO ids of section and item, which the dictionary knows', () => {
    const pointer = (section: string, more: string) => `<Pointer><DocumentSectionCode>${section}</DocumentSectionCode>${more}</Pointer>`
    const error = (code: string, pointers: string) =>
      `<Error><ValidationCode>${code}</ValidationCode><Description>wrong</Description>${pointers}</Error>`
    const found = errors(
      xml(
        [
          '<FunctionCode>DMSREJ</FunctionCode><Declaration><FunctionalReferenceID>SW1</FunctionalReferenceID></Declaration>',
          error('CDS1', pointer('42A', '') + pointer('68A', '<SequenceNumeric>2</SequenceNumeric>') + pointer('23A', '<TagID>145</TagID>')),
          error('CDS2', pointer('42A', '<TagID>131</TagID>')),
          error('CDS3', pointer('42A', '<TagID>GrossWet</TagID>')),
          error('CDS4', pointer('68A', '<SequenceNumeric>4</SequenceNumeric>')),
          error('CDS5', ''),
        ].join(''),
      ),
    )

    expect(found.map(({ item, group, line }) => ({ item, group, line }))).toEqual([
      { item: 'hs_code', group: 'lines', line: 2 },
      { item: 'gross_weight', group: undefined, line: undefined },
      { item: 'gross_weight', group: undefined, line: undefined },
      { item: 'lines', group: 'lines', line: 4 },
      { item: 'declaration', group: undefined, line: undefined },
    ])
  })

  test('by our own ids in JSON', () => {
    const error = { item: 'qty_declared', group: 'lines', line: 1, rule: 'C7', text: { zh: '数量', en: 'quantity' } }

    expect(errors(json({ receiptNo: 'SW1', status: 'rejected', errors: [error] }))).toMatchObject([
      { item: 'qty_declared', group: 'lines', line: 1, rule: 'C7', text: { zh: '数量' } },
    ])
  })
})

describe('what cannot be taken says why', () => {
  const rules = (body: AnswerBody, agencyId?: string) => read(body, agencyId).faults.map(({ rule, line }) => ({ rule, line }))

  test.each([
    ['a wrong count', cusres(['BGM+963+SW1+9'], (text) => text.replace('UNT+3', 'UNT+4')), { rule: 'edifact.count', line: 4 }],
    ['no receipt number', cusres(['BGM+963', 'GEI+5+2']), { rule: 'answer.receipt', line: 3 }],
    ['no status', cusres(['BGM+888+SW1']), { rule: 'answer.status', line: 3 }],
    ['another sender', cusres(['BGM+963+SW1+9'], (text) => text.replace('CUSTOMS', 'INSPECTION')), { rule: 'answer.party', line: 1 }],
    ['another recipient', cusres(['BGM+963+SW1+9'], (text) => text.replace('FJSW', 'OTHER')), { rule: 'answer.party', line: 1 }],
    [
      'an unknown code in XML',
      xml('<FunctionCode>77</FunctionCode><Declaration><FunctionalReferenceID>SW1</FunctionalReferenceID></Declaration>'),
      { rule: 'answer.status', line: undefined },
    ],
    [
      'entities',
      { format: 'xml', bytes: Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>') } as const,
      { rule: 'xml.doctype', line: 1 },
    ],
    ['no vocabulary word in JSON', json({ receiptNo: 'SW1', status: 'fine' }), { rule: 'answer.status', line: undefined }],
  ])('%s', (_what, body, expected) => {
    expect(rules(body)).toEqual([expected])
  })

  test('a format that is not agreed with the agency', () => {
    expect(rules(cusres(['BGM+963+SW1+9']), 'tax')).toMatchObject([{ rule: 'answer.format' }])
  })
})

describe('the CONTRL that answers', () => {
  test('keeps to its own grammar, taken or refused', () => {
    for (const body of [cusres(['BGM+963+SW1+9']), cusres(['BGM+963+SW1+9'], (text) => text.replace('UNT+3', 'UNT+4'))]) {
      const file = read(body)
      const control = file.control?.(file.faults, 0) ?? ''

      expect(readInterchange(control).faults).toEqual([])
      expect(control).toContain(file.faults.length === 0 ? 'UCI+REF1+CUSTOMS:ZZZ+FJSW:ZZZ+7' : 'UCI+REF1+CUSTOMS:ZZZ+FJSW:ZZZ+4')
    }
  })

  test('points at segment and element', () => {
    const file = read(cusres(['BGM+963+SW1+9', 'ERP+2:1', 'ERC+FJ0421999']))

    expect(file.control?.(file.faults, 0)).toContain("UCS+4'\nUCD+39+2:1'")
  })
})
