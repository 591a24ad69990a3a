import type { FastifyError } from 'fastify'
import { AccessFailure } from '../access/index.ts'
import { type DeployedProblem, EngineFailure } from '../runtime/index.ts'
import { StoreFailure } from '../store/index.ts'
import { VerifyFailure } from '../verify/index.ts'
import { type FileProblem, LedgerFailure, PackageFailure, WindowFailure } from '../window/index.ts'
import type { Finding, ResourceProblem } from './contract.ts'
import { failureText } from './failure-text.ts'
import type { ProblemCode, ToldResource } from './problem.ts'
import { ProblemError } from './problem.ts'
import type { FieldError } from './request-validation.ts'
import { fieldProblems } from './request-validation.ts'

const ENGINE_CODES = {
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
  INVALID_STATE: 'INVALID_STATE',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  UNAVAILABLE: 'UNAVAILABLE',
  DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
} as const satisfies Record<EngineFailure['code'], ProblemCode>

const WINDOW_CODES = {
  NOT_FOUND: 'NOT_FOUND',
  INVALID_STATE: 'INVALID_STATE',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  VERSION_CONFLICT: 'VERSION_CONFLICT',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
} as const satisfies Record<WindowFailure['code'], ProblemCode>

const ACCESS_CODES = {
  UNAUTHORIZED: 'UNAUTHORIZED',
  ACCOUNT_LOCKED: 'ACCOUNT_LOCKED',
  TOO_MANY_ATTEMPTS: 'TOO_MANY_REQUESTS',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
} as const satisfies Record<AccessFailure['code'], ProblemCode>

const LEDGER_CODES = {
  LEDGER_SHORT: 'INVALID_STATE',
  LEDGER_UNKNOWN: 'NOT_FOUND',
  LEDGER_CLOSED: 'INVALID_STATE',
  LEDGER_EXPIRED: 'INVALID_STATE',
  LEDGER_EXISTS: 'ALREADY_EXISTS',
  LEDGER_RESERVED: 'ALREADY_EXISTS',
  LEDGER_SETTLED: 'INVALID_STATE',
  LEDGER_IN_USE: 'INVALID_STATE',
  LEDGER_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
} as const satisfies Record<LedgerFailure['code'], ProblemCode>

/** What a thrown error means to the caller. Undefined: a programmer's mistake, which tells the caller nothing. */
export function problemOf(error: unknown, limits: { readonly bodyLimitBytes: number }): ProblemError | undefined {
  if (error instanceof ProblemError) return error
  if (error instanceof EngineFailure) return problemOfEngine(error)
  if (error instanceof WindowFailure) {
    const code = error.code === 'INVALID_ARGUMENT' && error.errors.length > 0 ? 'INVALID_DECLARATION' : WINDOW_CODES[error.code]
    const detail =
      code === 'IDEMPOTENCY_KEY_REUSED' ? { en: error.message, zh: '此 Idempotency-Key 已用于其他内容；请使用新的键' } : error.message
    return new ProblemError(code, detail, { items: error.errors, cause: error })
  }
  if (error instanceof PackageFailure)
    return packageRefused(
      error.problems.map((problem) => fileProblem(problem)),
      [],
      error,
    )
  if (error instanceof LedgerFailure) return new ProblemError(LEDGER_CODES[error.code], error.message, { cause: error })
  if (error instanceof AccessFailure) {
    return new ProblemError(ACCESS_CODES[error.code], error.message, {
      cause: error,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    })
  }
  if (error instanceof StoreFailure) return problemOfStore(error)
  if (error instanceof VerifyFailure) return new ProblemError(error.code, { en: error.message, zh: error.zh }, { cause: error })
  return error instanceof Error ? problemOfFastify(error as FastifyError & { validation?: readonly FieldError[] }, limits) : undefined
}

function problemOfEngine(error: EngineFailure): ProblemError {
  return new ProblemError(ENGINE_CODES[error.code], error.message, { resources: error.problems.map(resourceProblem), cause: error })
}
export function resourceProblem({ resource, elementId, rule, message, severity, line }: DeployedProblem): ResourceProblem {
  return { resource, elementId, rule, message, severity, ...(line === undefined ? {} : { line }) }
}

