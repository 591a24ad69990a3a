import type { TObject, TProperties, TSchema } from 'typebox'
import { Type } from 'typebox'
import { FindingSchema } from './design/finding-schema.ts'

/** Building blocks of the request and answer schemas. */

/** A closed object: a field it does not name is refused by name. */
export function closed<T extends TProperties>(
  properties: T,
  options: { readonly title?: string; readonly description?: string } = {},
): TObject<T> {
  return Type.Object(properties, { ...options, additionalProperties: false })
}
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}
export const Key = Type.String({ pattern: '^[0-9]{1,19}$', description: 'Key the engine made: digits' })
export const Time = Type.String({ format: 'date-time' })
export const Name = Type.String({ minLength: 1, maxLength: 255 })
export const Variables = Type.Record(Type.String(), Type.Unknown(), { description: 'JSON object' })
export const From = Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0, description: 'Rows to skip' })
export const Limit = Type.Integer({ minimum: 1, maximum: 1_000, default: 50 })
export const PageInfo = Type.Object({ from: Type.Integer(), limit: Type.Integer(), total: Type.Integer() }, { title: 'PageInfo' })

export const FieldProblemSchema = Type.Object(
  { in: Type.Enum(['body', 'query', 'path', 'headers']), path: Type.String(), rule: Type.String(), message: Type.String() },
  { title: 'FieldProblem', description: 'A field of the request; `path` is a JSON pointer into its part' },
)
export const ItemProblemSchema = Type.Object(
  {
    item: Type.String(),
    line: Type.Optional(Type.Integer()),
    group: Type.Optional(Type.String()),
    rule: Type.String(),
    text: Type.String(),
  },
  { title: 'ItemProblem', description: 'An item of a declaration; `line` is its 1-based row in `group`' },
)
export const ResourceProblemSchema = Type.Object(
  {
    resource: Type.String(),
    elementId: Type.String(),
    rule: Type.String(),
    message: Type.String(),
    severity: Type.Enum(['error', 'warning']),
    line: Type.Optional(Type.Integer()),
  },
  { title: 'ResourceProblem', description: 'An element of a deployed file; a warning alone refuses nothing' },
)

export const ResourceNoteSchema = Type.Object(
  { resource: Type.String(), elementId: Type.String(), extension: Type.String(), message: Type.String() },
  { title: 'ResourceNote', description: 'The use of something that Camunda 8 does not carry out; it refuses nothing' },
)

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    requestId: Type.String(),
    errors: Type.Optional(Type.Array(Type.Union([FieldProblemSchema, ItemProblemSchema, ResourceProblemSchema, FindingSchema]))),
  },
  { title: 'Problem' },
)
/** Answers with the error form beside them. Untyped on purpose: handlers are typed by contract.ts, whose lists are readonly. */
export function answers(success: Readonly<Record<number, TSchema>>): unknown {
  const problem = { description: 'Problem', content: { 'application/problem+json': { schema: ProblemSchema } } }
  return { ...success, '4xx': problem, '5xx': problem }
}
export const Nothing = Type.Null({ description: 'No body' })

/** Every idempotent act carries one: printable ASCII, chosen by the client, new for each thing it wants done. */
export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^[\\x21-\\x7e]+$',
    description:
      'New for each thing that is wanted. The same key with the same content gives the first answer; with other content, 422 IDEMPOTENCY_KEY_REUSED',
  }),
})
