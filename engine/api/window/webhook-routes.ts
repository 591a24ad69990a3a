import { Type } from 'typebox'
import type { Webhook } from '../../window/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { WebhookView } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, Nothing, Time } from '../schema.ts'

const WebhookSchema = Type.Object(
  {
    webhookId: Type.String(),
    url: Type.String(),
    events: Type.Array(Type.String()),
    createdAt: Time,
    secret: Type.Optional(Type.String()),
  },
  { title: 'Webhook' },
)

export function addWebhookRoutes(app: Api, { window, settings }: ApiParts): void {
  app.post(
    '/webhooks',
    {
      config: { guard: 'window.webhook.write' },
      schema: {
        summary: 'Be told of events; the secret that signs them (HMAC-SHA256) is in this answer only',
        body: closed({
          url: Type.String({ format: 'uri', maxLength: 2_000 }),
          events: Type.Array(Type.String({ pattern: '^[a-z*][a-z0-9.*-]*$', maxLength: 100 }), { minItems: 1, maxItems: 50 }),
        }),
        response: answers({ 201: WebhookSchema }),
      },
    },
    async (request, reply) => {
      const { url, events } = request.body
      if (!/^https?:$/.test(new URL(url).protocol))
        throw new ProblemError('INVALID_ARGUMENT', { en: 'Expected an http or https address as url', zh: 'url 必须是 http 或 https 地址' })
      const { webhookId, createdAt, secret } = await window.addWebhook(request.principal.enterprise ?? '', { url, events })
      const view: WebhookView = { webhookId, url, events, createdAt: isoTime(createdAt, settings.zone), secret }
      return reply.code(201).header('location', `/window/v1/webhooks/${webhookId}`).send(view)
    },
  )

  app.get(
    '/webhooks',
    {
      config: { guard: 'window.webhook.read' },
      schema: { summary: 'Own webhooks', response: answers({ 200: Type.Object({ items: Type.Array(WebhookSchema) }) }) },
    },
    async (request) => {
      const list = (await window.listWebhooks(request.principal.enterprise ?? '')) as readonly Webhook[]
      return {
        items: list.map(
          ({ webhookId, url, events, createdAt }): WebhookView => ({
            webhookId,
            url,
            events,
            createdAt: isoTime(createdAt, settings.zone),
          }),
        ),
      }
    },
  )

  app.delete(
    '/webhooks/:webhookId',
    {
      config: { guard: 'window.webhook.write' },
      schema: {
        summary: 'Remove a webhook',
        params: closed({ webhookId: Type.String({ maxLength: 100 }) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { webhookId } = request.params
      if (!(await window.removeWebhook(request.principal.enterprise ?? '', webhookId)))
        throw notFound({ en: `a webhook ${webhookId}`, zh: `订阅 ${webhookId}` })
      return reply.code(204).send()
    },
  )
}
