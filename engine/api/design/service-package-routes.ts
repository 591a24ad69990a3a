import { Type } from 'typebox'
import type { DescribedService, FileProblem, PackageFile } from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { DeployedService, DesignedService, ResourceProblem, ServiceFiles } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { notFound, ProblemError } from '../problem.ts'
import { fileProblem, packageRefused } from '../problem-of-error.ts'
import { answers, closed, nullable, ResourceProblemSchema } from '../schema.ts'
import { type PlayedCases, playPackage, readPackageCases } from '../trial/play-package.ts'
import { readUpload, refuseTooLarge, takeUploads } from '../upload.ts'
import { askGate, checkedReason, REASON, setAside } from './ask-gate.ts'
import { FindingSchema } from './finding-schema.ts'

const MOST_FILES = 500
/** A version is one document of the store, and some stores take no larger one. */
const MOST_BYTES = 8 * 1_048_576
const LONGEST_NOTE = 1_000
const NOT_PLAYED: PlayedCases = { played: 0, problems: [] }

const PackageBody = Type.Object({
  resources: Type.Array(Type.String({ format: 'binary' }), {
    minItems: 1,
    maxItems: MOST_FILES,
    description: 'Files whose names are paths: processes/<id>/service.json, processes/<id>/*.bpmn, forms/declarations/<form>.schema.json …',
  }),
  note: Type.Optional(Type.String({ maxLength: LONGEST_NOTE, description: 'What this version is for' })),
  override: Type.Optional(
    Type.String({ minLength: REASON.least, maxLength: REASON.most, description: 'Why it goes live although the gate refuses a model' }),
  ),
  cases: Type.Optional(Type.Enum(['play', 'skip'], { default: 'play', description: 'Its cases are played first, and must hold' })),
})
const ServiceSchema = Type.Object(
  {
    id: Type.String(),
    name: nullable(Type.Object({ en: Type.String(), zh: Type.String() })),
    source: Type.Enum(['disk', 'package']),
    version: Type.Integer({ description: '0: the files on disk' }),
    isOnDisk: Type.Boolean(),
    validFrom: nullable(Type.String()),
    validTo: nullable(Type.String({ description: 'Last day it takes declarations' })),
    retired: Type.Boolean(),
    versions: Type.Array(
      Type.Object({
        version: Type.Integer(),
        deployedAt: Type.String({ format: 'date-time' }),
        deployedBy: Type.String(),
        note: Type.String(),
        files: Type.Integer(),
      }),
    ),
    faults: Type.Array(ResourceProblemSchema, { description: 'Why the active version is not offered here; the files on disk count then' }),
  },
  { title: 'DesignedService' },
)
const Id = closed({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,99}$' }) })
const Version = Type.Integer({ minimum: 0, maximum: 1_000_000 })

/** Whole services made of files, deployed to the running server. */
export async function addServicePackageRoutes(app: Api, parts: ApiParts): Promise<void> {
  const { packages } = parts.window
  const limit = Math.min(parts.settings.uploadLimitBytes, MOST_BYTES)
  await takeUploads(app, limit, { mostFiles: MOST_FILES, withPaths: true })

  app.post(
    '/services',
    {
      bodyLimit: limit,
      config: { guard: 'design.service.write', bodyLimitBytes: limit, documentedBody: PackageBody },
      schema: {
        summary: 'Deploy a whole service, all or nothing; refused with everything that is wrong (422 PACKAGE_REFUSED)',
        consumes: ['multipart/form-data'],
        response: answers({
          200: Type.Object(
            {
              service: Type.String(),
              version: Type.Integer(),
              findings: Type.Array(FindingSchema),
              warnings: Type.Array(ResourceProblemSchema),
              verified: Type.Boolean({ description: 'False: the gate could not answer, and the override stands for it' }),
              override: Type.Optional(Type.String()),
              casesPlayed: Type.Integer({ description: 'All of them held' }),
            },
            { title: 'DeployedService' },
          ),
        }),
      },
      onRequest: refuseTooLarge(limit),
    },
    async (request): Promise<DeployedService> => {
      const { resources, fields } = await readUpload(request, limit, ['note', 'override', 'cases'])
      const override = checkedReason(fields.override)
      const playsCases = wantsCases(fields.cases)
      const files: PackageFile[] = resources.map(({ name, content }) => ({ path: name, content }))
      const prepared = await packages.prepare(files)
      const gate = await askGate(parts, { resources: prepared.models }, override)
      const refusing = override === undefined ? gate.refusing : []
      const read = readPackageCases(prepared)
      const problems = [...prepared.problems, ...read.problems].map((problem) => fileProblem(problem))
      if (problems.length > 0 || refusing.length > 0) throw packageRefused(problems, refusing)
      const cases = playsCases ? await playPackage(parts, prepared, read.cases) : NOT_PLAYED
      if (cases.problems.length > 0)
        throw packageRefused(
          cases.problems.map((problem) => fileProblem(problem)),
          [],
        )
      const note = (fields.note ?? '').slice(0, LONGEST_NOTE)
      const { service, version } = await packages.put(prepared, { actor: actorOf(request.principal), note })
      request.auditReason = [`${service} version ${version}`, note, setAside(gate, override)].filter(Boolean).join('; ')
      const warnings = problemsIn(request.language, prepared.warnings, 'warning')
      const { findings, verified } = gate
      return { service, version, findings, warnings, verified, ...(override === undefined ? {} : { override }), casesPlayed: cases.played }
    },
  )

  app.get(
    '/services',
    {
      config: { guard: 'design.service.read' },
      schema: {
        summary: 'Every service with its active version and all its versions',
        response: answers({ 200: Type.Object({ items: Type.Array(ServiceSchema) }) }),
      },
    },
    async (request) => ({ items: (await packages.list()).map((service) => viewOf(service, request.language, parts.settings.zone)) }),
  )

  app.get(
    '/services/:id/files',
    {
      config: { guard: 'design.service.read' },
      schema: {
        summary: 'The files of a service: of a version, or as it is now; with everything of forms/ that it uses',
        params: Id,
        querystring: closed({ version: Type.Optional(Version) }),
        response: answers({
          200: Type.Object(
            { service: Type.String(), files: Type.Array(Type.Object({ path: Type.String(), content: Type.String() })) },
            { title: 'ServiceFiles' },
          ),
        }),
      },
    },
    async (request): Promise<ServiceFiles> => {
      const { id } = request.params
      const files = await packages.files(id, request.query.version)
      if (!files) throw notFound({ en: `a service ${id} in that version`, zh: `服务 ${id} 的该版本` })
      return { service: id, files }
    },
  )

  app.post(
    '/services/:id/versions/:version/activation',
    {
      config: { guard: 'design.service.write' },
      schema: {
        summary: 'Offer a version again (0: the files on disk); refused when it does not go with what else is offered now',
        params: closed({ ...Id.properties, version: Version }),
        body: Type.Optional(nullable(closed({}))),
        response: answers({ 200: ServiceSchema }),
      },
    },
    async (request): Promise<DesignedService> => {
      const { id, version } = request.params
      await packages.activate(id, version, actorOf(request.principal))
      return described(parts, id, request.language)
    },
  )

  app.post(
    '/services/:id/retirement',
    {
      config: { guard: 'design.service.write' },
      schema: {
        summary: 'Set the last day that the service takes declarations; null takes that back. Running cases go on',
        params: Id,
        body: closed({ validTo: nullable(Type.String({ format: 'date' })) }),
        response: answers({ 200: ServiceSchema }),
      },
    },
    async (request): Promise<DesignedService> => {
      const { validTo } = request.body
      await packages.retire(request.params.id, validTo)
      request.auditReason = validTo === null ? 'taken back' : `after ${validTo}`
      return described(parts, request.params.id, request.language)
    },
  )
}

function wantsCases(given: string | undefined): boolean {
  if (given === undefined || given === 'play' || given === 'skip') return given !== 'skip'
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected cases to be play or skip, but found ${given}`,
    zh: `cases 只能为 play 或 skip，实际为 ${given}`,
  })
}

async function described({ window, settings }: ApiParts, id: string, language: Language): Promise<DesignedService> {
  const found = (await window.packages.list()).find((service) => service.id === id)
  if (!found) throw notFound({ en: `a service ${id}`, zh: `服务 ${id}` })
  return viewOf(found, language, settings.zone)
}

function viewOf(service: DescribedService, language: Language, zone: string): DesignedService {
  const { id, name = null, source, version, isOnDisk, validFrom = null, validTo = null, retired, versions, faults } = service
  return {
    id,
    name,
    source,
    version,
    isOnDisk,
    validFrom,
    validTo,
    retired,
    versions: versions.map(({ version: number, deployedAt, deployedBy, note, files }) => ({
      version: number,
      deployedAt: isoTime(deployedAt, zone),
      deployedBy,
      note,
      files,
    })),
    faults: problemsIn(language, faults, 'error'),
  }
}

function problemsIn(
  language: Language,
  problems: readonly FileProblem[],
  severity: ResourceProblem['severity'],
): readonly ResourceProblem[] {
  return problems.map((problem) => {
    const { zh, ...told } = fileProblem(problem, severity)
    return language === 'zh' && zh !== undefined ? { ...told, message: zh } : told
  })
}
