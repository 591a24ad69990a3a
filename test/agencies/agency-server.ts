import { createServer, type IncomingMessage as HttpRequest, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Agency } from './agency.ts'
import type { AnswerSender } from './answer-sender.ts'
import { BadMessage, isSignedWith, readMessage } from './incoming-message.ts'
import { isOutage, type OutagePlan } from './outage-plan.ts'

export interface AgencyServerOptions {
  readonly agencies: ReadonlyMap<string, Agency>
  /** What each agency signs with, by agency id. */
  readonly secrets: Readonly<Record<string, string>>
  readonly outages: OutagePlan
  readonly sender: AnswerSender
  /** How long a slow answer takes; real milliseconds. */
  readonly slowMs: number
}

const LARGEST_MESSAGE_BYTES = 30 * 1024 * 1024

/**
 * All agencies behind one port: `POST /<agency>/messages` takes a message, `GET /stats` tells what was taken,
 * `POST /control/outage` `{agency, outage, count}` makes the next tries at an agency fail.
 */
export class AgencyServer {
  readonly #options: AgencyServerOptions
  readonly #server: Server

  constructor(options: AgencyServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#options.sender.close()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: HttpRequest, response: ServerResponse): Promise<void> {
    try {
      const path = new URL(request.url ?? '/', 'http://agencies').pathname
      if (request.method === 'GET' && path === '/stats') return reply(response, 200, this.stats())
      const body = await readBody(request)
      if (request.method === 'POST' && path === '/control/outage') return reply(response, 200, this.#orderOutage(body))
      const agency = this.#options.agencies.get(path.match(/^\/([a-z-]+)\/messages$/)?.[1] ?? '')
      if (request.method === 'POST' && agency?.behavior.transport === 'http') return await this.#take(agency, request, response, body)
      reply(response, 404, { status: 'unknown', reason: `Expected POST /<agency>/messages, found ${request.method} ${path}` })
    } catch (error) {
      const status = error instanceof BadMessage ? error.status : 500
      reply(response, status, { status: 'refused', reason: error instanceof Error ? error.message : String(error) })
    }
  }

  async #take(agency: Agency, request: HttpRequest, response: ServerResponse, body: string): Promise<void> {
    const { agencyId } = agency.behavior
    const secret = this.#options.secrets[agencyId]
    if (secret === undefined || !isSignedWith(secret, request.headers['x-window-signature']?.toString(), body)) {
      agency.ledger.countBadSignature()
      throw new BadMessage(401, 'Expected X-Window-Signature to be the HMAC-SHA256 of the body under the agreed secret')
    }
    const message = readMessage(agencyId, request.headers, body)
    const outage = this.#options.outages.next(agencyId, message.idempotencyKey, agency.ledger.countAttempt(message.idempotencyKey))
    if (outage) agency.ledger.countOutage()
    if (outage === 'unavailable') return reply(response, 503, { status: 'unavailable' })
    const answer = agency.take(message)
    if (outage === 'reset') return void request.socket.destroy()
    if (outage === 'slow') await new Promise((resolve) => setTimeout(resolve, this.#options.slowMs).unref())
    reply(response, answer.status, answer.body)
  }

  stats(): { readonly agencies: Readonly<Record<string, unknown>> } {
    const agencies = [...this.#options.agencies].map(([id, agency]) => [
      id,
      { ...agency.ledger.stats(), ...this.#options.sender.stats(id) },
    ])
    return { agencies: Object.fromEntries(agencies) }
  }

  #orderOutage(body: string): unknown {
    const order = JSON.parse(body) as { agency?: unknown; outage?: unknown; count?: unknown }
    if (typeof order.agency !== 'string' || !this.#options.agencies.has(order.agency)) {
      throw new BadMessage(400, `Expected "agency" to be one of ${[...this.#options.agencies.keys()].join(', ')}`)
    }
    if (!isOutage(order.outage)) throw new BadMessage(400, 'Expected "outage" to be unavailable, slow or reset')
    if (typeof order.count !== 'number') throw new BadMessage(400, 'Expected "count" to be a number of tries')
    this.#options.outages.order(order.agency, order.outage, order.count)
    return { status: 'ordered' }
  }
}

async function readBody(request: HttpRequest): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > LARGEST_MESSAGE_BYTES) throw new BadMessage(413, `Expected at most ${LARGEST_MESSAGE_BYTES} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
