import { Type } from 'typebox'
import type { JsonObject } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { answers, closed, IdempotencyHeader, Time, Variables } from '../schema.ts'
import { ReceiptNo } from './declaration-routes.ts'
import { ownDeclaration } from './own-declaration.ts'

const Given = Type.Object({ noticeNo: Type.String(), number: Type.Integer(), replayed: Type.Boolean() })

export function addNoticeRoutes(app: Api, { window, settings }: ApiParts): void {
  app.post(
    '/declarations/:receiptNo/notices/:kind',
    {
      config: { guard: 'window.declaration.notice' },
      schema: {
        summary: 'Tell a running case something more',
        description:
          'Kinds and their forms are named by the service (`notices` of GET /window/v1/services/{serviceId}); which are taken now say `nextActions` of the status. A notice must be right in all: what is wrong is listed with 422, and nothing is stored. Safe to repeat with the same Idempotency-Key.',
        params: closed({ receiptNo: Type.String({ maxLength: 64 }), kind: Type.String({ maxLength: 100 }) }),
        headers: IdempotencyHeader,
        body: closed({ data: Variables }),
        response: answers({ 200: Given, 201: Given }),
      },
    },
    async (request, reply) => {
      const { receiptNo, kind } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const given = await window.giveNotice(receiptNo, kind, {
        data: request.body.data as JsonObject,
        idempotencyKey: request.headers['idempotency-key'],
        actor: actorOf(request.principal),
      })
      reply.code(given.replayed ? 200 : 201)
      return given
    },
  )

  app.get(
    '/declarations/:receiptNo/notices',
    {
      config: { guard: 'window.declaration.read' },
      schema: {
        summary: 'What was told to a case, in order',
        params: ReceiptNo,
        response: answers({
          200: Type.Object({
            items: Type.Array(
              Type.Object({ noticeNo: Type.String(), kind: Type.String(), number: Type.Integer(), at: Time, data: Variables }),
            ),
          }),
        }),
      },
    },
    async (request) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const given = await window.notices(receiptNo)
      return {
        items: given.map(({ kind, number, at, data }) => ({
          noticeNo: `${receiptNo}-${number}`,
          kind,
          number,
          at: isoTime(at, settings.zone),
          data,
        })),
      }
    },
  )
}
