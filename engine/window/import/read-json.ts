import type { Json, JsonObject } from '../../kernel/index.ts'
import { textPlaces } from '../edifact/index.ts'
import { decodeText } from './decode-text.ts'
import type { FormShape } from './form-shape.ts'
import { fault, type ImportFault, type ImportPlace } from './import-fault.ts'
import { type FoundDeclaration, type ItemPlace, MOST_DECLARATIONS, type ReadFile, tooMany, unreadable } from './read-result.ts'
import { JsonTextError, scanJson, skipBlanks } from './scan-json.ts'

type PlaceOf = (offset: number) => Required<Pick<ImportPlace, 'line' | 'column'>>

/** A declaration's data, or `{"declaration": key, "data": {…}}`; an array holds many. */
export function readJson(bytes: Uint8Array, shape: FormShape): ReadFile {
  const decoded = decodeText(bytes, { guesses: false })
  if ('fault' in decoded) return unreadable(decoded.fault)
  const { text } = decoded
  const placeOf = textPlaces(text)
  const found: Scanned[] = []
  try {
    let at = skipBlanks(text, 0)
    const isList = text[at] === '['
    if (isList) {
      at = skipBlanks(text, at + 1)
      while (text[at] !== ']') {
        if (found.length > 0) at = skipBlanks(text, taken(text, at, ','))
        const scan = scanJson(text, at)
        found.push({ start: at, value: scan.value })
        at = skipBlanks(text, scan.end)
      }
      at += 1
    } else {
      const scan = scanJson(text, at)
      found.push({ start: at, value: scan.value })
      at = scan.end
    }
    if (skipBlanks(text, at) < text.length)
      throw new JsonTextError(skipBlanks(text, at), 'nothing after the JSON value', 'JSON 值之后不应有内容')
  } catch (error) {
    return unreadable(syntaxFault(error, text, placeOf))
  }
  return toRead(found, text, shape, placeOf)
}

/** One declaration a line. A line that cannot be read is a fault of its own; the others go on. */
export function readJsonLines(bytes: Uint8Array, shape: FormShape): ReadFile {
  const decoded = decodeText(bytes, { guesses: false })
  if ('fault' in decoded) return unreadable(decoded.fault)
  const { text } = decoded
  const placeOf = textPlaces(text)
  const found: Scanned[] = []
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd < 0 ? text.length : lineEnd
    const at = skipBlanks(text, start)
    if (at < end) found.push(scanLine(text.slice(0, end), at, placeOf))
    start = end + 1
  }
  return toRead(found, text, shape, placeOf)
}

interface Scanned {
  readonly start: number
  readonly value?: Json
  readonly fault?: ImportFault
}

function scanLine(text: string, start: number, placeOf: PlaceOf): Scanned {
  try {
    const { value, end } = scanJson(text, start)
    if (skipBlanks(text, end) < text.length) throw new JsonTextError(skipBlanks(text, end), 'one declaration a line', '每行一份申报')
    return { start, value }
  } catch (error) {
    return { start, fault: syntaxFault(error, text, placeOf) }
  }
}

function toRead(found: readonly Scanned[], text: string, shape: FormShape, placeOf: PlaceOf): ReadFile {
  if (found.length > MOST_DECLARATIONS) return unreadable(tooMany(found.length))
  const declarations = found.map(({ start, value, fault: broken }): FoundDeclaration => {
    const at = placeOf(start)
    if (broken) return { at, data: {}, faults: [broken] }
    return { at, ...toDeclaration(value as Json, shape, at) }
  })
  return {
    declarations,
    faults: found.length > 0 ? [] : [fault('file.empty', 'Expected declarations, found none', '文件中没有申报', { line: 1, column: 1 })],
    placeOf: (index, item) => placeOfItem(text, found[index], item, placeOf),
  }
}

function toDeclaration(value: Json, shape: FormShape, at: ImportPlace): Omit<FoundDeclaration, 'at'> {
  if (!isObject(value)) {
    const text = ['Expected a declaration as an object with fields', '申报应为含字段的 JSON 对象'] as const
    return { data: {}, faults: [fault('json.type', ...text, at)] }
  }
  if (!isWrapped(value, shape)) return { data: value, faults: [] }
  const { declaration: key, data, ...others } = value
  const [other] = Object.keys(others)
  const faults: ImportFault[] = []
  if (other !== undefined)
    faults.push(
      fault(
        'json.field',
        `Expected the fields declaration and data, found ${JSON.stringify(other)}; leave it out`,
        `只应有 declaration 和 data 字段，实际有 ${JSON.stringify(other)}，请删除`,
        at,
      ),
    )
  return { ...(typeof key === 'string' || typeof key === 'number' ? { key: String(key) } : {}), data: data as JsonObject, faults }
}

function isWrapped(value: JsonObject, shape: FormShape): boolean {
  return isObject(value.data ?? null) && !shape.items.has('data') && !shape.groups.has('data')
}

/** Looked for only where something is wrong: most declarations never need it. */
function placeOfItem(text: string, found: Scanned | undefined, { item, group, line }: ItemPlace, placeOf: PlaceOf): ImportPlace {
  if (!found) return {}
  if (found.fault) return placeOf(found.start)
  const isWhole = group === undefined || item === group
  const row = group === undefined ? '' : `/${group}/${(line ?? 1) - 1}`
  const wanted = isWhole && group !== undefined ? row : `${row}/${item.replaceAll('.', '/')}`
  const places = new Map<string, number>()
  scanJson(text, found.start, (pointer, offset) => places.set(pointer, offset))
  // Data in its wrapping stand one deeper.
  const root = places.has('/data') && !places.has(wanted) ? '/data' : ''
  for (let pointer = wanted; ; pointer = pointer.slice(0, pointer.lastIndexOf('/'))) {
    const offset = places.get(root + pointer)
    if (offset !== undefined) return { ...placeOf(offset), pointer: root + pointer }
    if (pointer === '') return placeOf(found.start)
  }
}

function syntaxFault(error: unknown, text: string, placeOf: PlaceOf): ImportFault {
  if (!(error instanceof JsonTextError)) throw error
  const found = text[error.offset]
  return fault(
    'json.syntax',
    `Expected ${error.expected}, found ${found === undefined ? 'the end' : JSON.stringify(found)}`,
    `应为${error.expectedZh}，实际为${found === undefined ? '文件结尾' : JSON.stringify(found)}`,
    placeOf(Math.min(error.offset, text.length)),
  )
}

function taken(text: string, at: number, sign: string): number {
  if (text[at] !== sign) throw new JsonTextError(at, `"${sign}" or "]"`, `“${sign}”或“]”`)
  return at + 1
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
