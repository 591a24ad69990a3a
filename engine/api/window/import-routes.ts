import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import {
  type ImportFormat,
  type ImportProgress,
  type Service,
  type SingleWindow,
  SMALL_BYTES,
  templateWorkbook,
} from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, From, IdempotencyHeader, Limit, PageInfo, Variables } from '../schema.ts'
import { BODY_LIMIT_BYTES, readUploadedFile, takeFiles } from './import-upload.ts'
import { faultView, ImportedDeclarationSchema, ImportProblemSchema, ImportSchema, importView, rowView } from './import-view.ts'

const OPERATORS = ['OP-FZ', 'OP-XM'] as const
const MODES = ['check', 'declare'] as const
const INCOMPLETE = ['refuse', 'take'] as const
const ROW_FORMATS: readonly ImportFormat[] = ['csv', 'xlsx', 'edifact']
/** Up to that many declarations are answered at once. */
const ANSWERED_AT_ONCE = 50
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const ServiceId = Type.String({ maxLength: 100 })
const ImportId = closed({ importId: Type.String({ pattern: '^IM[0-9A-F]{20}$' }) })
const GroupName = Type.String({ minLength: 1, maxLength: 100 })
const FileBody = Type.Unknown({
  description:
    'The file itself (JSON, NDJSON, XML, EDIFACT, .xlsx, CSV; up to 20 MB), or multipart/form-data with it in the part `file` and the query’s fields as parts',
})
const WithDeclarations = Type.Object(
  { import: ImportSchema, declarations: Type.Array(ImportedDeclarationSchema) },
  { title: 'ImportResult' },
)

export async function addImportRoutes(app: Api, parts: ApiParts): Promise<void> {
  await takeFiles(app)
  addStart(app, parts)
  addReading(app, parts)
  addRowReading(app, parts)
  addTemplate(app, parts)
}

function addStart(app: Api, { window, settings }: ApiParts): void {
  app.post(
    '/services/:serviceId/imports',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { guard: 'window.import.write', bodyLimitBytes: BODY_LIMIT_BYTES, documentedBody: FileBody },
      schema: {
        summary: 'Declare from a file',
        description:
          'Reads one declaration or many out of a file. Each is declared when nothing at all is wrong with it, or has its list of faults (see `incomplete`); a fault of the file as a whole refuses all of it. Small files are answered with what became of each declaration (200); others with 202 and the address of the import, to be asked for its progress. `mode=check` declares nothing and gives the data that was read. Safe to repeat with the same Idempotency-Key.',
        params: closed({ serviceId: ServiceId }),
        headers: IdempotencyHeader,
        querystring: closed({
          mode: Type.Optional(Type.Enum(MODES, { description: 'Default `check`' })),
          operator: Type.Optional(Type.Enum(OPERATORS, { description: 'Needed to declare' })),
          incomplete: Type.Optional(
            Type.Enum(INCOMPLETE, {
              description:
                '`take`: what has the form’s shape is declared though items are missing or wrong, and waits for an amended version, as with POST …/declarations. Default `refuse`',
            }),
          ),
          group: Type.Optional(GroupName),
        }),
        response: answers({ 200: WithDeclarations, 202: ImportSchema }),
      },
    },
    async (request, reply) => {
      const { id: service } = findService(window, request.params.serviceId)
      const { fields, ...file } = await readUploadedFile(request, ['mode', 'operator', 'incomplete', 'group'])
      const { query } = request
      const mode = oneOf('mode', query.mode ?? fields.mode ?? 'check', MODES)
      const wanted = query.operator ?? fields.operator
      const operator = wanted === undefined && mode === 'check' ? undefined : oneOf('operator', wanted, OPERATORS)
      const incomplete = oneOf('incomplete', query.incomplete ?? fields.incomplete ?? 'refuse', INCOMPLETE)
      const group = query.group ?? fields.group
      const { importId } = await window.imports.start({
        ...file,
        service,
        enterprise: request.principal.enterprise ?? '',
        mode,
        takesIncomplete: incomplete === 'take',
        ...(operator === undefined ? {} : { operator }),
        ...(group === undefined ? {} : { group }),
        idempotencyKey: request.headers['idempotency-key'],
        actor: actorOf(request.principal),
      })
      const isLarge = file.bytes.byteLength > SMALL_BYTES || /\brespond-async\b/.test(String(request.headers.prefer ?? ''))
      if (!isLarge) await window.imports.wait(importId, ANSWERED_AT_ONCE)
      const progress = await ownImport(window, request.principal, importId)
      const view = importView(progress, request.language, settings.zone)
      reply.header('location', `/window/v1/imports/${importId}`)
      if (isLarge || progress.endedAt === null) {
        reply.code(202)
        return view
      }
      const { items } = await window.imports.rows(importId, { from: 0, limit: 1_000 })
      return { import: view, declarations: items.map((row) => rowView(row, request.language)) }
    },
  )
}

