import { Type } from 'typebox'
import { boundAgency } from '../../access/index.ts'
import type { JsonObject } from '../../kernel/index.ts'
import type { AnswerFault, AnswerResult } from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { Language } from '../language.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed } from '../schema.ts'

const EDIFACT = /^application\/edifact(?:$|\s*;)/i
const XML = /^(?:application|text)\/xml(?:$|\s*;)/i
/** Answers are small; a file of hundreds still fits. */
const BODY_LIMIT_BYTES = 1024 * 1024

const Fault = Type.Object(
  {
    rule: Type.String({ description: '`edifact.…`, `xml.…` or `answer.…`; stable' }),
    message: Type.String(),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.Integer()),
    segment: Type.Optional(Type.Integer({ description: '1-based in the interchange, UNB included' })),
    tag: Type.Optional(Type.String()),
    element: Type.Optional(Type.Integer()),
    component: Type.Optional(Type.Integer()),
    path: Type.Optional(Type.String({ description: 'Field of an XML or JSON answer' })),
  },
  { title: 'AnswerFault' },
)
const Taken = Type.Object(
  {
    taken: Type.Array(
      Type.Object({
        receiptNo: Type.String(),
        version: Type.Integer(),
        status: Type.String(),
        messageId: Type.String(),
        replayed: Type.Boolean({ description: 'The same answer had been taken before' }),
      }),
    ),
    faults: Type.Array(Fault),
  },
  { title: 'TakenAnswers' },
)

export function addAnswerRoutes(app: Api, { window }: ApiParts): void {
  for (const type of [EDIFACT, XML]) app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post(
    '/agencies/:agencyId/answers',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: {
        guard: 'window.answer.give',
        bodyLimitBytes: BODY_LIMIT_BYTES,
        documentedBody: Type.Unknown({
          description: 'CUSRES or CONTRL (application/edifact), XML (application/xml) or JSON, as agreed with the agency',
        }),
      },
      schema: {
        summary: 'Answer declarations in the agency’s own format',
        description:
          'The whole file is taken or nothing of it: a fault in one message refuses all. Safe to repeat: an answer is known by the references of interchange and message, or by its own number. An interchange is answered with a CONTRL (200 taken, 422 refused); ask for application/json to have the faults in words.',
        params: closed({ agencyId: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }) }),
        response: answers({ 200: Taken, 422: Taken }),
      },
    },
    async (request, reply) => {
      const { agencyId } = request.params
      const own = boundAgency(request.principal)
      if (own !== undefined && own !== agencyId) {
        throw new ProblemError('FORBIDDEN', {
          en: `Expected an answer of your own agency (${own}), but it was sent for ${agencyId}`,
          zh: `只能提交本机构（${own}）的答复，不能提交 ${agencyId} 的答复`,
        })
      }
      const result = await window.takeAnswer({
        agencyId,
        body: toBody(request.headers['content-type'] ?? '', request.body),
        actor: actorOf(request.principal),
      })
      reply.code(result.faults.length === 0 ? 200 : 422)
      const wantsWords = (request.headers.accept ?? '').includes('json')
      if (result.control !== undefined && !wantsWords) {
        return reply.type('application/edifact; charset=us-ascii').send(result.control as never)
      }
      return view(result, request.language)
    },
  )
}

function toBody(contentType: string, body: unknown) {
  if (EDIFACT.test(contentType)) return { format: 'edifact', bytes: body as Uint8Array } as const
  if (XML.test(contentType)) return { format: 'xml', bytes: body as Uint8Array } as const
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError('INVALID_ARGUMENT', { en: 'Expected an answer in the body, found none', zh: '请求体缺少答复内容' })
  }
  return { format: 'json', document: body as JsonObject } as const
}

function view({ taken, faults }: AnswerResult, language: Language) {
  return { taken: [...taken], faults: faults.map((fault) => faultView(fault, language)) }
}

function faultView({ text, ...fault }: AnswerFault, language: Language) {
  return { ...fault, message: text[language] }
}
