import { Type } from 'typebox'
import type { ImportFault, ImportProgress, ImportRow } from '../../window/index.ts'
import { failureText } from '../failure-text.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { nullable, Time } from '../schema.ts'
import type { ImportedDeclaration, ImportProblem, ImportView } from './import-contract.ts'

const place = Type.Optional(Type.Integer())
export const ImportProblemSchema = Type.Object(
  {
    rule: Type.String({
      description:
        'Stable: of the file (`json.…`, `xml.…`, `edifact.…`, `csv.…`, `sheet.…`, `file.…`), of a value (`value.…`), else of the form',
    }),
    text: Type.String(),
    item: Type.Optional(Type.String()),
    group: Type.Optional(Type.String()),
    row: Type.Optional(Type.Integer({ description: '1-based in the group' })),
    line: Type.Optional(Type.Integer({ description: '1-based; of a spreadsheet the row' })),
    column: place,
    sheet: Type.Optional(Type.String()),
    cell: Type.Optional(Type.String({ description: '`C5`' })),
    pointer: Type.Optional(Type.String({ description: 'JSON pointer into the declaration' })),
    segment: place,
    tag: Type.Optional(Type.String()),
    element: place,
    component: place,
  },
  { title: 'ImportProblem' },
)
export const ImportedDeclarationSchema = Type.Object(
  {
    number: Type.Integer({ description: 'Counts the declarations of the file from 1' }),
    key: nullable(Type.String({ description: 'What the file calls it' })),
    outcome: Type.Enum(['declared', 'faulty', 'right']),
    receiptNo: nullable(Type.String()),
    faults: Type.Array(ImportProblemSchema),
    data: nullable(Type.Record(Type.String(), Type.Unknown(), { description: 'What was read, when the file was to be checked' })),
  },
  { title: 'ImportedDeclaration' },
)
export const ImportSchema = Type.Object(
  {
    importId: Type.String(),
    service: Type.String(),
    operator: nullable(Type.String()),
    mode: Type.Enum(['check', 'declare']),
    format: Type.Enum(['json', 'ndjson', 'xml', 'edifact', 'xlsx', 'csv']),
    fileName: nullable(Type.String()),
    size: Type.Integer({ description: 'Bytes' }),
    state: Type.Enum(['waiting', 'reading', 'working', 'done', 'refused', 'cancelled', 'interrupted']),
    total: nullable(Type.Integer({ description: 'Declarations in the file; null until it is read' })),
    counts: Type.Object({ declared: Type.Integer(), right: Type.Integer(), faulty: Type.Integer(), left: nullable(Type.Integer()) }),
    faults: Type.Array(ImportProblemSchema, { description: 'Of the file as a whole: with one of them nothing of it is declared' }),
    createdAt: Time,
    updatedAt: Time,
    endedAt: nullable(Time),
  },
  { title: 'Import' },
)

export function importView(progress: ImportProgress, language: Language, zone: string): ImportView {
  const { importId, service, operator, mode, format, fileName, size, state, total, counts } = progress
  const settled = counts.declared + counts.right + counts.faulty
  return {
    importId,
    service,
    operator: operator || null,
    mode,
    format,
    fileName: fileName || null,
    size,
    state,
    total,
    counts: { ...counts, left: total === null ? null : total - settled },
    faults: progress.faults.map((fault) => faultView(fault, language)),
    createdAt: isoTime(progress.createdAt, zone),
    updatedAt: isoTime(progress.updatedAt, zone),
    endedAt: progress.endedAt === null ? null : isoTime(progress.endedAt, zone),
  }
}

export function rowView({ number, key, outcome, receiptNo, faults, data }: ImportRow, language: Language): ImportedDeclaration {
  return { number, key, outcome, receiptNo, faults: faults.map((fault) => faultView(fault, language)), data }
}

export function faultView({ text, ...fault }: ImportFault, language: Language): ImportProblem {
  // What the window itself said in refusing the declaration is known in one language.
  const told = text.zh === text.en ? failureText(text.en) : text
  return { ...fault, text: told[language] }
}