/** A service that cannot go live: everything that is wrong with its files, and what the gate found. */
export function packageRefused(resources: readonly ToldResource[], findings: readonly Finding[], cause?: unknown): ProblemError {
  const count = resources.length + findings.length
  const [first] = resources
  const told = first
    ? {
        en: `${first.resource} ${first.elementId}: ${first.message}`,
        zh: `${first.resource} ${first.elementId}：${first.zh ?? first.message}`,
      }
    : undefined
  const finding = findings[0]
  const place = told ?? { en: `${finding?.resource}: ${finding?.message.en}`, zh: `${finding?.resource}：${finding?.message.zh}` }
  return new ProblemError(
    'PACKAGE_REFUSED',
    {
      en: `Nothing was changed. Expected files that make a whole service, but found ${count} ${count === 1 ? 'problem' : 'problems'}, the first in ${place.en}`,
      zh: `未作任何更改。服务文件有 ${count} 处问题，第一处：${place.zh}`,
    },
    { resources, findings, cause },
  )
}

/** A file of a package at fault, as a client reads it. */
export function fileProblem({ file, place, rule, text }: FileProblem, severity: 'error' | 'warning' = 'error'): ToldResource {
  const zh = text.zh === text.en ? failureText(text.en).zh : text.zh
  return { resource: file, elementId: place, rule, message: text.en, severity, zh }
}

function problemOfStore(error: StoreFailure): ProblemError | undefined {
  if (error.code === 'UNAVAILABLE' || error.code === 'CLOSED') {
    const detail = {
      en: 'Expected the store to take this, but it cannot at the moment; nothing was changed, try again',
      zh: '存储暂不可用，未作任何更改，请稍后重试',
    }
    return new ProblemError('UNAVAILABLE', detail, { cause: error, retryAfterMs: 1_000 })
  }
  if (error.code === 'REVISION_CONFLICT') {
    return new ProblemError(
      'INVALID_STATE',
      { en: 'Expected to be alone in changing this, but someone else changed it first; read it again', zh: '数据已被他人更改，请重新读取' },
      { cause: error },
    )
  }
  if (error.code === 'INVALID_ARGUMENT') return new ProblemError('INVALID_ARGUMENT', error.message, { cause: error })
  return undefined
}

function problemOfFastify(
  error: FastifyError & { validation?: readonly FieldError[] },
  limits: { readonly bodyLimitBytes: number },
): ProblemError | undefined {
  if (error.validation) {
    const fields = fieldProblems(error.validation, error.validationContext ?? 'body')
    const list = fields.map((field) => `${field.in}${field.path}: ${field.message}`).join('; ')
    const chinese = fields.map((field) => `${field.in}${field.path}：${field.zh}`).join('；')
    return new ProblemError(
      'INVALID_ARGUMENT',
      { en: `Expected a request as documented at /docs, but found: ${list}`, zh: `请求与 /docs 中的说明不符：${chinese}` },
      { fields },
    )
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || error.code === 'FST_REQ_FILE_TOO_LARGE') {
    const bytes = limits.bodyLimitBytes
    const size = `${bytes} bytes (${Math.round((bytes / 1_048_576) * 100) / 100} MiB)`
    return new ProblemError('PAYLOAD_TOO_LARGE', {
      en: `Expected a body of at most ${size}; nothing was stored. Send it in parts, or leave attachments out`,
      zh: `请求体不得超过 ${size}，未存储任何内容`,
    })
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || error.code === 'FST_INVALID_MULTIPART_CONTENT_TYPE') {
    const found = error.code === 'FST_INVALID_MULTIPART_CONTENT_TYPE' ? 'multipart/form-data' : 'application/json'
    return new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
      en: `Expected content-type: ${found}; send the same content in that form`,
      zh: `仅接受 content-type: ${found}`,
    })
  }
  if (error.code?.startsWith('FST_PARTS') || error.code?.startsWith('FST_FILES') || error.code?.startsWith('FST_FIELDS')) {
    return new ProblemError('PAYLOAD_TOO_LARGE', `Expected an upload of fewer parts: ${error.message}`)
  }
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return new ProblemError(status === 404 ? 'NOT_FOUND' : 'INVALID_ARGUMENT', error.message)
  return undefined
}
