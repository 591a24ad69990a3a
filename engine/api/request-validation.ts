import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { FieldProblem } from './contract.ts'
import { chineseOf } from './field-problem-zh.ts'
import type { ToldField } from './problem.ts'

export type FieldError = ErrorObject
const MOST_TOLD = 50

/** Bodies are taken as they are: no field is dropped, no type is bent. */
const bodies = newAjv(false)
/** Query strings and paths are text; numbers and booleans in them are read as such. */
const texts = newAjv('array')

function newAjv(coerceTypes: false | 'array'): Ajv2020 {
  const ajv = new Ajv2020({
    coerceTypes,
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    strict: true,
    strictTypes: false,
    discriminator: false,
  })
  addFormats.default(ajv)
  return ajv
}

export const compileRequestSchema: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const validate: ValidateFunction = (httpPart === 'body' ? bodies : texts).compile(schema)
  return (data) => {
    if (validate(data)) return { value: data }
    return { error: Object.assign(new Error('The request is not as documented'), { validation: validate.errors ?? [] }) }
  }
}

/** Names the field of each error; the branches of a union that did not fit are told as one. */
export function fieldProblems(errors: readonly FieldError[], context: string): (ToldField & { readonly zh: string })[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
  const isBranch = (error: FieldError, union: FieldError): boolean => error.schemaPath.startsWith(`${union.schemaPath}/`)
  const told = errors.filter((error) => !unions.some((union) => isBranch(error, union)))
  return told.slice(0, MOST_TOLD).map((error) => {
    const unfit = errors.filter((branch) => isBranch(branch, error))
    const branches = unfit.map((branch) => plain(branch.message))
    const zh = unfit.length > 0 ? [...new Set(unfit.map(chineseOf))].join('，或') : chineseOf(error)
    const message = branches.length > 0 ? `expected to ${[...new Set(branches)].join(', or ')}` : messageOf(error)
    return { in: partOf(context), path: pathOf(error), rule: error.keyword, message, zh }
  })
}

function partOf(context: string): FieldProblem['in'] {
  if (context === 'querystring') return 'query'
  if (context === 'params') return 'path'
  return context === 'headers' ? 'headers' : 'body'
}
function pathOf(error: FieldError): string {
  const params = error.params as { additionalProperty?: string; unevaluatedProperty?: string; missingProperty?: string }
  const name = params.additionalProperty ?? params.unevaluatedProperty ?? params.missingProperty
  return name === undefined ? error.instancePath : `${error.instancePath}/${name}`
}
function messageOf(error: FieldError): string {
  const params = error.params as { allowedValues?: readonly unknown[]; missingProperty?: string }
  if (error.keyword === 'additionalProperties') return 'expected no such field; remove it, or mend its name'
  if (error.keyword === 'required') return 'expected this field, but it is missing'
  if (error.keyword === 'enum' && params.allowedValues)
    return `expected one of ${params.allowedValues.map((value) => JSON.stringify(value)).join(', ')}`
  return `expected to ${plain(error.message)}`
}
function plain(message: string | undefined): string {
  return (message ?? 'be valid').replace(/^must /, '')
}
