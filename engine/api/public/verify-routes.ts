import { createHash } from 'node:crypto'
import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { DocumentCheck, DocumentClaim } from '../../window/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { DocumentCheckView } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Time } from '../schema.ts'
import { PAGE_POLICY, verifyPage } from './verify-page.ts'

const MEBIBYTE = 1_048_576
/** Larger than any document that is issued. */
const FILE_LIMIT = 20 * MEBIBYTE
/** For each address: people check a handful, programs that guess are slowed down. */
const RATE_LIMIT = { max: 60, timeWindow: '1 minute', keyGenerator: (request: FastifyRequest) => `verify ${request.ip}` }

const CONFIG = { guard: 'public', rateLimit: RATE_LIMIT } as const

const Query = closed({
  number: Type.Optional(Type.String({ maxLength: 60 })),
  c: Type.Optional(Type.String({ maxLength: 40, description: 'Check code, printed beside the QR code' })),
  digest: Type.Optional(Type.String({ maxLength: 200, description: 'SHA-256 of the file, hex, to be compared' })),
  lang: Type.Optional(Type.Enum(['zh', 'en'])),
  format: Type.Optional(Type.Enum(['html', 'json'])),
})
interface Asked {
  readonly number?: string
  readonly c?: string
  readonly digest?: string
  readonly lang?: 'zh' | 'en'
  readonly format?: 'html' | 'json'
}

const CheckSchema = Type.Object(
  {
    genuine: Type.Boolean(),
    document: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]),
    digestMatches: Type.Union([Type.Boolean(), Type.Null()]),
  },
  { title: 'DocumentCheck' },
)
const response = answers({
  200: { content: { 'application/json': { schema: CheckSchema }, 'text/html': { schema: Type.String() } } } as never,
})

/** The address in the QR code of every document: whoever holds one can see whether it is genuine and still valid. */
export async function addVerifyRoutes(app: Api, { window, settings }: ApiParts): Promise<void> {
  await app.register(multipart, { limits: { fileSize: FILE_LIMIT, files: 1, fields: 4, parts: 5 } })

  async function answer(request: FastifyRequest, reply: FastifyReply, asked: Asked, fileDigest?: string): Promise<unknown> {
    const claim = claimOf(asked, fileDigest)
    const check = claim && (await window.checkDocument(claim))
    const compared = fileDigest ?? plainDigest(asked.digest)
    const digestMatches = compared === undefined || !check ? (compared === undefined ? null : false) : compared === check.digest
    if (wantsJson(request, asked)) return viewOf(check, digestMatches, settings.zone)
    const language: Language = asked.lang ?? request.language
    reply
      .header('content-security-policy', PAGE_POLICY)
      .header('content-language', language)
      .header('referrer-policy', 'no-referrer')
      .header('x-robots-tag', 'noindex')
      .type('text/html; charset=utf-8')
      .serializer((page) => page as string)
    return reply.send(
      verifyPage({ asked: claim !== undefined, number: asked.number, code: asked.c, check, digestMatches, language, zone: settings.zone }),
    )
  }

  app.get(
    '/verify',
    { config: CONFIG, schema: { summary: 'Page to check a document by number and check code', querystring: Query, response } },
    (request, reply) => answer(request, reply, request.query),
  )
  app.get(
    '/verify/keys',
    {
      config: CONFIG,
      schema: {
        summary: 'Public keys that signatures of documents are checked with, newest first',
        response: answers({
          200: Type.Object({
            items: Type.Array(Type.Object({ keyId: Type.String(), createdAt: Time, current: Type.Boolean(), pem: Type.String() })),
          }),
        }),
      },
    },
    async () => ({
      items: (await window.documentKeys()).map((key) => ({ ...key, createdAt: isoTime(key.createdAt, settings.zone) })),
    }),
  )
  app.get(
    '/verify/:number',
    {
      config: CONFIG,
      schema: {
        summary: 'Whether a document is genuine and valid',
        params: closed({ number: Type.String({ maxLength: 60 }) }),
        querystring: Query,
        response,
      },
    },
    (request, reply) => answer(request, reply, { ...request.query, number: request.params.number }),
  )
  app.post(
    '/verify',
    {
      bodyLimit: FILE_LIMIT + MEBIBYTE,
      config: { ...CONFIG, bodyLimitBytes: FILE_LIMIT, documentedBody: Type.Object({ file: Type.String({ format: 'binary' }) }) },
      schema: {
        summary: 'Whether a file is a genuine document, unchanged',
        consumes: ['multipart/form-data'],
        querystring: Query,
        response,
      },
    },
    async (request, reply) => answer(request, reply, request.query, await uploadedDigest(request)),
  )
}

/** A number without its code opens nothing. */
function claimOf({ number, c }: Asked, fileDigest: string | undefined): DocumentClaim | undefined {
  if (fileDigest !== undefined && !c) return { digest: fileDigest }
  return number && c ? { number, checkCode: c } : undefined
}

function plainDigest(text: string | undefined): string | undefined {
  const plain = text?.replaceAll(/[\s:]/g, '').toLowerCase()
  return plain === undefined || plain === '' ? undefined : plain
}

/** Browsers get the page; programs say what they want. */
function wantsJson({ headers }: FastifyRequest, { format }: Asked): boolean {
  if (format !== undefined) return format === 'json'
  const accept = headers.accept ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

async function uploadedDigest(request: FastifyRequest): Promise<string> {
  const file = await request.file()
  if (!file) {
    throw new ProblemError('INVALID_ARGUMENT', { en: 'Expected a file in the part `file`, but found none', zh: '缺少文件（表单项 file）' })
  }
  const hash = createHash('sha256')
  for await (const chunk of file.file) hash.update(chunk as Buffer)
  if (file.file.truncated) {
    throw new ProblemError('PAYLOAD_TOO_LARGE', {
      en: `Expected a file of at most ${FILE_LIMIT / MEBIBYTE} MiB: no document is larger`,
      zh: `文件不得超过 ${FILE_LIMIT / MEBIBYTE} MiB`,
    })
  }
  return hash.digest('hex')
}

function viewOf(check: DocumentCheck | undefined, digestMatches: boolean | null, zone: string): DocumentCheckView {
  if (!check) return { genuine: false, document: null, digestMatches }
  const { genuine, operator: _, issuedAt, validUntil, changedAt, ...rest } = check
  const time = (at: number | null): string | null => (at === null ? null : isoTime(at, zone))
  return {
    genuine: genuine && digestMatches !== false,
    document: { ...rest, issuedAt: isoTime(issuedAt, zone), validUntil: time(validUntil), changedAt: time(changedAt) },
    digestMatches,
  }
}
