import type { Language } from './options.ts'
import { pause } from './pause.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Some earlier try got no clear answer: the server may have done what was asked. */
  readonly unclearBefore: boolean
}
export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** The same on every try, so that what was asked is done once. */
  readonly idempotencyKey?: string
}

const TRY_TAKES_AT_MOST_MS = 10_000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 500

/** HTTP as a careful client does it: what gets no clear answer is asked again, with the same idempotency key. */
export class RetryingClient {
  readonly #baseUrl: string
  readonly #authorization: string
  readonly #language: Language
  readonly #signal: AbortSignal

  constructor(baseUrl: string, apiKey: string, language: Language, signal: AbortSignal) {
    this.#language = language
    this.#baseUrl = baseUrl
    this.#authorization = `Bearer ${apiKey}`
    this.#signal = signal
  }

  /** Any clear answer, also a refusal. @throws when the signal ends the demonstration. */
  async ask(ask: Ask): Promise<Answer> {
    let unclearBefore = false
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      this.#signal.throwIfAborted()
      const answer = await this.#try(ask)
      if (answer && answer.status < 500 && answer.status !== 429) return { ...answer, unclearBefore }
      unclearBefore ||= answer === undefined || answer.status >= 500
      await pause(waitMs, this.#signal)
    }
  }

  /** @throws unless the answer is 2xx. */
  async get<T>(path: string): Promise<T> {
    return this.expect<T>({ method: 'GET', path })
  }

  async expect<T>(ask: Ask): Promise<T> {
    const answer = await this.ask(ask)
    if (answer.status >= 300) throw new UnexpectedAnswer(ask, answer)
    return answer.body as T
  }

  async #try(ask: Ask): Promise<{ status: number; body: unknown } | undefined> {
    try {
      const response = await fetch(this.#baseUrl + ask.path, {
        method: ask.method,
        headers: {
          authorization: this.#authorization,
          'accept-language': this.#language,
          ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ask.idempotencyKey === undefined ? {} : { 'idempotency-key': ask.idempotencyKey }),
        },
        ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TRY_TAKES_AT_MOST_MS)]),
      })
      const text = await response.text()
      return { status: response.status, body: parseJson(text) }
    } catch {
      return undefined
    }
  }
}

export class UnexpectedAnswer extends Error {
  readonly status: number
  readonly body: unknown
  constructor(ask: Ask, answer: Answer) {
    super(`${ask.method} ${ask.path} was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
    this.name = 'UnexpectedAnswer'
    this.status = answer.status
    this.body = answer.body
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
