import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../kernel/index.ts'

export interface ShapeFault {
  readonly pointer: string
  readonly message: string
}
/** What of a parsed file has not the shape that the compilers of `forms/` rely on. */
export type FileShape = (file: unknown) => readonly ShapeFault[]

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true })
const MOST_FAULTS = 20

const object = { type: 'object' }
const name = { type: 'string', minLength: 1 }
const names = { type: 'array', items: name }
const text = { type: 'object', required: ['en', 'zh'], properties: { en: name, zh: name } }
const listOf = (items: object) => ({ type: 'array', items })
const closedBy = (required: readonly string[], properties: object) => ({ type: 'object', required, properties })

const item = closedBy(['title', 'x-title-zh', 'x-agencies', 'type'], { title: name, 'x-title-zh': name, 'x-agencies': names })
const groupRows = closedBy(['properties'], { properties: { type: 'object', additionalProperties: object } })
const property = {
  type: 'object',
  if: closedBy(['x-group'], { 'x-group': {} }),
  // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
  then: closedBy(['title', 'x-title-zh', 'items', 'maxItems'], { title: name, 'x-title-zh': name, items: groupRows }),
}
const rule = closedBy(['id', 'item', 'text', 'reads'], { id: name, item: name, text, reads: names, group: name, service: names })
const field = closedBy(['name', 'type', 'label'], { name, type: name, label: object, options: listOf(object) })
const paths = { type: ['string', 'array'] }

/** By kind of file. */
export const FILE_SHAPES = {
  dictionary: shape(closedBy(['$id', '$defs'], { $id: name, $defs: { type: 'object', additionalProperties: item } })),
  codelist: shape(
    closedBy(['id', 'name', 'source', 'entries'], {
      id: name,
      name: text,
      entries: listOf(closedBy(['code', 'name'], { code: name, name: text })),
    }),
  ),
  declaration: shape(
    closedBy(['$id', 'title', 'x-title-zh', 'type', 'properties'], {
      $id: name,
      title: name,
      'x-title-zh': name,
      type: { const: 'object' },
      required: names,
      properties: { type: 'object', additionalProperties: property },
    }),
  ),
  rules: shape(closedBy(['form', 'rules'], { form: name, rules: listOf(rule), lookups: object, once: object })),
  decision: shape(closedBy(['id', 'fields'], { id: name, fields: listOf(field) })),
  answer: shape(closedBy(['receiptNo', 'status'], { receiptNo: paths, status: object })),
  import: shape(closedBy(['form', 'items'], { form: name, items: listOf(closedBy(['item'], { item: name })), groups: listOf(object) })),
} as const satisfies Readonly<Record<string, FileShape>>

function shape(schema: object): FileShape {
  // Compiled at the first use: most programs that import this read no forms.
  let validate: ReturnType<typeof ajv.compile> | undefined
  return (file) => {
    validate ??= ajv.compile(schema)
    if (validate(file)) return []
    const faults = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if')
    return faults.slice(0, MOST_FAULTS).map(({ instancePath, message = '', keyword, params }) => ({
      pointer: instancePath || '/',
      message: keyword === 'const' ? `must be ${JSON.stringify(params.allowedValue)}` : message,
    }))
  }
}

let meta: Ajv2020 | undefined

/** Where a schema is none. */
export function metaSchemaFaults(schema: JsonObject): readonly ShapeFault[] {
  meta ??= new Ajv2020({ allErrors: true, strict: false })
  if (meta.validateSchema(schema) === true) return []
  return (meta.errors ?? []).slice(0, MOST_FAULTS).map(({ instancePath, message = '' }) => ({ pointer: instancePath || '/', message }))
}
