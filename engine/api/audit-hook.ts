import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api, ApiParts } from './api-parts.ts'
import { pathOf } from './problem-handlers.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Writes down every act before its answer leaves: who, what, to what, and how it ended; refused ones too. */
export function addAuditing(app: Api, { access }: ApiParts): void {
  app.addHook('onSend', async (request, reply) => {
    if (!isAct(request, reply)) return
    const { statusCode } = reply
    const entry = {
      who: request.signInName ?? request.principal.name,
      by: request.principal.by,
      action: request.auditAction ?? request.routeOptions.config.guard ?? 'unknown',
      object: pathOf(request),
      outcome: statusCode < 400 ? ('done' as const) : statusCode < 500 ? ('refused' as const) : ('failed' as const),
      status: statusCode,
      code: reply.problemCode ?? '',
      ...(request.auditReason === undefined ? {} : { reason: request.auditReason }),
      requestId: request.id,
      address: request.ip,
    }
    // The act is done (or refused) already; an answer must not be lost because the trail cannot be written.
    await access
      .audit(entry)
      .catch((error: unknown) => request.log.error({ err: error, entry }, 'an act could not be written to the audit trail'))
  })
}

function isAct(request: FastifyRequest, reply: FastifyReply): boolean {
  const { guard, inHistory } = request.routeOptions.config
  if (request.is404 || guard === undefined) return false
  const refused = reply.statusCode === 401 || reply.statusCode === 403 || reply.statusCode === 429
  // Knocking without any credentials is no act of anybody; writing it down would let strangers fill the store.
  if (refused && request.principal.by === 'nothing' && !request.headers.authorization && request.signInName === undefined) return false
  if (refused) return true
  if (guard === 'public') return request.signInName !== undefined
  // Searches are POST too: what only reads is no act.
  if (READING.has(request.method) || guard.endsWith('.read')) return false
  return !(inHistory && reply.statusCode < 400)
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Name offered at a sign-in. */
    signInName?: string
    /** Name of the act where the route has no guard (sign-in). */
    auditAction?: string
    /** Why a rule was set aside. */
    auditReason?: string
  }
}
