import { randomBytes, randomUUID } from 'node:crypto'
import type { EpochMs, JsonObject } from '../kernel/index.ts'
import { type StoredDocument, StoreFailure } from '../store/index.ts'
import { type Webhook, WindowFailure } from './contract.ts'
import { isPrivateHost } from './guarded-post.ts'
import type { WindowParts } from './window-parts.ts'

/** A webhook, and what could not be delivered to it. */
export interface WebhookRecord extends Webhook {
  readonly deadLetters: readonly DeadLetter[]
}
export interface DeadLetter extends JsonObject {
  readonly id: string
  readonly event: string
  readonly receiptNo: string
  readonly at: EpochMs
  readonly error: string
}

/** The webhooks of enterprises. */
export interface WebhookRegister {
  add(enterprise: string, request: { readonly url: string; readonly events: readonly string[] }): Promise<Webhook>
  list(enterprise: string): Promise<readonly Omit<Webhook, 'secret'>[]>
  /** False when the enterprise has no such webhook. */
  remove(enterprise: string, webhookId: string): Promise<boolean>
  find(webhookId: string): Promise<Webhook | undefined>
  /** Those of the enterprise that want the event. */
  wanting(enterprise: string, event: string): Promise<readonly Webhook[]>
  /** Keeps what was given up, the newest hundred. */
  addDeadLetter(webhookId: string, letter: DeadLetter): Promise<void>
}

export const ALL_EVENTS = '*'
const EVENT = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/
const MAX_WEBHOOKS = 20
const MAX_EVENTS = 50
const MAX_URL_LENGTH = 2000
const MAX_DEAD_LETTERS = 100

export function webhookRegister(
  parts: Pick<WindowParts, 'store' | 'engine'>,
  options: { readonly allowPrivate: boolean },
): WebhookRegister {
  const collection = parts.store.documents<WebhookRecord>({ name: 'webhooks', indexes: ['enterprise'], unique: [] })
  const of = async (enterprise: string): Promise<readonly StoredDocument<WebhookRecord>[]> =>
    (await collection.find({ filter: { enterprise }, sort: [{ field: 'id', order: 'asc' }], limit: MAX_WEBHOOKS })).items

  return {
    async add(enterprise, { url, events }) {
      checkUrl(url, options.allowPrivate)
      checkEvents(events)
      if ((await of(enterprise)).length >= MAX_WEBHOOKS) {
        throw new WindowFailure('INVALID_STATE', `Expected at most ${MAX_WEBHOOKS} webhooks for an enterprise; remove one first`)
      }
      const webhook = {
        webhookId: randomUUID(),
        enterprise,
        url,
        secret: randomBytes(32).toString('hex'),
        events: [...events],
        createdAt: parts.engine.clock.now(),
      }
      await collection.insert(webhook.webhookId, { ...webhook, deadLetters: [] })
      return webhook
    },
    list: async (enterprise) => (await of(enterprise)).map(({ body: { secret: _, ...shown } }) => shown as Omit<Webhook, 'secret'>),
    async remove(enterprise, webhookId) {
      const stored = await collection.get(webhookId)
      if (stored?.body.enterprise !== enterprise) return false
      await collection.delete(webhookId)
      return true
    },
    find: async (webhookId) => (await collection.get(webhookId))?.body,
    wanting: async (enterprise, event) =>
      (await of(enterprise)).map(({ body }) => body).filter(({ events }) => events.includes(event) || events.includes(ALL_EVENTS)),
    async addDeadLetter(webhookId, letter) {
      for (;;) {
        const stored = await collection.get(webhookId)
        if (!stored || stored.body.deadLetters.some(({ id }) => id === letter.id)) return
        const deadLetters = [...stored.body.deadLetters, letter].slice(-MAX_DEAD_LETTERS)
        try {
          await collection.replace(webhookId, stored.revision, { ...stored.body, deadLetters })
          return
        } catch (error) {
          if (!(error instanceof StoreFailure && error.code === 'REVISION_CONFLICT')) throw error
        }
      }
    },
  }
}

/** In production only public hosts over TLS: the window must not be a way into the house behind it. */
function checkUrl(url: string, allowPrivate: boolean): void {
  const refuse = (expected: string) => new WindowFailure('INVALID_ARGUMENT', `Expected ${expected}, found ${url.slice(0, MAX_URL_LENGTH)}`)
  if (url.length > MAX_URL_LENGTH || !URL.canParse(url)) throw refuse(`a URL of at most ${MAX_URL_LENGTH} characters`)
  const { protocol, username, password, hostname } = new URL(url)
  if (protocol !== 'https:' && !(allowPrivate && protocol === 'http:')) throw refuse('an https URL')
  if (username || password) throw refuse('a URL without a user name; deliveries are signed instead')
  if (!allowPrivate && isPrivateHost(hostname)) throw refuse('a host on the public network')
}

function checkEvents(events: readonly string[]): void {
  const wrong = events.find((event) => event !== ALL_EVENTS && !EVENT.test(event))
  if (events.length > 0 && events.length <= MAX_EVENTS && wrong === undefined) return
  throw new WindowFailure(
    'INVALID_ARGUMENT',
    `Expected 1 to ${MAX_EVENTS} event names such as declaration.released, or ${ALL_EVENTS} for all, found ${wrong ?? events.length}`,
  )
}
