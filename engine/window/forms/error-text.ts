import type { ErrorObject } from 'ajv'
import type { JsonObject } from '../../kernel/index.ts'
import type { Codelist, Text } from '../contract.ts'
import type { IdentifierProblem } from './checksum.ts'
import { IDENTIFIERS } from './identifier.ts'
import type { DecimalLimits } from './schema-check.ts'

/** Wording of one error. */
export interface Wording {
  /** Last part of the rule id: `schema.<rule>`. */
  readonly rule: string
  readonly text: Text
}
export interface WordingContext {
  readonly name: Text
  readonly codelists: ReadonlyMap<string, Codelist>
  /** The day that decides which codes are valid. */
  readonly day: string | undefined
}
type Writer = (error: ErrorObject, context: WordingContext) => Wording

/** Says what is wrong in the words of a trader: the item, what was expected, what was found. */
export function wordError(error: ErrorObject, context: WordingContext): Wording {
  const writer = WRITERS[error.keyword]
  if (writer !== undefined) return writer(error, context)
  const text = `${context.name.en} ${error.message ?? 'is not valid'}`
  return { rule: error.keyword, text: { en: text, zh: `${context.name.zh}不符合要求` } }
}

const WRITERS: Readonly<Record<string, Writer>> = {
  required: (_error, { name }) => ({
    rule: 'required',
    text: { en: `${name.en}: expected a value, found nothing; fill it in`, zh: `${name.zh}：未填写，请填写` },
  }),
  additionalProperties: (error) => {
    const field = shown(error.params.additionalProperty)
    return {
      rule: 'additionalProperties',
      text: { en: `The form has no field ${field}; leave it out or correct its name`, zh: `表单没有字段${field}，请删除或更正名称` },
    }
  },
  type: (error, { name }) => {
    const words = TYPE_WORDS[String(error.params.type)] ?? { en: String(error.params.type), zh: String(error.params.type) }
    return expected(error, name, 'type', words)
  },
  minLength: (error, { name }) =>
    error.data === ''
      ? {
          rule: 'required',
          text: {
            en: `${name.en}: expected a value, found an empty text; fill it in or leave it out`,
            zh: `${name.zh}：内容为空，请填写或删除`,
          },
        }
      : lengthWording(error, name, 'at least', '至少'),
  maxLength: (error, { name }) => lengthWording(error, name, 'at most', '最多'),
  pattern: (error, { name }) => {
    const words = (error.parentSchema as JsonObject)['x-expected'] as unknown as Text | undefined
    return expected(error, name, 'pattern', words ?? { en: 'another form', zh: '其他格式' })
  },
  minimum: (error, { name }) => expected(error, name, 'range', { en: `${error.params.limit} or more`, zh: `不小于${error.params.limit}` }),
  maximum: (error, { name }) => expected(error, name, 'range', { en: `${error.params.limit} or less`, zh: `不大于${error.params.limit}` }),
  exclusiveMinimum: (error, { name }) =>
    expected(error, name, 'range', { en: `a number above ${error.params.limit}`, zh: `大于${error.params.limit}的数` }),
  minItems: (error, { name }) => rowsWording(name, 'at least', '至少', Number(error.params.limit), (error.data as unknown[]).length),
  maxItems: (error, { name }) => rowsWording(name, 'at most', '最多', Number(error.params.limit), (error.data as unknown[]).length),
  uniqueItems: (error, { name }) => {
    const twice = shown((error.data as unknown[])[Number(error.params.i)])
    return {
      rule: 'unique',
      text: { en: `${name.en}: ${twice} is given twice; expected each once`, zh: `${name.zh}：${twice}重复，应各出现一次` },
    }
  },
  'x-decimal': (error, { name }) => {
    const { digits, scale } = error.schema as DecimalLimits
    const whole = digits - scale
    return expected(error, name, 'decimal', {
      en: `at most ${whole} digits before and ${scale} after the decimal point, and 15 digits that count`,
      zh: `小数点前最多${whole}位、后最多${scale}位，有效数字最多15位`,
    })
  },
  'x-codelist': (error, context) => codelistWording(error, context),
  format: (error, context) => {
    const format = String(error.params.format)
    const writer = Object.hasOwn(FORMAT_WRITERS, format) ? FORMAT_WRITERS[format] : undefined
    return writer?.(error, context) ?? identifierWording(format, error, context.name)
  },
}

