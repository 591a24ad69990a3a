import rateLimit from '@fastify/rate-limit'
import type { Api, ApiParts } from './api-parts.ts'
import { ProblemError } from './problem.ts'

const REMEMBERED = 20_000

/** A fair share for each account; guesses of credentials are counted by the access room. */
export async function addRateLimit(app: Api, { settings }: ApiParts): Promise<void> {
  if (settings.requestsPerMinute === 0) return
  await app.register(rateLimit, {
    max: settings.requestsPerMinute,
    timeWindow: '1 minute',
    cache: REMEMBERED,
    keyGenerator: (request) => request.principal.accountId || request.ip,
    allowList: (request) => request.url.startsWith('/health/'),
    errorResponseBuilder: (_request, context) =>
      new ProblemError(
        'TOO_MANY_REQUESTS',
        {
          en: `Expected at most ${context.max} requests a minute, but found more; wait ${Math.ceil(context.ttl / 1000)} s`,
          zh: `每分钟最多 ${context.max} 次请求，请在 ${Math.ceil(context.ttl / 1000)} 秒后重试`,
        },
        { retryAfterMs: context.ttl },
      ),
  })
}
