import { Type } from 'typebox'
import type { JsonObject } from '../../kernel/index.ts'
import { WindowFailure } from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { itemProblem } from '../problem-handlers.ts'
import { answers, closed, IdempotencyHeader, Nothing, Variables } from '../schema.ts'
import { ReceiptNo } from './declaration-routes.ts'
import { ItemProblems } from './declaration-status-view.ts'
import { ownDeclaration } from './own-declaration.ts'

const IF_MATCH = /^(?:W\/)?"?(\d{1,9})"?$/

export function addAmendmentRoutes(app: Api, { window }: ApiParts): void {
  app.route({
    method: ['POST', 'PUT'],
    url: '/declarations/:receiptNo/amendments',
    config: { guard: 'window.declaration.amend' },
    schema: {
      summary: 'Replace the data by a next version',
      description:
        'Names the version it changes, by If-Match or expectedVersion, so that of two amendments at once one is refused. Data that is not of the form’s shape is refused with 422; `errors` lists what else is wrong with the new version now. Try the data without storing it at POST /window/v1/services/{serviceId}/validation.',
      params: ReceiptNo,
      headers: Type.Intersect([IdempotencyHeader, Type.Object({ 'if-match': Type.Optional(Type.String({ pattern: IF_MATCH.source })) })]),
      body: closed({ data: Variables, expectedVersion: Type.Optional(Type.Integer({ minimum: 1 })) }),
      response: answers({ 200: Type.Object({ receiptNo: Type.String(), version: Type.Integer(), errors: ItemProblems }) }),
    },
    handler: async (request, reply) => {
      const { receiptNo } = request.params
      const ifMatch = request.headers['if-match']
      const expectedVersion = ifMatch === undefined ? request.body.expectedVersion : Number(IF_MATCH.exec(ifMatch)?.[1])
      if (expectedVersion === undefined) {
        throw new ProblemError('INVALID_ARGUMENT', {
          en: 'Expected the version that is amended, in the header If-Match or the field expectedVersion; read it from the declaration',
          zh: '缺少被修改的版本号，请在 If-Match 请求头或 expectedVersion 字段中给出',
        })
      }
      const inBody = request.body.expectedVersion
      if (inBody !== undefined && inBody !== expectedVersion) {
        throw new ProblemError('INVALID_ARGUMENT', {
          en: `Expected If-Match and expectedVersion to name one version, but found ${expectedVersion} and ${inBody}; send one of them`,
          zh: `If-Match（${expectedVersion}）与 expectedVersion（${inBody}）不一致，请只提供其中一个`,
        })
      }
      await ownDeclaration(window, request.principal, receiptNo)
      const { version, errors } = await window
        .amend(receiptNo, {
          data: request.body.data as JsonObject,
          expectedVersion,
          idempotencyKey: request.headers['idempotency-key'],
          actor: actorOf(request.principal),
        })
        .catch((error: unknown) => {
          // RFC 9110: a condition in a header that does not hold is 412.
          if (ifMatch !== undefined && error instanceof WindowFailure && error.code === 'VERSION_CONFLICT')
            throw new ProblemError('PRECONDITION_FAILED', error.message, { cause: error })
          throw error
        })
      reply.header('etag', `"${version}"`)
      return { receiptNo, version, errors: errors.map((error) => itemProblem(error, request.language)) }
    },
  })

  app.post(
    '/declarations/:receiptNo/withdrawal',
    {
      config: { guard: 'window.declaration.withdraw' },
      schema: {
        summary: 'Ask to withdraw; the process decides whether it still can be',
        params: ReceiptNo,
        headers: IdempotencyHeader,
        body: closed({ reason: Type.String({ minLength: 1, maxLength: 2_000 }) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      await window.withdraw(receiptNo, {
        reason: request.body.reason,
        idempotencyKey: request.headers['idempotency-key'],
        actor: actorOf(request.principal),
      })
      return reply.code(204).send()
    },
  )
}
