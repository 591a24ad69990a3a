import { randomBytes } from 'node:crypto'
import type { AgencyBehavior } from './agency-behavior.ts'
import { type AgencyKeys, OptionError } from './options.ts'

export interface ConnectOptions {
  readonly windowUrl: string
  /** Name and password of an administrator of that single window. */
  readonly admin: string
  readonly password: string
}
export type Transports = Readonly<Record<string, AgencyBehavior['transport']>>

/** Its keys carry this label, so that the next connection can revoke them. */
const KEY_LABEL = 'demonstration agencies'
const TRY_TAKES_AT_MOST_MS = 10_000

interface AgencyEntry {
  readonly agencyId: string
  readonly name: unknown
  readonly validFrom: string
  readonly validTo: string | null
}
interface List<T> {
  readonly items: readonly T[]
}

/** An administrator's session at a single window, which makes it and the demonstration agencies known to each other. */
export class WindowSetup {
  readonly #url: string
  readonly #token: string

  private constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** @throws OptionError when the single window is not there or does not let the administrator in. */
  static async signIn({ windowUrl, admin, password }: ConnectOptions): Promise<WindowSetup> {
    const { token } = await ask<{ token: string }>(windowUrl, 'POST', '/access/v1/sign-in', { name: admin, password })
    return new WindowSetup(windowUrl, token)
  }

  /** An account and a fresh API key for each agency, and a fresh secret to sign with. */
  async makeKeys(agencyIds: readonly string[]): Promise<Readonly<Record<string, AgencyKeys>>> {
    const { items } = await this.#ask<List<{ accountId: string; name: string }>>('GET', '/ops/v1/accounts?role=agency&limit=100')
    const keys: Record<string, AgencyKeys> = {}
    for (const agency of agencyIds) {
      const name = `demo-${agency}`
      const body = { name, displayName: `Demonstration ${agency}`, roles: ['agency'], agency }
      const account = items.find((each) => each.name === name) ?? (await this.#ask<{ accountId: string }>('POST', '/ops/v1/accounts', body))
      keys[agency] = { apiKey: await this.#renewKey(account.accountId), secret: randomBytes(24).toString('base64url') }
    }
    return keys
  }

  /** Has the single window reach its agencies here. */
  async setTransports(transports: Transports, agenciesUrl: string, keys: Readonly<Record<string, AgencyKeys>>): Promise<void> {
    const { items } = await this.#ask<List<AgencyEntry>>('GET', '/ops/v1/agencies')
    for (const [agencyId, kind] of Object.entries(transports)) {
      const known = items.find((each) => each.agencyId === agencyId)
      if (!known) throw new OptionError(`Expected ${this.#url} to have an agency ${agencyId}, found ${items.map((each) => each.agencyId)}`)
      const { name, validFrom, validTo } = known
      const transport = kind === 'http' ? { kind, url: `${agenciesUrl}/${agencyId}/messages`, secret: keys[agencyId]?.secret } : { kind }
      await this.#ask('PUT', `/ops/v1/agencies/${agencyId}`, { name, validFrom, validTo, transport })
    }
  }

  async signOut(): Promise<void> {
    await this.#ask('POST', '/access/v1/sign-out')
  }

  async #renewKey(accountId: string): Promise<string> {
    const path = `/ops/v1/accounts/${accountId}/keys`
    const { items } = await this.#ask<List<{ keyId: string; label: string; revoked: boolean }>>('GET', path)
    for (const { keyId, label, revoked } of items) if (label === KEY_LABEL && !revoked) await this.#ask('DELETE', `${path}/${keyId}`)
    return (await this.#ask<{ key: string }>('POST', path, { label: KEY_LABEL })).key
  }

  #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return ask<T>(this.#url, method, path, body, this.#token)
  }
}

async function ask<T>(url: string, method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: {
      'accept-language': 'en',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TRY_TAKES_AT_MOST_MS),
  }).catch((error: Error) => {
    throw new OptionError(`Expected a single window at ${url}, found none: ${(error.cause as Error | undefined)?.message ?? error.message}`)
  })
  const text = await response.text()
  if (!response.ok) throw new OptionError(`${url} answered ${method} ${path} with ${response.status}: ${detailOf(text)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** The sentence of a problem (RFC 9457), or all that was answered. */
function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text
  } catch {
    return text
  }
}
