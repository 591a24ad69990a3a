import { Type } from 'typebox'
import type { JsonObject } from '../../kernel/index.ts'
import type { Service } from '../../window/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { ServiceSummary } from '../contract.ts'
import type { Language } from '../language.ts'
import { notFound } from '../problem.ts'
import { itemProblem } from '../problem-handlers.ts'
import { answers, closed, nullable, Variables } from '../schema.ts'
import { ItemProblems } from './declaration-status-view.ts'

const ServiceSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: Type.String(),
    owner: Type.String(),
    agencies: Type.Array(Type.String()),
    validFrom: Type.String(),
    validTo: nullable(Type.String()),
    notices: Type.Array(Type.Object({ kind: Type.String(), name: Type.String() })),
  },
  { title: 'Service' },
)
const ServiceId = closed({ serviceId: Type.String({ maxLength: 100 }) })

export function addServiceRoutes(app: Api, { window }: ApiParts): void {
  const find = (id: string): Service => {
    const service = window.service(id)
    if (!service) throw notFound({ en: `a service ${id}`, zh: `服务 ${id}` })
    return service
  }

  const schemaOf = (formId: string): JsonObject => {
    const schema = window.forms.schema(formId)
    if (!schema) throw notFound({ en: `a form ${formId}`, zh: `表单 ${formId}` })
    return schema
  }

  app.get(
    '/services',
    {
      config: { guard: 'window.service.read' },
      schema: { summary: 'Services that take declarations', response: answers({ 200: Type.Object({ items: Type.Array(ServiceSchema) }) }) },
    },
    async (request) => ({ items: window.services().map((service) => summaryOf(service, request.language)) }),
  )

  app.get(
    '/services/:serviceId',
    {
      config: { guard: 'window.service.read' },
      schema: { summary: 'One service', params: ServiceId, response: answers({ 200: ServiceSchema }) },
    },
    async (request) => summaryOf(find(request.params.serviceId), request.language),
  )

  app.get(
    '/services/:serviceId/schema',
    {
      config: { guard: 'window.service.read' },
      schema: {
        summary: 'JSON Schema (2020-12) of the declaration form',
        params: ServiceId,
        response: answers({ 200: Type.Object({}, { description: 'JSON Schema' }) }),
      },
    },
    async (request, reply) => {
      const service = find(request.params.serviceId)
      return reply.type('application/schema+json; charset=utf-8').send(schemaOf(service.formId))
    },
  )

  app.get(
    '/services/:serviceId/notices/:kind/schema',
    {
      config: { guard: 'window.service.read' },
      schema: {
        summary: 'JSON Schema (2020-12) of a notice that a running case takes',
        params: closed({ serviceId: Type.String({ maxLength: 100 }), kind: Type.String({ maxLength: 100 }) }),
        response: answers({ 200: Type.Object({}, { description: 'JSON Schema' }) }),
      },
    },
    async (request, reply) => {
      const { serviceId, kind } = request.params
      const notice = find(serviceId).notices?.[kind]
      if (!notice) throw notFound({ en: `a kind of notice ${kind}`, zh: `通知类型 ${kind}` })
      return reply.type('application/schema+json; charset=utf-8').send(schemaOf(notice.formId))
    },
  )

  app.post(
    '/services/:serviceId/validation',
    {
      config: { guard: 'window.declaration.validate' },
      schema: {
        summary: 'Try a declaration: what would be found wrong',
        description:
          'Stores nothing and starts nothing. Answers 200 with every error found, also those of the form’s shape, which a declaration would be refused for with 422.',
        params: ServiceId,
        body: closed({ data: Variables }),
        response: answers({ 200: Type.Object({ valid: Type.Boolean(), errors: ItemProblems }) }),
      },
    },
    async (request) => {
      const { id } = find(request.params.serviceId)
      const errors = window.validate(id, request.body.data as JsonObject)
      return { valid: errors.length === 0, errors: errors.map((error) => itemProblem(error, request.language)) }
    },
  )
}

function summaryOf(service: Service, language: Language): ServiceSummary {
  const { id, name, description, owner, agencies, validFrom, validTo } = service
  const notices = Object.entries(service.notices ?? {}).map(([kind, notice]) => ({ kind, name: notice.name[language] }))
  return { id, name: name[language], description: description[language], owner, agencies, validFrom, validTo: validTo ?? null, notices }
}
