import { Type } from 'typebox'
import type { ApiKeyView } from '../../access/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { notFound } from '../problem.ts'
import { answers, closed, Nothing, nullable, Time } from '../schema.ts'

const AccountId = closed({ accountId: Type.String({ maxLength: 64 }) })
const Text = Type.String({ minLength: 1, maxLength: 200 })
const KeySchema = Type.Object(
  {
    keyId: Type.String(),
    label: Type.String(),
    createdAt: Time,
    createdBy: Type.String(),
    expiresAt: nullable(Time),
    revoked: Type.Boolean(),
  },
  { title: 'ApiKey' },
)

export function addApiKeyRoutes(app: Api, { access, settings }: ApiParts): void {
  const time = (ms: number): string | null => (ms === 0 ? null : isoTime(ms, settings.zone))
  const keyView = ({ accountId: _, ...key }: ApiKeyView) => ({
    ...key,
    createdAt: isoTime(key.createdAt, settings.zone),
    expiresAt: time(key.expiresAt),
  })

  app.get(
    '/accounts/:accountId/keys',
    {
      config: { guard: 'ops.account.read' },
      schema: {
        summary: 'API keys of an account, without their secrets',
        params: AccountId,
        response: answers({ 200: Type.Object({ items: Type.Array(KeySchema) }) }),
      },
    },
    async (request) => ({ items: (await access.listApiKeys(request.params.accountId)).map(keyView) }),
  )

  app.post(
    '/accounts/:accountId/keys',
    {
      config: { guard: 'ops.account.write' },
      schema: {
        summary: 'Make an API key; the key itself is in this answer only',
        params: AccountId,
        body: closed({ label: Text, expiresAt: Type.Optional(Time) }),
        response: answers({ 201: Type.Intersect([Type.Object({ key: Type.String() }), KeySchema]) }),
      },
    },
    async (request, reply) => {
      const { label, expiresAt } = request.body
      const made = await access.createApiKey(
        request.params.accountId,
        { label, ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }) },
        request.principal.name,
      )
      return reply.code(201).send({ key: made.key, ...keyView(made.view) })
    },
  )

  app.delete(
    '/accounts/:accountId/keys/:keyId',
    {
      config: { guard: 'ops.account.write' },
      schema: {
        summary: 'Revoke an API key',
        params: closed({ accountId: Type.String({ maxLength: 64 }), keyId: Type.String({ maxLength: 64 }) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { accountId, keyId } = request.params
      if (!(await access.revokeApiKey(accountId, keyId)))
        throw notFound({ en: `an API key ${keyId} of this account`, zh: `API 密钥 ${keyId}` })
      return reply.code(204).send()
    },
  )
}
