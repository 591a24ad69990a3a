import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Publication {
  readonly name: string
  readonly correlationKey: string
  readonly messageId: string
  readonly variables: Readonly<Record<string, Record<string, unknown>>>
}
type Reaction = 'take' | 'fail' | 'lose the answer' | 'refuse'

/** The part of the single window that agencies speak to, as unreliable as a test wants it. */
export class FakeWindow {
  /** How the next publications are met, in order; afterwards all are taken. */
  readonly reactions: Reaction[] = []
  readonly taken: Publication[] = []
  readonly completions: { readonly jobKey: string; readonly body: unknown }[] = []
  readonly authorizations = new Set<string>()
  /** Jobs handed out one a poll. */
  readonly jobs: unknown[] = []
  tries = 0
  readonly #server: Server
  readonly #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = []

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.authorizations.add(String(request.headers.authorization))
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}')
      const answer = this.#answer(request.url ?? '', body)
      if (answer === undefined) request.socket.destroy()
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
      for (const wait of this.#waiting) if (wait.until()) wait.resolve()
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ until: condition, resolve }))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #answer(url: string, body: unknown): { status: number; body: unknown } | undefined {
    if (url === '/v2/jobs/activation') return { status: 200, body: { jobs: this.jobs.splice(0, 1) } }
    if (url.endsWith('/completion')) {
      this.completions.push({ jobKey: url.split('/')[3] ?? '', body })
      return { status: 204, body: undefined }
    }
    return this.#publish(body as Publication)
  }

  #publish(publication: Publication): { status: number; body: unknown } | undefined {
    this.tries++
    const reaction = this.reactions.shift() ?? 'take'
    if (reaction === 'fail') return { status: 503, body: {} }
    if (reaction === 'refuse') return { status: 403, body: { title: 'FORBIDDEN' } }
    if (this.taken.some(({ messageId }) => messageId === publication.messageId)) return { status: 409, body: { title: 'ALREADY_EXISTS' } }
    this.taken.push(publication)
    return reaction === 'lose the answer' ? undefined : { status: 200, body: { messageKey: '1' } }
  }
}
