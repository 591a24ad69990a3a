import type { ImportFormat } from './read-result.ts'

const BY_TYPE: readonly (readonly [RegExp, ImportFormat])[] = [
  [/^application\/(?:x-)?(?:ndjson|jsonl|json-?lines)$/, 'ndjson'],
  [/^(?:application|text)\/(?:json|[a-z.-]+\+json)$/, 'json'],
  [/^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/, 'xlsx'],
  [/^application\/vnd\.ms-excel$/, 'xlsx'],
  [/^(?:application|text)\/(?:xml|[a-z.-]+\+xml)$/, 'xml'],
  [/^application\/edifact$/, 'edifact'],
  [/^text\/(?:csv|tab-separated-values)$/, 'csv'],
]
const BY_ENDING: Readonly<Record<string, ImportFormat>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xml: 'xml',
  edi: 'edifact',
  xlsx: 'xlsx',
  xls: 'xlsx',
  csv: 'csv',
  tsv: 'csv',
}
const ZIP = 'PK\u0003\u0004'
const OLD_WORKBOOK = '\u00d0\u00cf\u0011\u00e0'
const LOOKED_AT = 100

/** What a file is: by its content type, by the ending of its name, or by how it begins. */
export function detectFormat(
  bytes: Uint8Array,
  { contentType = '', name = '' }: { readonly contentType?: string | undefined; readonly name?: string | undefined },
): ImportFormat {
  const head = Buffer.from(bytes.subarray(0, LOOKED_AT)).toString('latin1')
  // A browser sends a CSV file as vnd.ms-excel where a spreadsheet program is installed.
  const isBinary = head.startsWith(ZIP) || head.startsWith(OLD_WORKBOOK)
  if (isBinary) return 'xlsx'
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const ofEnding = BY_ENDING[/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '']
  const ofType = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1]
  if (ofType !== undefined && (ofType !== 'xlsx' || ofEnding === undefined)) return ofType
  if (ofEnding !== undefined) return ofEnding
  return byBeginning(head.replace(/^\u00ef\u00bb\u00bf/, '').trimStart())
}

function byBeginning(head: string): ImportFormat {
  if (/^UN[AB]/.test(head)) return 'edifact'
  if (head.startsWith('<')) return 'xml'
  return head.startsWith('{') || head.startsWith('[') ? 'json' : 'csv'
}

/** The character set that a content type names. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]
}
