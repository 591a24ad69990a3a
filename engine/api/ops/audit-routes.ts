import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { answers, closed, From, Limit, PageInfo, Time } from '../schema.ts'

const EntrySchema = Type.Object(
  {
    auditId: Type.String(),
    at: Time,
    who: Type.String(),
    by: Type.String(),
    action: Type.String(),
    object: Type.String(),
    outcome: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    reason: Type.Optional(Type.String({ description: 'Why a rule was set aside' })),
    requestId: Type.String(),
    address: Type.String(),
  },
  { title: 'AuditEntry' },
)
const Pattern = Type.String({ maxLength: 300, description: '`*` any run of characters, `?` one' })

export function addAuditRoutes(app: Api, { access, settings }: ApiParts): void {
  app.get(
    '/audit',
    {
      config: { guard: 'ops.audit.read' },
      schema: {
        summary: 'Who did what, newest first',
        querystring: closed({
          who: Type.Optional(Type.String({ maxLength: 100 })),
          action: Type.Optional(Pattern),
          object: Type.Optional(Pattern),
          outcome: Type.Optional(Type.Enum(['done', 'refused', 'failed'])),
          since: Type.Optional(Time),
          until: Type.Optional(Time),
          from: From,
          limit: Limit,
        }),
        response: answers({ 200: Type.Object({ items: Type.Array(EntrySchema), page: PageInfo }) }),
      },
    },
    async (request) => {
      const { since, until, from, limit, ...rest } = request.query
      const { items, total } = await access.searchAudit({
        ...rest,
        ...(since === undefined ? {} : { fromAt: Date.parse(since) }),
        ...(until === undefined ? {} : { toAt: Date.parse(until) }),
        from,
        limit,
      })
      return { items: items.map((entry) => ({ ...entry, at: isoTime(entry.at, settings.zone) })), page: { from, limit, total } }
    },
  )
}
