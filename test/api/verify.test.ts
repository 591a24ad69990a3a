import { createHash, createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { IssuedDocument } from '../../engine/window/document/issued-document.ts'
import { ApiHarness } from '../helpers/api-harness.ts'
import { pdfText } from '../helpers/pdf.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
let number: string
let code: string
let file: Buffer
beforeAll(async () => {
  server = await ApiHarness.open()
  const model = process('permit')
    .start('start')
    .serviceTask('issue', { type: 'window.issue-document', headers: { document: 'release-note' } })
    .end('granted')
  await server.deploy({ 'permit.bpmn': model.xml() })
  const receiptNo = await server.declare('fuzhou')
  const issued = async () => (await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}/documents`)).body.items
  await vi.waitFor(async () => expect(await issued()).toHaveLength(1), { timeout: 20_000 })
  number = (await issued())[0].number
  const collection = server.store.documents<IssuedDocument>({
    name: 'issued_documents',
    indexes: ['receiptNo', 'issuedAt', 'digest'],
    unique: [],
  })
  code = (await collection.get(number))?.body.checkCode ?? ''
  file = Buffer.from((await server.window.document(number))?.content ?? [])
}, 30_000)
afterAll(() => server.close())

const page = async (url: string, headers: Record<string, string> = {}) => {
  const { statusCode, body, headers: given } = await server.api.inject({ url, headers: { accept: 'text/html', ...headers } })
  return { status: statusCode, body, headers: given }
}
const upload = async (url: string, content: Buffer) => {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(content)], { type: 'application/pdf' }), 'paper.pdf')
  const encoded = new Response(form)
  const payload = Buffer.from(await encoded.arrayBuffer())
  return server.api.inject({ method: 'POST', url, headers: { 'content-type': encoded.headers.get('content-type') ?? '' }, payload })
}

describe('the public check of a document', () => {
  test('says to anyone, in the language asked for, that it is genuine and valid', async () => {
    const chinese = await page(`/verify/${number}?c=${code}`)
    const english = await page(`/verify/${number}?c=${code}`, { 'accept-language': 'en-GB,en;q=0.9' })
    const switched = await page(`/verify/${number}?c=${code}&lang=en`)

    expect(chinese.status).toBe(200)
    for (const text of ['真实有效', '放行通知书', number]) expect(chinese.body).toContain(text)
    for (const text of ['Genuine and valid', 'Release note', 'lang="en"']) expect(english.body).toContain(text)
    expect(switched.body).toContain('Genuine and valid')
    expect(chinese.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  test('runs nothing and loads nothing: a policy that its own style alone satisfies', async () => {
    const { body, headers } = await page(`/verify/${number}?c=${code}`)

    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'/)
    expect(body).not.toMatch(/<script|<img|<link|style="|onclick|https?:\/\//)
  })

  test.each([
    ['a wrong code', () => `/verify/${number}?c=00000-00000`],
    ['a number nobody has', () => `/verify/SWD0000000000AK?c=${code}`],
    ['markup in place of a number', () => `/verify/${encodeURIComponent('<script>alert(1)</script>')}?c=%3Cb%3E`],
  ])('does not know %s', async (_, url) => {
    const { status, body } = await page(url())

    expect(status).toBe(200)
    expect(body).toContain('核验不通过')
    expect(body).not.toContain('<script>')
    expect(body).not.toContain('示范')
  })

  test('asks for the code when the number comes alone, and tells nothing', async () => {
    const { body } = await page(`/verify/${number}`)

    expect(body).toContain('请输入核验码')
    expect(body).not.toContain('放行通知书')
  })

  test('compares a file: the one that was issued, and one with a changed byte', async () => {
    const changed = Buffer.from(file)
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1

    expect((await upload('/verify?lang=en', file)).body).toContain('exactly as it was issued')
    expect((await upload('/verify?lang=en', changed)).body).toContain('Not genuine')
    expect((await upload(`/verify?lang=en&number=${number}&c=${code}`, changed)).body).toContain('The file was changed')
  })

  test('answers programs in JSON with all they need to check the signature themselves', async () => {
    const { body } = await server.ask(undefined, `GET /verify/${number}?c=${code}&format=json`)
    const keys = (await server.ask(undefined, 'GET /verify/keys')).body.items

    expect(body).toMatchObject({ genuine: true, digestMatches: null, document: { number, kind: 'release-note', state: 'valid' } })
    const key = keys.find(({ keyId }: { keyId: string }) => keyId === body.document.keyId)
    const signature = Buffer.from(body.document.signature, 'base64url')
    expect(verify(null, Buffer.from(body.document.statement), createPublicKey(key.pem), signature)).toBe(true)
    expect(body.document.statement).toContain(createHash('sha256').update(file).digest('hex'))
    const none = await server.ask(undefined, `GET /verify/${number}?c=x&format=json`)
    expect(none.body).toEqual({ genuine: false, document: null, digestMatches: null })
  })

  test('compares a digest that is given', async () => {
    const { body } = await server.ask(undefined, `GET /verify/${number}?c=${code}&format=json`)
    const digest = body.document.digest as string
    const ask = async (given: string) => (await server.ask(undefined, `GET /verify/${number}?c=${code}&digest=${given}&format=json`)).body

    expect(await ask(digest.toUpperCase())).toMatchObject({ genuine: true, digestMatches: true })
    expect(await ask(digest.replace(/./, 'x'))).toMatchObject({ genuine: false, digestMatches: false })
  })

  test('is slowed down for who asks too often', async () => {
    const limited = await ApiHarness.open({ requestsPerMinute: 10_000 })
    try {
      const statuses: number[] = []
      for (let tries = 0; tries < 62; tries += 1)
        statuses.push((await limited.api.inject({ url: '/verify/SWD0000000000AK?c=guess' })).statusCode)

      expect([statuses.at(0), statuses.at(-1)]).toEqual([200, 429])
    } finally {
      await limited.close()
    }
  }, 20_000)
})

describe('the owner', () => {
  test('downloads the PDF under a name that says what it is', async () => {
    const { headers, rawPayload, statusCode } = await server.api.inject({
      url: `/window/v1/documents/${number}`,
      headers: { authorization: `Bearer ${server.key('fuzhou')}` },
    })

    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('application/pdf')
    expect(headers['content-disposition']).toContain(`release-note-${number}.pdf`)
    expect(Buffer.compare(rawPayload, file)).toBe(0)
    expect(await pdfText(rawPayload)).toContain(number)
  })
})
