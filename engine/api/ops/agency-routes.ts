import { Type } from 'typebox'
import type { Agency } from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing, nullable } from '../schema.ts'

const IsoDate = Type.String({ format: 'date' })
const TextBody = closed({ en: Type.String({ minLength: 1, maxLength: 200 }), zh: Type.String({ minLength: 1, maxLength: 200 }) })
const Transport = Type.Union([
  closed({
    kind: Type.Literal('http'),
    url: Type.String({ format: 'uri', maxLength: 2_000 }),
    secret: Type.Optional(Type.String({ minLength: 16, maxLength: 200 })),
  }),
  closed({ kind: Type.Literal('worker') }),
  closed({ kind: Type.Literal('none') }),
])
const AgencySchema = Type.Object(
  {
    agencyId: Type.String(),
    name: Type.Object({ en: Type.String(), zh: Type.String() }),
    validFrom: Type.String(),
    validTo: nullable(Type.String()),
    format: Type.Optional(Type.String({ description: '`edi`: messages that have an EDIFACT version go out in it' })),
    transport: Type.Object({ kind: Type.String(), url: Type.Optional(Type.String()) }),
  },
  { title: 'Agency' },
)

export function addAgencyRoutes(app: Api, { window }: ApiParts): void {
  app.get(
    '/agencies',
    {
      config: { guard: 'ops.agency.read' },
      schema: { summary: 'How each agency is reached', response: answers({ 200: Type.Object({ items: Type.Array(AgencySchema) }) }) },
    },
    async () => ({ items: (await window.agencies()).map(agencyView) }),
  )

  app.put(
    '/agencies/:agencyId',
    {
      config: { guard: 'ops.agency.write' },
      schema: {
        summary: 'Make or change an agency; without a secret the one it has stays',
        params: closed({ agencyId: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }) }),
        body: closed({
          name: TextBody,
          validFrom: IsoDate,
          validTo: nullable(IsoDate),
          format: Type.Optional(Type.Literal('edi', { description: 'Messages that have an EDIFACT version go out in it' })),
          transport: Transport,
        }),
        response: answers({ 200: AgencySchema }),
      },
    },
    async (request) => {
      const { agencyId } = request.params
      const { transport, ...rest } = request.body
      const agency: Agency = {
        agencyId,
        ...rest,
        transport: transport.kind === 'http' ? { ...transport, secret: await secretOf(agencyId, transport.secret) } : transport,
      }
      await window.putAgency(agency)
      return agencyView(agency)
    },
  )

  app.put(
    '/enterprises/:uscc/credit',
    {
      config: { guard: 'ops.credit.write' },
      schema: {
        summary: 'Set the credit class of an enterprise; a drop holds its open declarations',
        params: closed({ uscc: Type.String({ pattern: '^[0-9A-Z]{18}$' }) }),
        body: closed({ creditClass: Type.String({ minLength: 1, maxLength: 20 }) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await window.setCredit(request.params.uscc, request.body.creditClass, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  async function secretOf(agencyId: string, given: string | undefined): Promise<string> {
    if (given !== undefined) return given
    const existing = (await window.agencies()).find((agency) => agency.agencyId === agencyId)
    if (existing?.transport.kind === 'http') return existing.transport.secret
    throw new ProblemError('INVALID_ARGUMENT', {
      en: 'Expected transport.secret: messages to the agency are signed with it',
      zh: '缺少 transport.secret：发往该机构的报文以此签名',
    })
  }
}

/** Without the secret. */
function agencyView({ agencyId, name, validFrom, validTo, format, transport }: Agency) {
  return {
    agencyId,
    name,
    validFrom,
    validTo,
    ...(format === undefined ? {} : { format }),
    transport: transport.kind === 'http' ? { kind: transport.kind, url: transport.url } : { kind: transport.kind },
  }
}