function addReading(app: Api, { window, settings }: ApiParts): void {
  const view = (progress: ImportProgress, language: 'zh' | 'en') => importView(progress, language, settings.zone)

  app.get(
    '/imports',
    {
      config: { guard: 'window.import.read' },
      schema: {
        summary: 'Own imports, newest first',
        querystring: closed({ from: From, limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }) }),
        response: answers({ 200: Type.Object({ items: Type.Array(ImportSchema), page: PageInfo }) }),
      },
    },
    async (request) => {
      const { from, limit } = request.query
      const { items, total } = await window.imports.list({ enterprise: request.principal.enterprise ?? '', from, limit })
      return { items: items.map((each) => view(each, request.language)), page: { from, limit, total } }
    },
  )

  app.get(
    '/imports/:importId',
    {
      config: { guard: 'window.import.read' },
      schema: { summary: 'How far an import is', params: ImportId, response: answers({ 200: ImportSchema }) },
    },
    async (request) => view(await ownImport(window, request.principal, request.params.importId), request.language),
  )

  app.get(
    '/imports/:importId/declarations',
    {
      config: { guard: 'window.import.read' },
      schema: {
        summary: 'What became of each declaration of a file',
        params: ImportId,
        querystring: closed({ outcome: Type.Optional(Type.Enum(['declared', 'faulty', 'right'])), from: From, limit: Limit }),
        response: answers({ 200: Type.Object({ items: Type.Array(ImportedDeclarationSchema), page: PageInfo }) }),
      },
    },
    async (request) => {
      const { importId } = await ownImport(window, request.principal, request.params.importId)
      const { outcome, from, limit } = request.query
      const { items, total } = await window.imports.rows(importId, { from, limit, ...(outcome === undefined ? {} : { outcome }) })
      return { items: items.map((row) => rowView(row, request.language)), page: { from, limit, total } }
    },
  )

  app.post(
    '/imports/:importId/cancellation',
    {
      config: { guard: 'window.import.write' },
      schema: {
        summary: 'Stop an import',
        description: 'Nothing more of it is declared; what was declared stays. An import that has ended stays as it is.',
        params: ImportId,
        response: answers({ 200: ImportSchema }),
      },
    },
    async (request) => {
      const { importId } = await ownImport(window, request.principal, request.params.importId)
      await window.imports.cancel(importId)
      return view(await ownImport(window, request.principal, importId), request.language)
    },
  )
}

function addRowReading(app: Api, { window }: ApiParts): void {
  app.post(
    '/services/:serviceId/rows/:group',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { guard: 'window.declaration.validate', bodyLimitBytes: BODY_LIMIT_BYTES, documentedBody: FileBody },
      schema: {
        summary: 'Read rows of a group from a file',
        description:
          'For rows that are pasted or uploaded into a declaration that is being written: CSV, tab-separated text or .xlsx, with the items’ ids or titles at the head, or named by `columns`; also the rows of an EDIFACT message (passengers of a PAXLST). Stores nothing.',
        params: closed({ serviceId: ServiceId, group: GroupName }),
        querystring: closed({
          columns: Type.Optional(
            Type.String({ maxLength: 10_000, description: 'Ids or titles, separated by commas, of text without heads' }),
          ),
        }),
        response: answers({
          200: Type.Object({ rows: Type.Array(Variables), faults: Type.Array(ImportProblemSchema) }, { title: 'ReadRows' }),
        }),
      },
    },
    async (request) => {
      const { serviceId, group } = request.params
      const { id } = findService(window, serviceId)
      const { fields, ...file } = await readUploadedFile(request, ['columns'])
      const columns = request.query.columns ?? fields.columns
      if (!ROW_FORMATS.includes(file.format)) {
        throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
          en: `Expected rows as CSV, tab-separated text, .xlsx or EDIFACT, found ${file.format}`,
          zh: `行数据应为 CSV、制表符分隔文本、.xlsx 或 EDIFACT，实际为 ${file.format}`,
        })
      }
      const named = columns === undefined ? {} : { columns: columns.split(',').map((each) => each.trim()) }
      const { rows, faults } = await window.imports.readRows(id, group, { ...file, ...named })
      return { rows: [...rows], faults: faults.map((fault) => faultView(fault, request.language)) }
    },
  )
}

function addTemplate(app: Api, { window }: ApiParts): void {
  app.get(
    '/services/:serviceId/import-template.xlsx',
    {
      config: { guard: 'window.service.read' },
      schema: {
        summary: 'Workbook to fill in and import',
        description: 'A sheet of header items and one for each group; hints at the heads; an example that is right where the form has one.',
        params: closed({ serviceId: ServiceId }),
        querystring: closed({
          lang: Type.Optional(Type.Enum(['zh', 'en'], { description: 'Of the heads; default as Accept-Language says' })),
        }),
        response: answers({ 200: Type.String({ format: 'binary', description: XLSX }) }),
      },
    },
    async (request, reply) => {
      const service = findService(window, request.params.serviceId)
      const workbook = await templateWorkbook(window.forms, service, request.query.lang ?? request.language)
      if (!workbook) throw notFound({ en: `a form ${service.formId}`, zh: `表单 ${service.formId}` })
      reply.header('content-disposition', `attachment; filename="${service.id}.xlsx"`)
      return reply.type(XLSX).send(Buffer.from(workbook) as never)
    },
  )
}

function findService(window: SingleWindow, id: string): Service {
  const service = window.service(id)
  if (!service) throw notFound({ en: `a service ${id}`, zh: `服务 ${id}` })
  return service
}

/** @throws ProblemError 404 as well when it belongs to another enterprise: its existence is not theirs to know. */
async function ownImport(window: SingleWindow, principal: Principal, importId: string): Promise<ImportProgress> {
  const progress = await window.imports.find(importId)
  if (!progress || progress.enterprise !== principal.enterprise) throw notFound({ en: `an import ${importId}`, zh: `导入任务 ${importId}` })
  return progress
}

function oneOf<T extends string>(name: string, found: string | undefined, known: readonly T[]): T {
  const value = known.find((each) => each === found)
  if (value !== undefined) return value
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected ${name} to be one of ${known.join(', ')}, found ${found === undefined ? 'none' : JSON.stringify(found)}`,
    zh: `${name} 应为 ${known.join('、')} 之一，实际为 ${found === undefined ? '空' : JSON.stringify(found)}`,
  })
}
