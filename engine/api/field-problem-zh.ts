import type { FieldError } from './request-validation.ts'

type Params = Readonly<Record<string, unknown>>
const list = (values: unknown): string => (values as readonly unknown[]).map((value) => JSON.stringify(value)).join('、')

/** What a field should be, in Chinese, by the rule it breaks. */
const TEXTS: Readonly<Record<string, (params: Params) => string>> = {
  additionalProperties: () => '不支持此字段，请删除或更正字段名',
  unevaluatedProperties: () => '不支持此字段，请删除或更正字段名',
  required: () => '缺少此字段',
  enum: ({ allowedValues }) => `应为 ${list(allowedValues)} 之一`,
  const: ({ allowedValue }) => `应为 ${JSON.stringify(allowedValue)}`,
  type: ({ type }) => `类型应为 ${[type].flat().join(' 或 ')}`,
  format: ({ format }) => `格式应为 ${String(format)}`,
  pattern: ({ pattern }) => `应符合格式 ${String(pattern)}`,
  minLength: ({ limit }) => `长度不得少于 ${String(limit)} 个字符`,
  maxLength: ({ limit }) => `长度不得超过 ${String(limit)} 个字符`,
  minimum: ({ limit }) => `不得小于 ${String(limit)}`,
  maximum: ({ limit }) => `不得大于 ${String(limit)}`,
  minItems: ({ limit }) => `不得少于 ${String(limit)} 项`,
  maxItems: ({ limit }) => `不得超过 ${String(limit)} 项`,
  uniqueItems: () => '各项不得重复',
  minProperties: ({ limit }) => `不得少于 ${String(limit)} 个字段`,
}

export function chineseOf({ keyword, params }: FieldError): string {
  return TEXTS[keyword]?.(params) ?? '内容不符合要求，详见 /docs'
}
