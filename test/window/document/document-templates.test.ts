import { afterAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../engine/kernel/index.ts'
import { layOutPages } from '../../../engine/window/document/page-layout.ts'
import { pdfRenderer } from '../../../engine/window/document/pdf-renderer.ts'
import { describePage } from '../../../engine/window/document/verifier-view.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { DOCUMENT_VARIABLES } from '../../fixtures/document-variables.ts'
import { redDeclaration } from '../../fixtures/goods-declarations.ts'
import { pdfPages, pdfText } from '../../helpers/pdf.ts'
import { readQrCode } from '../../helpers/qr.ts'
import { FRAME, NUMBER } from './fixtures.ts'

const forms = await loadForms()
const renderer = pdfRenderer()
afterAll(() => renderer.close())

const KINDS = Object.keys(DOCUMENT_VARIABLES)

function filled(kind: string, items: JsonObject, variables: JsonObject) {
  return forms.renderDocument(kind, {
    number: NUMBER,
    receiptNo: 'SW180514000Z4K2M7Q',
    version: 1,
    service: 'any',
    serviceName: { en: 'Any', zh: '某' },
    enterprise: '91350200MA2DEM017J',
    operator: 'OP-XM',
    operatorName: { en: 'Xiamen', zh: '厦门' },
    issuedAt: '2018-05-14T10:00:00.000+08:00',
    items,
    variables,
  })
}
const render = (source: string) => renderer.render({ source, frame: FRAME })

/** Every text in it in place of its own. */
function withTexts(value: Json, text: string): Json {
  if (typeof value === 'string') return text
  if (Array.isArray(value)) return value.map((each) => withTexts(each as Json, text))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTexts(each as Json, text)]))
  return value
}
/** The texts that are printed as they are, which leaves out codes, days and numbers. */
function plainTexts(value: Json): string[] {
  if (typeof value === 'string') return /^[\d-]+(?:T.*)?$|^[A-Z]{2}(?:[A-Z]{3})?$/.test(value) ? [] : [value]
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap((each) => plainTexts(each as Json))
  return []
}
const tight = (text: string): string => text.replaceAll(/\s+/g, '')

describe.each(KINDS)('%s', (kind) => {
  const variables = DOCUMENT_VARIABLES[kind] ?? {}

  test('prints every text it is given, with number, validity and check code, as text that can be copied', async () => {
    const text = tight(await pdfText(await render(filled(kind, redDeclaration(), variables).body)))

    for (const expected of [NUMBER, FRAME.checkCode, FRAME.issuedAt, '2018-05-15 10:00', ...plainTexts(variables)])
      expect(text).toContain(tight(expected))
  })

  test('is printed with dashes when nothing is known', async () => {
    const text = await pdfText(await render(filled(kind, {}, {}).body))

    expect(text).toContain('—')
    expect(text).not.toMatch(/undefined|null|\[object|NaN/)
  })

  test('takes markup, Chinese, line breaks and right-to-left text in every field', async () => {
    const parts = [`<b>"it's" & {{receiptNo}}`, '臺灣貿易關進龘靐', 'second\r\nthird', 'שלום עולם 12 مرحبا']
    const difficult = parts.join('\n')
    const given = withTexts(redDeclaration() as Json, difficult) as JsonObject

    const text = tight(await pdfText(await render(filled(kind, given, withTexts(variables, difficult) as JsonObject).body)))

    for (const part of [...parts.slice(0, 3), 'שלום', 'مرحبا']) expect(text).toContain(tight(part))
  })
})

describe('a page', () => {
  test('is the same bytes for the same document, and other bytes for another', async () => {
    const { body } = filled('licence', {}, DOCUMENT_VARIABLES.licence ?? {})
    const [one, two] = await Promise.all([render(body), render(body)])
    const other = await render(body.replace('8499.5', '8499.6'))

    expect(Buffer.compare(one, two)).toBe(0)
    expect(Buffer.compare(one, other)).not.toBe(0)
  })

  test('carries a QR code that reads as the address of the check', () => {
    const [title] = layOutPages({ source: filled('licence', {}, {}).body, frame: FRAME }).content as unknown as [
      { readonly columns: readonly { readonly stack: readonly { readonly qr?: string; readonly eccLevel?: string }[] }[] },
    ]
    const code = title.columns[1]?.stack[0]

    expect(readQrCode(code?.qr ?? '', code?.eccLevel ?? '')).toBe(FRAME.verifyUrl)
  })

  test('repeats the headings of a table of 500 lines on every page, and loses none', async () => {
    const lines = Array.from({ length: 500 }, (_, place) => ({
      ...redDeclaration().lines[0],
      line_no: place + 1,
      hs_code: String(4_400_000_000 + place),
    }))

    const pages = await pdfPages(await render(filled('exit-proof', { ...redDeclaration(), lines }, {}).body))

    expect(pages.length).toBeGreaterThan(12)
    const withLines = pages.filter((page) => /44000004\d\d|44000001\d\d/.test(page))
    for (const page of withLines) expect(page).toContain('Total price')
    const text = pages.join(' ')
    for (const { hs_code } of lines) expect(text).toContain(hs_code)
    expect(pages.at(-1)).toContain(`第 ${pages.length} 页，共 ${pages.length} 页`)
  }, 20_000)

  test('breaks a name of 300 letters rather than let it run off', async () => {
    const name = 'Ж'.repeat(300)
    const text = tight(await pdfText(await render(filled('licence', {}, { licence: { holder: name, lines: [{ name }] } }).body)))

    expect(text.split('Ж').length - 1).toBe(600)
  })

  test('shows whoever checks it the public fields and no others', () => {
    const page = describePage(filled('tax-bill', redDeclaration(), DOCUMENT_VARIABLES['tax-bill'] ?? {}))

    expect(page?.holder).toBe(redDeclaration().dom_party_name)
    expect(page?.shown.map(({ en }) => en)).toEqual(['Bill reference', 'Due on', 'To pay'])
    expect(page?.shown.at(-1)?.value).toBe('CNY 237,433.77')
  })

  test.each([
    ['an unknown element', '<document zh="x" en="x"><script/></document>', 'but found <script>'],
    [
      'a row that does not fill its table',
      '<document zh="x" en="x"><table><column/><row/></table></document>',
      'fill 1 columns, but found 0',
    ],
    ['no XML', '<document', 'in XML, but line 1'],
  ])('with %s is refused by name', async (_, source, message) => {
    await expect(render(source)).rejects.toThrow(message)
  })
})