const FORMAT_WRITERS: Readonly<Record<string, Writer>> = {
  date: (error, { name }) =>
    expected(error, name, 'date', { en: 'a day of the calendar, written YYYY-MM-DD', zh: '有效日期，格式为YYYY-MM-DD' }),
  'plain-text': (_error, { name }) => ({
    rule: 'characters',
    text: { en: `${name.en} holds control characters; expected text only, remove them`, zh: `${name.zh}含有控制字符，请删除，只填写文字` },
  }),
  'utc-minute': (error, { name }) =>
    expected(error, name, 'time', { en: 'a time in UTC, written YYYY-MM-DDThh:mmZ', zh: '协调世界时，格式为YYYY-MM-DDThh:mmZ' }),
  'date-time': (error, { name }) =>
    expected(error, name, 'time', {
      en: 'a time with its offset, written YYYY-MM-DDThh:mm:ss+hh:mm',
      zh: '带时区的时间，格式为YYYY-MM-DDThh:mm:ss+hh:mm',
    }),
}

const TYPE_WORDS: Readonly<Record<string, Text>> = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数值' },
  integer: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true或false' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'an object with fields', zh: '包含字段的对象' },
}

// helpers

function expected(error: ErrorObject, name: Text, rule: string, words: Text): Wording {
  const found = shown(error.data)
  return { rule, text: { en: `${name.en}: expected ${words.en}, found ${found}`, zh: `${name.zh}：应为${words.zh}，实际为${found}` } }
}

function lengthWording(error: ErrorObject, name: Text, en: string, zh: string): Wording {
  const limit = Number(error.params.limit)
  const length = [...String(error.data)].length
  return {
    rule: 'length',
    text: {
      en: `${name.en}: expected ${en} ${limit} characters, found ${length}`,
      zh: `${name.zh}：应${zh}${limit}个字符，实际为${length}个`,
    },
  }
}

/** Wording for a list with too few or too many rows. */
export function rowsWording(name: Text, en: string, zh: string, limit: number, found: number): Wording {
  return {
    rule: 'rows',
    text: { en: `${name.en}: expected ${en} ${limit}, found ${found}`, zh: `${name.zh}：应${zh}${limit}项，实际为${found}项` },
  }
}

function codelistWording(error: ErrorObject, { name, codelists, day }: WordingContext): Wording {
  const list = codelists.get(String(error.schema))
  const found = shown(error.data)
  const code = String(error.data)
  if (list === undefined) return expected(error, name, 'codelist', { en: 'a code of the list', zh: '代码表中的代码' })
  const meant = list.findMeant(code)
  if (meant !== undefined && list.find(code) === undefined) {
    return {
      rule: 'codelist',
      text: {
        en: `${name.en}: expected ${meant.code} (${meant.name.en}), found ${found}`,
        zh: `${name.zh}：应为${meant.code}（${meant.name.zh}），实际为${found}`,
      },
    }
  }
  const validity = list.validity(code, day)
  if (validity.kind === 'ended' || validity.kind === 'not-yet') {
    const ended = validity.kind === 'ended'
    return {
      rule: 'codelist',
      text: {
        en: `${name.en}: the code ${found} of the list "${list.name.en}" ${ended ? 'ended on' : 'begins on'} ${validity.day}; choose one that is valid on ${day}`,
        zh: `${name.zh}：代码${found}（${list.name.zh}）${ended ? `已于${validity.day}失效` : `自${validity.day}起生效`}，请选择在${day}有效的代码`,
      },
    }
  }
  return {
    rule: 'codelist',
    text: {
      en: `${name.en}: expected a code of the list "${list.name.en}", found ${found}`,
      zh: `${name.zh}：应为代码表“${list.name.zh}”中的代码，实际为${found}`,
    },
  }
}

function identifierWording(format: string, error: ErrorObject, name: Text): Wording {
  const identifier = Object.hasOwn(IDENTIFIERS, format) ? IDENTIFIERS[format] : undefined
  if (identifier === undefined) return expected(error, name, 'format', { en: 'another form', zh: '其他格式' })
  const problem = identifier.findProblem(String(error.data))
  const rule = format === 'uscc' && problem?.kind === 'check' && problem.position === 17 ? 'uscc-organisation' : format
  return expected(error, name, rule, identifierWords(problem, identifier.form))
}

function identifierWords(problem: IdentifierProblem | undefined, form: Text): Text {
  if (problem === undefined || problem.kind === 'characters') return form
  if (problem.kind === 'length') return { en: `${problem.expected} characters`, zh: `${problem.expected}个字符` }
  return {
    en: `the check character ${problem.expected} in place ${problem.position}, where ${problem.found} stands (look for a typing error)`,
    zh: `第${problem.position}位校验码${problem.expected}（现为${problem.found}，请检查录入）`,
  }
}

const SHOWN_LENGTH = 60

/** A found value as text, cut when it is long. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  const symbols = [...text.slice(0, SHOWN_LENGTH * 2)]
  return symbols.length > SHOWN_LENGTH ? `${symbols.slice(0, SHOWN_LENGTH).join('')}…` : text
}
