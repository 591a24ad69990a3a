import type { EpochMs, JsonObject } from '../kernel/index.ts'
import type { InstanceRow, OutboxRow } from '../store/index.ts'
import { type Declarations, newestVersion } from './declaration-record.ts'
import type { DeclarationStatuses } from './declaration-status.ts'
import type { OutsidePoster } from './guarded-post.ts'
import { signatureOf } from './signature.ts'
import type { WebhookRegister } from './webhook-register.ts'
import {
  correctionElements,
  DECLARATION_ENDED,
  type DeclarationEnded,
  WEBHOOK_EVENT,
  WEBHOOK_LOOKUP,
  type WebhookEvent,
  type WebhookLookup,
  webhookEvents,
} from './webhook-source.ts'
import type { WindowParts } from './window-parts.ts'
import { zonedTime } from './zoned-time.ts'

/** Outbox kind: one event to one webhook that did not take it at first. */
const WEBHOOK = 'window.webhook'
/** The whole life of a delivery, engine clock; then it is a dead letter. */
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000
/** Real time an enterprise's server has. */
const TIMEOUT_REAL_MS = 10_000
const MAX_NOTE_LENGTH = 500

interface Delivery extends JsonObject {
  readonly webhookId: string
  readonly id: string
  readonly event: string
  readonly receiptNo: string
  readonly at: EpochMs
  readonly body: string
}
interface Told {
  readonly id: string
  readonly event: string
  readonly receiptNo: string
  readonly at: EpochMs
  readonly state: string
}

interface DeliveryParts {
  readonly declarations: Declarations
  readonly webhooks: WebhookRegister
  readonly poster: OutsidePoster
  readonly statusOf: DeclarationStatuses['of']
}

/**
 * Carries out the rows of the webhook source: each event is posted at once to every webhook that wants it. One that does
 * not answer with 2xx gets a row of its own, so that it holds up no other, and is tried until three days are over.
 */
export function registerWebhookDelivery(parts: WindowParts, delivery: DeliveryParts): void {
  const { engine, store, elements, services } = parts
  const { declarations, webhooks, poster, statusOf } = delivery

  engine.addOutboxHandler(WEBHOOK_LOOKUP, async (row) => {
    const lookup = row.payload as WebhookLookup
    const instance = await engine.getInstance(lookup.processInstanceKey)
    if (!instance) return
    const events = webhookEvents(
      lookup,
      await elements.load(lookup.processDefinitionKey),
      correctionElements(services, instance.bpmnProcessId),
    )
    for (const event of events) await tellEvent(event)
  })
  engine.addOutboxHandler(WEBHOOK_EVENT, (row) => tellEvent(row.payload as WebhookEvent))
  engine.addOutboxHandler(DECLARATION_ENDED, (row) => end(row.payload as DeclarationEnded))
  engine.addOutboxHandler(WEBHOOK, deliverAgain)

  async function tellEvent({ id, event, processInstanceKey, at }: WebhookEvent): Promise<void> {
    const receiptNo = (await rootOf(processInstanceKey))?.businessKey
    const stored = receiptNo === undefined ? undefined : await declarations.find(receiptNo)
    if (stored) await tell({ id, event, receiptNo: stored.body.receiptNo, at, state: stored.body.state })
  }

  async function rootOf(instanceKey: string): Promise<InstanceRow | undefined> {
    const row = await engine.getInstance(instanceKey)
    return row?.parentProcessInstanceKey === undefined ? row : rootOf(row.parentProcessInstanceKey)
  }

  /** The declaration's document follows its process: lists and searches need its state. */
  async function end({ receiptNo, at, processInstanceKey }: DeclarationEnded): Promise<void> {
    const found = await declarations.find(receiptNo)
    // Another process may use the number as its business key.
    if (found?.body.processInstanceKey !== processInstanceKey) return
    const { state } = await statusOf(found.body)
    await declarations.update(receiptNo, (newest) =>
      newest.endedAt === undefined ? { ...newest, state, endedAt: at, updatedAt: Math.max(newest.updatedAt, at) } : undefined,
    )
    await tell({ id: `${processInstanceKey}-ended`, event: 'declaration.ended', receiptNo, at, state })
  }

  async function tell({ id, event, receiptNo, at, state }: Told): Promise<void> {
    const { body: record } = await declarations.get(receiptNo)
    const { version } = newestVersion(record)
    const body = JSON.stringify({ id, event, receiptNo, service: record.service, state, version, at: zonedTime(at, parts.zone) })
    const wanting = await webhooks.wanting(record.enterprise, event)
    const tried = await Promise.all(
      wanting.map(async (webhook) => ({ webhook, error: await post(webhook.url, webhook.secret, { id, event, body }) })),
    )
    const rows = tried.flatMap(({ webhook: { webhookId }, error }): OutboxRow[] => {
      if (error === undefined) return []
      const delivery: Delivery = { webhookId, id, event, receiptNo, at, body }
      const key = `${WEBHOOK}-${id}-${webhookId}`
      return [{ key, kind: WEBHOOK, payload: delivery, availableAt: engine.clock.now(), attempts: 1, lastError: error }]
    })
    if (rows.length > 0) await store.addOutbox(rows)
  }

  /** Rejects when there is no 2xx: the outbox tries again, later each time. */
  async function deliverAgain(row: OutboxRow): Promise<void> {
    const { webhookId, id, event, receiptNo, at, body } = row.payload as Delivery
    const webhook = await webhooks.find(webhookId)
    if (!webhook) return
    const error = await post(webhook.url, webhook.secret, { id, event, body })
    if (error === undefined) return
    if (engine.clock.now() - at < GIVE_UP_AFTER_MS) throw new Error(error)
    await webhooks.addDeadLetter(webhookId, { id, event, receiptNo, at, error })
    parts.log('warn', 'A webhook was given up', { webhookId, id, receiptNo, error })
  }

  /** Why it was not delivered; undefined when it was. */
  async function post(
    url: string,
    secret: string,
    { id, event, body }: { id: string; event: string; body: string },
  ): Promise<string | undefined> {
    const timestamp = String(engine.clock.now())
    const headers = {
      'content-type': 'application/json',
      'x-window-event': event,
      'x-window-delivery': id,
      'x-window-timestamp': timestamp,
      'x-window-signature': signatureOf(secret, `${timestamp}.${body}`),
    }
    try {
      const { status } = await poster.post({ url, headers, body, timeoutMs: TIMEOUT_REAL_MS })
      return status >= 200 && status < 300 ? undefined : `Expected a 2xx answer, found ${status}`
    } catch (error) {
      return (error instanceof Error ? error.message : String(error)).slice(0, MAX_NOTE_LENGTH)
    }
  }
}
