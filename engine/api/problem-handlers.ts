import type { FastifyReply, FastifyRequest } from 'fastify'
import { NOBODY } from '../access/index.ts'
import type { ItemError } from '../window/index.ts'
import type { Api, ApiParts } from './api-parts.ts'
import type { ItemProblem, Problem } from './contract.ts'
import { type Language, negotiateLanguage } from './language.ts'
import { PROBLEMS, ProblemError } from './problem.ts'
import { problemOf } from './problem-of-error.ts'
import { rememberMethods } from './wrong-method.ts'

/** One form for everything that goes wrong: RFC 9457. */
export function addProblemHandlers(app: Api, parts: ApiParts): void {
  let closing = false
  const methodsOf = rememberMethods(app)
  app.addHook('preClose', async () => {
    closing = true
  })
  app.decorateRequest('principal')
  app.decorateRequest('language')
  app.decorateRequest('signInName')
  app.decorateRequest('auditAction')
  app.decorateRequest('auditReason')
  app.decorateReply('problemCode')
  app.addHook('onRequest', async (request) => {
    request.principal = NOBODY
    request.language = negotiateLanguage(request.headers['accept-language'])
    if (closing)
      throw new ProblemError(
        'UNAVAILABLE',
        { en: 'Expected a running server, but it is stopping; try again in a moment', zh: '服务正在停止，请稍后重试' },
        { retryAfterMs: 2_000 },
      )
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('content-language', request.language)
    reply.header('vary', 'accept-language')
    // Declarations and tasks are nobody else's business, also not a shared cache's.
    if (!request.url.startsWith('/docs')) reply.header('cache-control', 'no-store')
  })
  app.setErrorHandler((error, request, reply) => {
    const bodyLimitBytes = request.routeOptions.config.bodyLimitBytes ?? parts.settings.bodyLimitBytes
    const problem = problemOf(error, { bodyLimitBytes })
    if (problem) return sendProblem(request, reply, problem)
    request.log.error({ err: error, requestId: request.id }, 'a request failed inside')
    const detail = {
      en: `Expected to carry this out, but failed inside; tell the operator the request id ${request.id}`,
      zh: `系统内部错误，请将请求编号 ${request.id} 告知运维人员`,
    }
    return sendProblem(request, reply, new ProblemError('INTERNAL', detail))
  })
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    const asked = `${request.method} ${path}`
    const methods = methodsOf(path)
    if (methods.length > 0) {
      const list = methods.join(', ')
      reply.header('allow', list)
      const detail = { en: `Expected one of the methods ${list} here, but found ${asked}`, zh: `此接口只支持 ${list}，实际为 ${asked}` }
      return sendProblem(request, reply, new ProblemError('METHOD_NOT_ALLOWED', detail))
    }
    return sendProblem(
      request,
      reply,
      new ProblemError('NOT_FOUND', {
        en: `Expected one of the paths listed at /docs, but found ${asked}`,
        zh: `没有 ${asked} 这个接口，接口列表见 /docs`,
      }),
    )
  })
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: ProblemError): FastifyReply {
  const { status, title } = PROBLEMS[error.code]
  // Camunda's clients read the code from the title, and know no other language.
  const camunda = request.url.startsWith('/v2/')
  const language: Language = camunda ? 'en' : (request.language ?? 'zh')
  const errors = [
    ...(error.options.fields ?? []).map((field) => inLanguage(field, language)),
    ...(error.options.resources ?? []).map((resource) => inLanguage(resource, language)),
    ...(error.options.findings ?? []),
    ...(error.options.items ?? []).map((item) => itemProblem(item, language)),
  ]
  const body: Problem = {
    type: `urn:single-window:problem:${error.code}`,
    title: camunda ? error.code : title[language],
    status,
    detail: error.detail[language],
    instance: pathOf(request),
    code: error.code,
    requestId: request.id,
    ...(errors.length > 0 ? { errors } : {}),
  }
  if (error.options.retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.options.retryAfterMs / 1000))))
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="single-window"')
  reply.problemCode = error.code
  return reply.code(status).type('application/problem+json; charset=utf-8').serializer(JSON.stringify).send(body)
}

function inLanguage<T extends { readonly message: string; readonly zh?: string }>({ zh, ...told }: T, language: Language): Omit<T, 'zh'> {
  return language === 'zh' && zh !== undefined ? { ...told, message: zh } : told
}

export function itemProblem(error: ItemError, language: Language): ItemProblem {
  const { item, line, group, rule, text } = error
  return { item, ...(line === undefined ? {} : { line }), ...(group === undefined ? {} : { group }), rule, text: text[language] }
}

/** Without the query: it may hold what does not belong in a log. */
export function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?')
  return end < 0 ? request.url : request.url.slice(0, end)
}

declare module 'fastify' {
  interface FastifyReply {
    /** Code of the problem that was sent, for the audit trail. */
    problemCode?: string
  }
}
