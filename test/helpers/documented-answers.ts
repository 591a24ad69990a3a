import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>> }
        >
      >
    >
  >
}

/** Holds answers against the OpenAPI document: says what of an answer is not as documented. */
export function documentedAnswers(document: object): (method: string, url: string, status: number, body: unknown) => string[] {
  const { paths, components } = document as OpenApi & { readonly components?: object }
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const compiled = new Map<object, ValidateFunction>()
  const patterns = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    parameters: path.split('{').length,
    operations,
  }))
  // `/tasks/open` is meant before `/tasks/{key}`.
  patterns.sort((a, b) => a.parameters - b.parameters)

  return (method, url, status, body) => {
    const path = url.split('?')[0] ?? ''
    const operation = patterns.find(({ pattern, operations }) => pattern.test(path) && operations[method.toLowerCase()])?.operations[
      method.toLowerCase()
    ]
    if (!operation) return []
    const response = operation.responses[String(status)] ?? operation.responses[`${String(status)[0]}XX`]
    if (!response) return [`${method} ${path}: status ${status} is not documented`]
    const schema = Object.values(response.content ?? {})[0]?.schema
    if (!schema) return []
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components })
    compiled.set(schema, validate)
    return validate(body) ? [] : [`${method} ${path}: ${ajv.errorsText(validate.errors)}`]
  }
}
