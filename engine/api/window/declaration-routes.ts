import { Type } from 'typebox'
import type { JsonObject } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { notFound } from '../problem.ts'
import { itemProblem } from '../problem-handlers.ts'
import { answers, closed, From, IdempotencyHeader, Limit, PageInfo, Time, Variables } from '../schema.ts'
import { DeclarationStatusSchema, ItemProblems, statusView } from './declaration-status-view.ts'
import { ownDeclaration } from './own-declaration.ts'

export const ReceiptNo = closed({ receiptNo: Type.String({ maxLength: 64 }) })
const Receipt = Type.Object(
  {
    receiptNo: Type.String(),
    service: Type.String(),
    version: Type.Integer(),
    submittedAt: Time,
    replayed: Type.Boolean(),
    errors: ItemProblems,
  },
  { title: 'Receipt' },
)

export function addDeclarationRoutes(app: Api, { window, settings }: ApiParts): void {
  app.post(
    '/services/:serviceId/declarations',
    {
      config: { guard: 'window.declaration.submit' },
      schema: {
        summary: 'Declare',
        description:
          'Safe to repeat with the same Idempotency-Key: the first result is answered again, with 200. Data that is not of the form’s shape (a field it lacks, a value of another JSON type) is refused with 422 and nothing is stored. Any other data is taken and gets its receipt number; `errors` lists what is wrong with it now, and the process waits for an amended version. Try the data without storing it at POST /window/v1/services/{serviceId}/validation.',
        params: closed({ serviceId: Type.String({ maxLength: 100 }) }),
        headers: IdempotencyHeader,
        body: closed({ operator: Type.Enum(['OP-FZ', 'OP-XM']), data: Variables }),
        response: answers({ 200: Receipt, 201: Receipt }),
      },
    },
    async (request, reply) => {
      const { serviceId } = request.params
      if (!window.service(serviceId)) throw notFound({ en: `a service ${serviceId}`, zh: `服务 ${serviceId}` })
      const result = await window.submit({
        service: serviceId,
        enterprise: request.principal.enterprise ?? '',
        operator: request.body.operator,
        data: request.body.data as JsonObject,
        idempotencyKey: request.headers['idempotency-key'],
        actor: actorOf(request.principal),
      })
      reply.code(result.replayed ? 200 : 201).header('location', `/window/v1/declarations/${result.receiptNo}`)
      return {
        ...result,
        submittedAt: isoTime(result.submittedAt, settings.zone),
        errors: result.errors.map((error) => itemProblem(error, request.language)),
      }
    },
  )

  app.get(
    '/declarations',
    {
      config: { guard: 'window.declaration.read' },
      schema: {
        summary: 'Own declarations, newest first',
        querystring: closed({
          service: Type.Optional(Type.String()),
          operator: Type.Optional(Type.String()),
          state: Type.Optional(Type.String({ maxLength: 100, description: '`in-progress`, or how it ended' })),
          from: From,
          limit: Limit,
        }),
        response: answers({
          200: Type.Object({
            items: Type.Array(
              Type.Object({
                receiptNo: Type.String(),
                service: Type.String(),
                operator: Type.String(),
                version: Type.Integer(),
                state: Type.String(),
                stateName: Type.String(),
                createdAt: Time,
                updatedAt: Time,
              }),
            ),
            page: PageInfo,
          }),
        }),
      },
    },
    async (request) => {
      const { service, operator, state, from, limit } = request.query
      const found = await window.list({
        enterprise: request.principal.enterprise ?? '',
        ...(service === undefined ? {} : { service }),
        ...(operator === undefined ? {} : { operator }),
        ...(state === undefined ? {} : { state }),
        from,
        limit,
      })
      const items = found.items.map((item) => ({
        receiptNo: item.receiptNo,
        service: item.service,
        operator: item.operator,
        version: item.version,
        state: item.state,
        stateName: item.stateName[request.language],
        createdAt: isoTime(item.createdAt, settings.zone),
        updatedAt: isoTime(item.updatedAt, settings.zone),
      }))
      return { items, page: { from, limit, total: found.total } }
    },
  )

  app.get(
    '/declarations/:receiptNo',
    {
      config: { guard: 'window.declaration.read' },
      schema: { summary: 'Where a declaration is', params: ReceiptNo, response: answers({ 200: DeclarationStatusSchema }) },
    },
    async (request, reply) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const status = await window.status(receiptNo)
      if (!status) throw notFound({ en: `a declaration with receipt number ${receiptNo}`, zh: `回执号为 ${receiptNo} 的申报` })
      reply.header('etag', `"${status.version}"`)
      return statusView(status, request.language, settings.zone)
    },
  )

  app.get(
    '/declarations/:receiptNo/data',
    {
      config: { guard: 'window.declaration.read' },
      schema: {
        summary: 'The data of a version',
        params: ReceiptNo,
        querystring: closed({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
        response: answers({ 200: Type.Object({ receiptNo: Type.String(), version: Type.Integer(), submittedAt: Time, data: Variables }) }),
      },
    },
    async (request) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const found = await window.declarationData(receiptNo, request.query.version)
      if (!found)
        throw notFound({
          en: `version ${request.query.version} of declaration ${receiptNo}`,
          zh: `申报 ${receiptNo} 的第 ${request.query.version} 版`,
        })
      return { receiptNo, version: found.version, submittedAt: isoTime(found.submittedAt, settings.zone), data: found.data }
    },
  )
}
