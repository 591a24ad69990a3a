import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger } from 'fastify'
import Fastify, { LogController } from 'fastify'
import type { Api, ApiParts } from './api-parts.ts'
import { addAuditing } from './audit-hook.ts'
import { addAuthentication } from './authentication-hook.ts'
import { addBodyParsers } from './body-parsers.ts'
import { addDocumentation } from './documentation.ts'
import { ProblemError } from './problem.ts'
import { addProblemHandlers, sendProblem } from './problem-handlers.ts'
import { addRateLimit } from './rate-limit.ts'
import { compileRequestSchema } from './request-validation.ts'
import { addRoutes } from './routes.ts'

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/
/** Longer than the longest poll for jobs. */
const KEEP_ALIVE_MS = 75_000
/** For a request to come in whole; a client that trickles it in must not hold a connection for ever. */
const RECEIVE_WITHIN_MS = 120_000

/** The HTTP server with every route, not yet listening. */
export async function buildApi(parts: ApiParts, logger?: FastifyBaseLogger): Promise<Api> {
  let requests = 0
  const startedAs = Math.trunc(performance.timeOrigin).toString(36)
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: parts.settings.bodyLimitBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    requestTimeout: RECEIVE_WITHIN_MS,
    trustProxy: parts.settings.trustProxy === false ? false : [...parts.settings.trustProxy],
    // Refusals while closing must be problem+json like all others; problem-handlers.ts sees to it.
    return503OnClosing: false,
    // Before there is a route: a path that is no URL.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, new ProblemError('INVALID_ARGUMENT', error.message)),
    routerOptions: { maxParamLength: 300 },
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      requests += 1
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : `${startedAs}-${requests.toString(36)}`
    },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Api

  app.setValidatorCompiler(compileRequestSchema)
  // Answers are built by typed code; their schemas are for the reader and for the tests that hold answers against them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  addProblemHandlers(app, parts)
  addBodyParsers(app)
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
    strictTransportSecurity: false,
  })
  await app.register(compress, { threshold: 2_048, encodings: ['br', 'gzip'] })
  addAuthentication(app, parts)
  await addRateLimit(app, parts)
  addAuditing(app, parts)
  await addDocumentation(app, parts)
  await addRoutes(app, parts)
  await app.ready()
  return app
}
