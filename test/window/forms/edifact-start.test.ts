import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { projectRoot } from '../../../engine/root.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'forms-'))
const forms = join(folder, 'forms')
beforeEach(() => {
  rmSync(forms, { recursive: true, force: true })
  cpSync(join(projectRoot(), 'forms'), forms, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(forms, file)
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(from, to)
  expect(changed).not.toBe(text)
  writeFileSync(path, changed)
}

describe('the server stops at its start', () => {
  test.each([
    [
      'at an EDIFACT message that uses an item its agency may not see',
      'messages/customs/cus.dec.edi.hbs',
      '{{items.remarks}}',
      '{{items.dom_party_ciq_code}}',
      'Expected message customs/cus.dec.edi to use items routed to customs, but found dom_party_ciq_code',
    ],
    [
      'also where that item stands in a row of another group',
      'messages/customs/cus.dec.edi.hbs',
      '@root.items.containers',
      '@root.items.dom_party_ciq_code',
      'found dom_party_ciq_code',
    ],
    [
      'at a message type that is not in the directory',
      'messages/customs/cus.dec.edi.hbs',
      'edifact: CUSDEC',
      'edifact: ORDERS',
      'found ORDERS',
    ],
    [
      'at an agency without a name in interchanges',
      'edifact.json',
      '"customs":',
      '"custom":',
      'Expected forms/edifact.json to have an agency customs',
    ],
    [
      'at a character set of other bytes',
      'edifact.json',
      '"UNOW"',
      '"UNOC"',
      'Expected one of the character sets UNOA, UNOB, UNOW and UNOY',
    ],
    [
      'at an import into an item there is not',
      'imports/cusdec.goods-declaration.json',
      '"hs_code"',
      '"hs_cod"',
      'imports/cusdec.goods-declaration: Expected items of goods-declaration, found lines/hs_cod',
    ],
    [
      'at an import with a selector that is none',
      'imports/cuscar.sea-manifest.json',
      '"BGM.3"',
      '"BGM-3"',
      'Expected the end at character 4 of the selector BGM-3',
    ],
    [
      'at an answer with a status there is not',
      'answers/customs.edifact.json',
      '"status": "tax-bill"',
      '"status": "paid"',
      'answers/customs.edifact: Expected one of received',
    ],
  ])('%s', async (_what, file, from, to, said) => {
    edit(file, from, to)

    await expect(loadForms(forms)).rejects.toThrow(said)
  })
})

test('an agency whose answers are read by a changed file needs no program', async () => {
  edit('answers/customs.edifact.json', '"status": "tax-bill", "all": ["BGM[1.1=965]"]', '"status": "released", "all": ["BGM[1.1=965]"]')
  const { readAnswerFile } = await import('../../../engine/window/answer/read-answer-file.ts')
  const segments = [
    "UNB+UNOC:3+CUSTOMS:ZZZ+FJSW:ZZZ+260316:1512+R1++CUSRES'",
    "UNH+1+CUSRES:D:16B:UN'",
    "BGM+965+SW1'",
    "UNT+3+1'",
    "UNZ+1+R1'",
  ]
  const body = { format: 'edifact', bytes: Buffer.from(segments.join('\n')) } as const

  expect(readAnswerFile(await loadForms(forms), 'customs', body).answers).toMatchObject([{ status: 'released' }])
})
