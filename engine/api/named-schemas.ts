type Node = { readonly [key: string]: unknown }

const ANSWERS: Readonly<Record<string, string>> = {
  '200': 'Done; the answer',
  '201': 'Made; the answer tells what',
  '204': 'Done; there is nothing to tell',
  '302': 'Found elsewhere',
}
const NO_DESCRIPTION = 'Default Response'

/**
 * The OpenAPI document as generators of clients like it: shapes with a title stand once, under their name; what has a
 * default need not be sent; every answer says what it is.
 */
export function readableOpenApi<T extends object>(document: T): T {
  const { components = {}, ...rest } = document as T & { components?: Node }
  const named = new Map<string, { readonly shape: Node; readonly text: string }>()
  const written = write(rest as Node, named) as Node
  const schemas = Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { shape }]) => [name, shape]))
  return { ...written, components: { ...components, schemas } } as unknown as T
}

function write(value: unknown, named: Map<string, { readonly shape: Node; readonly text: string }>): unknown {
  if (Array.isArray(value)) return value.map((each) => write(each, named))
  if (typeof value !== 'object' || value === null) return value
  const node = Object.fromEntries(
    Object.entries(value as Node).map(([key, child]) => [key, key === 'responses' ? described(child) : child]),
  )
  const written = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, write(child, named)]))
  if (isNode(written.schema) && written.in === 'query' && 'default' in written.schema) return { ...written, required: false }
  return isNamed(written) ? reference(written, named) : written
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
/** The document's own `info` has a title too. */
function isNamed(node: Node): node is Node & { readonly title: string } {
  return node.type === 'object' && typeof node.title === 'string'
}
/** Two shapes under one name would be one of them wrong: the second stays where it is. */
function reference(shape: Node & { readonly title: string }, named: Map<string, { readonly shape: Node; readonly text: string }>): Node {
  const text = JSON.stringify(shape)
  const known = named.get(shape.title)
  if (known && known.text !== text) return shape
  if (!known) named.set(shape.title, { shape, text })
  return { $ref: `#/components/schemas/${shape.title}` }
}

function described(responses: unknown): unknown {
  if (!isNode(responses)) return responses
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      isNode(response) && (response.description === NO_DESCRIPTION || response.description === '')
        ? { ...response, description: ANSWERS[status] ?? 'The answer' }
        : response,
    ]),
  )
}
