import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { AnswerFault, PointedError, ReadAnswer, ReadAnswerFile } from './answer.ts'
import { type AnswerMapping, isStatus, toPaths } from './answer-mapping.ts'

/** Reads one answer out of a JSON document, or of XML parsed into one. */
export function readDocumentAnswer(mapping: AnswerMapping, document: JsonObject): ReadAnswerFile {
  const { file } = mapping
  const receiptNo = textAt(document, file.receiptNo)
  const code = textAt(document, file.status.from)
  const status = code === undefined ? undefined : (file.status.codes?.[code] ?? code)
  const faults: AnswerFault[] = []
  if (receiptNo === undefined) faults.push(missing('answer.receipt', toPaths(file.receiptNo), 'the receipt number', '回执号'))
  if (status === undefined || !isStatus(status)) {
    const known = Object.keys(file.status.codes ?? {}).join(', ')
    const [path = ''] = toPaths(file.status.from)
    faults.push({
      rule: 'answer.status',
      path,
      text: {
        en: `Expected one of ${known || 'the words of the vocabulary'} in ${path}, found ${code ?? 'nothing'}`,
        zh: `${path} 应为 ${known || '约定的状态词'} 之一，现为 ${code ?? '空'}`,
      },
    })
  }
  if (receiptNo === undefined || status === undefined || !isStatus(status)) return { answers: [], faults }
  const version = Number(textAt(document, file.version) ?? Number.NaN)
  const reference = textAt(document, file.reference)
  const note = textAt(document, file.note)
  const [path = ''] = toPaths(file.receiptNo)
  const answer: ReadAnswer = {
    // An agency that numbers its answers not at all repeats one by sending the very same.
    id: textAt(document, file.id) ?? createHash('sha256').update(JSON.stringify(document)).digest('hex'),
    receiptNo,
    ...(Number.isInteger(version) ? { version } : {}),
    status,
    ...(reference === undefined ? {} : { reference }),
    ...(note === undefined ? {} : { note }),
    errors: errorsOf(mapping, document),
    place: { path },
  }
  return { answers: [answer], faults: [] }
}

function errorsOf({ file }: AnswerMapping, document: JsonObject): readonly PointedError[] {
  const { errors, sections = {} } = file
  if (errors === undefined) return []
  const rows = toPaths(errors.rows).flatMap((path) => listAt(document, path))
  return rows.flatMap((row) => {
    if (!isObject(row)) return []
    const pointers = errors.pointers === undefined ? [row] : listAt(row, errors.pointers).filter(isObject)
    const found: { group?: string; line?: number; tag?: string; section?: string } = {}
    for (const pointer of pointers) {
      const section = textAt(pointer, errors.section)
      const group = section === undefined ? textAt(pointer, errors.group) : sections[section]
      if (section !== undefined) found.section = section
      if (group !== undefined) found.group = group
      const line = Number(textAt(pointer, errors.line) ?? Number.NaN)
      if (Number.isInteger(line) && line > 0 && found.group !== undefined) found.line = line
      const tag = textAt(pointer, errors.tag)
      if (tag !== undefined) found.tag = found.section === undefined ? tag : `${found.section}/${tag}`
    }
    const { section: _, ...place } = found
    const item = textAt(row, errors.item)
    const text = textAt(row, errors.text)
    return [
      {
        rule: textAt(row, errors.rule) ?? 'agency',
        ...(item === undefined ? {} : { item }),
        ...(text === undefined ? {} : { text }),
        ...place,
      },
    ]
  })
}

function textAt(document: JsonObject, paths: string | readonly string[] | undefined): string | undefined {
  for (const path of toPaths(paths)) {
    const [value] = listAt(document, path)
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  }
  return undefined
}

/** Everything at a path; lists on the way are gone into. */
function listAt(document: Json, path: string): readonly Json[] {
  return path.split('.').reduce<readonly Json[]>(
    (values, name) =>
      values.flatMap((value) => {
        const next = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
        return next === undefined || next === null ? [] : Array.isArray(next) ? next : [next as Json]
      }),
    [document],
  )
}

function missing(rule: string, paths: readonly string[], what: string, whatZh: string): AnswerFault {
  return {
    rule,
    path: paths[0] ?? '',
    text: { en: `Expected ${what} at ${paths.join(' or ')}, found none`, zh: `未在 ${paths.join(' 或 ')} 找到${whatZh}` },
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
