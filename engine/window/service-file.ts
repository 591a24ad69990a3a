import { Ajv, type ErrorObject } from 'ajv'
import type { Service } from './contract.ts'

const TEXT = {
  type: 'object',
  required: ['en', 'zh'],
  additionalProperties: false,
  properties: { en: { type: 'string', minLength: 1 }, zh: { type: 'string', minLength: 1 } },
}
const DATE = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }
const ID = { type: 'string', pattern: '^[a-z][a-z0-9-]*$' }
const NAME = { type: 'string', minLength: 1 }

const SERVICE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'name',
    'description',
    'bpmnProcessId',
    'formId',
    'owner',
    'agencies',
    'validFrom',
    'ends',
    'facts',
    'messages',
    'documents',
    'correctionElements',
  ],
  properties: {
    $schema: { type: 'string' },
    id: ID,
    name: TEXT,
    description: TEXT,
    bpmnProcessId: NAME,
    formId: NAME,
    owner: NAME,
    agencies: { type: 'array', items: ID, uniqueItems: true },
    validFrom: DATE,
    validTo: DATE,
    ends: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['state', 'name'],
        additionalProperties: false,
        properties: { state: ID, name: TEXT },
      },
    },
    facts: { type: 'object', propertyNames: { pattern: '^[A-Za-z_]\\w*$' }, additionalProperties: { type: 'string', minLength: 1 } },
    messages: {
      type: 'object',
      required: ['amended', 'withdrawn'],
      additionalProperties: false,
      properties: { amended: NAME, withdrawn: NAME },
    },
    notices: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_]\\w*$' },
      additionalProperties: {
        type: 'object',
        required: ['name', 'formId', 'message'],
        additionalProperties: false,
        properties: { name: TEXT, formId: NAME, message: NAME },
      },
    },
    documents: {
      type: 'object',
      additionalProperties: { type: 'object', required: ['name'], additionalProperties: false, properties: { name: TEXT } },
    },
    correctionElements: { type: 'array', items: NAME, uniqueItems: true },
    calendar: { anyOf: [ID, { type: 'object', minProperties: 1, additionalProperties: ID }] },
  },
}

const isService = new Ajv({ allErrors: true, strict: true }).compile<Service>(SERVICE_SCHEMA)

/** Reads the text of a `service.json`. Each problem names the place in the file, as a JSON pointer. */
export function parseServiceFile(
  content: string,
): { readonly ok: true; readonly service: Service } | { readonly ok: false; readonly problems: readonly string[] } {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    return { ok: false, problems: [`expected JSON: ${(error as Error).message}`] }
  }
  if (isService(value)) return { ok: true, service: value }
  return { ok: false, problems: (isService.errors ?? []).map(toProblem) }
}

function toProblem(error: ErrorObject): string {
  const unknown = 'additionalProperty' in error.params ? ` (${String(error.params.additionalProperty)})` : ''
  return `${error.instancePath || '/'}: ${error.message ?? error.keyword}${unknown}`
}
