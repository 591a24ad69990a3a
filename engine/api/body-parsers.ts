import type { Api } from './api-parts.ts'
import { jsonErrorPlace } from './json-error-place.ts'
import { ProblemError } from './problem.ts'

/** JSON is the one body that is taken (uploads apart); broken JSON is told with its place. */
export function addBodyParsers(app: Api): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/(?:json|[a-z.-]+\+json)(?:$|\s*;)/, { parseAs: 'string' }, (request, text, done) => {
    // Clients send the content type also when they have nothing to say.
    if (text.length === 0) return done(null, undefined)
    parse(request, text as string, (error, body) => done(error ? brokenJson(text as string) : null, body))
  })
  // The schema then names the fields that are missing, which "body must be object" would not.
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined || request.body === null) {
      if (request.routeOptions.schema?.body) request.body = {}
    }
  })
}

function brokenJson(text: string): ProblemError {
  const { line, column, offset, found } = jsonErrorPlace(text)
  if (offset >= text.length && isJson(text)) {
    return new ProblemError('INVALID_ARGUMENT', {
      en: 'Expected no field named __proto__ or constructor.prototype in the body; rename it',
      zh: '请求体中不得包含名为 __proto__ 或 constructor.prototype 的字段',
    })
  }
  return new ProblemError('BROKEN_JSON', {
    en: `Expected JSON, but at line ${line}, column ${column} (character ${offset}) found ${found}; nothing was stored`,
    zh: `请求体不是有效的 JSON：第 ${line} 行第 ${column} 列（第 ${offset} 个字符）处为 ${found}；未存储任何内容`,
  })
}
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
