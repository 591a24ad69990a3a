import type { ItemError, Text } from '../window/index.ts'
import type { FieldProblem, Finding, ResourceProblem } from './contract.ts'
import { failureText } from './failure-text.ts'

/** Every way a request can end badly, with its HTTP status and what a person reads. One table; no code is ever reused. */
export const PROBLEMS = {
  INVALID_ARGUMENT: { status: 400, title: { en: 'The request is not valid', zh: '请求无效' } },
  BROKEN_JSON: { status: 400, title: { en: 'The body is not JSON', zh: '请求体不是有效的 JSON' } },
  BROKEN_MULTIPART: { status: 400, title: { en: 'The upload cannot be read', zh: '上传内容无法读取' } },
  UNAUTHORIZED: { status: 401, title: { en: 'Sign-in needed', zh: '需要登录' } },
  FORBIDDEN: { status: 403, title: { en: 'Not allowed', zh: '没有权限' } },
  NOT_FOUND: { status: 404, title: { en: 'Not found', zh: '未找到' } },
  METHOD_NOT_ALLOWED: { status: 405, title: { en: 'This path does not take that method', zh: '该接口不支持此方法' } },
  ALREADY_EXISTS: { status: 409, title: { en: 'It exists already', zh: '已存在' } },
  INVALID_STATE: { status: 409, title: { en: 'Not possible in this state', zh: '当前状态不允许此操作' } },
  VERSION_CONFLICT: { status: 409, title: { en: 'Another version is newer', zh: '版本冲突' } },
  TASK_HELD: { status: 409, title: { en: 'Someone else holds the task', zh: '任务已被他人领取' } },
  TASK_NOT_CLAIMED: { status: 409, title: { en: 'The task is not yours', zh: '任务未由您领取' } },
  ALREADY_DECIDED: { status: 409, title: { en: 'Already decided', zh: '任务已办结' } },
  PRECONDITION_FAILED: { status: 412, title: { en: 'Another version is newer', zh: '版本冲突' } },
  PAYLOAD_TOO_LARGE: { status: 413, title: { en: 'The body is too large', zh: '请求体过大' } },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: { en: 'This content type is not taken', zh: '不支持的内容类型' } },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: { en: 'The idempotency key was used for something else', zh: '幂等键已用于其他请求' } },
  INVALID_DECLARATION: { status: 422, title: { en: 'The declaration has errors', zh: '申报数据有误' } },
  DEPLOYMENT_REFUSED: { status: 422, title: { en: 'The gate refuses the definition', zh: '流程定义未通过部署门禁' } },
  PACKAGE_REFUSED: { status: 422, title: { en: 'The service cannot go live', zh: '服务未通过检查' } },
  TOO_MANY_REQUESTS: { status: 429, title: { en: 'Too many requests', zh: '请求过于频繁' } },
  ACCOUNT_LOCKED: { status: 429, title: { en: 'The account is locked for a while', zh: '账户暂时锁定' } },
  INTERNAL: { status: 500, title: { en: 'An error inside the single window', zh: '单一窗口内部错误' } },
  RESOURCE_EXHAUSTED: { status: 503, title: { en: 'Too busy; try again', zh: '系统繁忙，请稍后重试' } },
  UNAVAILABLE: { status: 503, title: { en: 'Not available; try again', zh: '服务暂不可用，请稍后重试' } },
  DEADLINE_EXCEEDED: { status: 504, title: { en: 'It took too long', zh: '处理超时' } },
} as const satisfies Record<string, { readonly status: number; readonly title: Text }>

export type ProblemCode = keyof typeof PROBLEMS

/** `zh`: the message in Chinese. */
export type ToldField = FieldProblem & { readonly zh?: string }

export type ToldResource = ResourceProblem & { readonly zh?: string }

export interface ProblemOptions {
  readonly fields?: readonly ToldField[]
  readonly items?: readonly ItemError[]
  readonly resources?: readonly ToldResource[]
  readonly findings?: readonly Finding[]
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A refusal that a handler throws, in both languages or as a room below said it (failure-texts.ts has its Chinese); the error handler turns it into `application/problem+json`. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly detail: Text
  readonly options: ProblemOptions
  constructor(code: ProblemCode, detail: Text | string, options: ProblemOptions = {}) {
    const text = typeof detail === 'string' ? failureText(detail) : detail
    super(text.en, { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.detail = text
    this.options = options
  }
}

export function notFound(what: Text): ProblemError {
  return new ProblemError('NOT_FOUND', {
    en: `Expected ${what.en}, but there is none that you may see`,
    zh: `未找到${what.zh}，或您无权查看`,
  })
}
