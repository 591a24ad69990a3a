import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { TSchema } from 'typebox'
import type { Access, Action, Principal } from '../access/index.ts'
import type { Engine } from '../runtime/index.ts'
import type { Verifier } from '../verify/index.ts'
import type { SingleWindow } from '../window/index.ts'
import type { Language } from './language.ts'

/** What the routes work on. */
export interface ApiParts {
  readonly engine: Engine
  readonly window: SingleWindow
  readonly access: Access
  readonly verifier: Verifier
  readonly settings: ApiSettings
}
export interface ApiSettings {
  /** IANA zone of times at the edge. */
  readonly zone: string
  readonly version: string
  /** Largest JSON body. Default 4 MiB. */
  readonly bodyLimitBytes: number
  /** Largest upload of a deployment. Default 16 MiB. */
  readonly uploadLimitBytes: number
  /** Requests a minute for each account (for each address without one). 0: no limit. */
  readonly requestsPerMinute: number
  /** Addresses of reverse proxies whose X-Forwarded-For is believed; false: none. */
  readonly trustProxy: readonly string[] | false
  /** /v2 takes requests without credentials, as Camunda's clients do in local development. */
  readonly openApi: boolean
  /** Moves a clock that stands still; absent on a server whose clock runs. */
  readonly pinClock?: (at: number) => void
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** How a route is guarded; every route names one (server.ts refuses a route without). */
export type Guard = Action | 'public'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
    language: Language
  }
  interface FastifyContextConfig {
    guard?: Guard
    /** Successes are in the instance's history already, with who did it; only refusals go to the audit trail. */
    inHistory?: boolean
    /** Own limit of this route's body, to be named when it is exceeded. */
    bodyLimitBytes?: number
    /** For the documentation: the body of a route that reads it part by part, unchecked by a schema. */
    documentedBody?: TSchema
  }
}
