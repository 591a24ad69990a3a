import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { maySay } from '../../access/index.ts'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Variables } from '../schema.ts'
import { DEFAULT_TENANT, long, OptionalVariables, TenantId } from './engine-schema.ts'

export function addMessageRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/messages/publication',
    {
      config: { guard: 'engine.message.publish' },
      schema: {
        summary: 'Publish a message; an agency publishes names that begin with its own id only',
        body: closed({
          name: Type.String({ minLength: 1, maxLength: 255 }),
          correlationKey: Type.Optional(Type.String({ maxLength: 1_000 })),
          timeToLive: Type.Optional(long(0, 'Milliseconds it waits for a taker')),
          messageId: Type.Optional(
            Type.String({ minLength: 1, maxLength: 255, description: 'The same id while it waits is refused with 409' }),
          ),
          variables: Type.Optional(Variables),
          tenantId: TenantId,
          businessId: Type.Optional(Type.String({ maxLength: 256 })),
        }),
        response: answers({ 200: Type.Object({ messageKey: Type.String(), tenantId: Type.String() }) }),
      },
    },
    async (request) => {
      const { principal } = request
      const { name, correlationKey = '', timeToLive = 0, messageId, variables = {}, tenantId = DEFAULT_TENANT } = request.body
      refuseForeignNames(principal, name)
      const published = await engine.publishMessage(
        {
          name,
          correlationKey,
          timeToLiveMs: Number(timeToLive),
          variables: variables as EngineVariables,
          tenantId,
          ...(messageId === undefined ? {} : { messageId }),
        },
        actorOf(principal),
      )
      return { messageKey: published.messageKey, tenantId }
    },
  )

  app.post(
    '/messages/correlation',
    {
      config: { guard: 'engine.message.publish' },
      schema: {
        summary: 'Give a message to whom waits for it now, and tell which instance took it; 404 when nothing waits',
        body: closed({
          name: Type.String({ minLength: 1, maxLength: 255 }),
          correlationKey: Type.Optional(Type.String({ maxLength: 1_000 })),
          variables: OptionalVariables,
          tenantId: TenantId,
          businessId: Type.Optional(Type.String({ maxLength: 256 })),
        }),
        response: answers({ 200: Type.Object({ messageKey: Type.String(), processInstanceKey: Type.String(), tenantId: Type.String() }) }),
      },
    },
    async (request) => {
      const { principal } = request
      const { name, correlationKey = '', variables, tenantId = DEFAULT_TENANT } = request.body
      refuseForeignNames(principal, name)
      const message = { name, correlationKey, variables: (variables ?? {}) as EngineVariables, tenantId }
      return { ...(await engine.correlateMessage(message, actorOf(principal))), tenantId }
    },
  )
}

function refuseForeignNames(principal: Principal, name: string): void {
  if (maySay(principal, name)) return
  throw new ProblemError('FORBIDDEN', {
    en: `Expected a message name that begins with ${principal.agency}., but ${principal.name} sent ${name}; use a name of your own`,
    zh: `消息名称必须以 ${principal.agency}. 开头，实际为 ${name}；请使用本机构的消息名称`,
  })
}
