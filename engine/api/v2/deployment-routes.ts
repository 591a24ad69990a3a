import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { KnownToTasks } from '../../runtime/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { resourceProblem } from '../problem-of-error.ts'
import { answers, closed, ResourceProblemSchema } from '../schema.ts'
import { DEFAULT_TENANT, Row } from './engine-schema.ts'
import { deploymentShape } from './shapes.ts'

const MOST_FILES = 100
const LONGEST_NAME = 255
const ACCOUNTS_AT_ONCE = 1_000
/** Tasks of this group go to the enterprise that declared. */
const ENTERPRISE_GROUP = 'enterprise'

const UploadBody = Type.Object({
  resources: Type.Array(Type.String({ format: 'binary' }), {
    minItems: 1,
    maxItems: MOST_FILES,
    description: 'BPMN (.bpmn) and DMN (.dmn) files',
  }),
  tenantId: Type.Optional(Type.String({ default: DEFAULT_TENANT })),
  layout: Type.Optional(Type.Literal('auto')),
})

interface Upload {
  readonly resources: { readonly name: string; readonly content: string }[]
  readonly tenantId: string
  readonly layout: string | undefined
}

/** Files go in as multipart/form-data, all or none. */
export async function addDeploymentRoutes(app: Api, parts: ApiParts): Promise<void> {
  const { engine, settings } = parts
  const limit = settings.uploadLimitBytes
  await app.register(multipart, { limits: { fileSize: limit, files: MOST_FILES, fields: 10, parts: MOST_FILES + 10 } })

  app.post(
    '/deployments',
    {
      bodyLimit: limit,
      config: { guard: 'engine.resource.deploy', bodyLimitBytes: limit, documentedBody: UploadBody },
      schema: {
        summary: 'Deploy BPMN and DMN files: parts named `resources`, all or none',
        querystring: closed({
          layout: Type.Optional(Type.Literal('auto', { description: 'Lay out BPMN files of one process that draw nothing' })),
        }),
        consumes: ['multipart/form-data'],
        response: answers({
          200: Type.Object({
            deploymentKey: Type.String(),
            tenantId: Type.String(),
            deployments: Type.Array(Row),
            warnings: Type.Optional(Type.Array(ResourceProblemSchema)),
          }),
        }),
      },
      onRequest: async (request) => {
        if (Number(request.headers['content-length']) > limit) throw tooLarge()
      },
    },
    async (request) => {
      const { resources, tenantId, layout = request.query.layout } = await readUpload(request, limit)
      if (layout !== undefined && layout !== 'auto')
        throw new ProblemError('INVALID_ARGUMENT', `Expected layout to be "auto" or absent, but found ${JSON.stringify(layout)}`)
      if (resources.length === 0)
        throw new ProblemError('INVALID_ARGUMENT', 'Expected at least one file in a part named "resources", but found none')
      const result = await engine.deploy({
        resources,
        tenantId,
        actor: actorOf(request.principal),
        known: await knownToTasks(parts),
        ...(layout === undefined ? {} : { layout }),
      })
      return {
        deploymentKey: result.deploymentKey,
        tenantId,
        deployments: result.definitions.map((record) =>
          deploymentShape(record, engine.definitions.byKey(record.decisionRequirementsKey ?? '')),
        ),
        ...(result.warnings.length > 0 ? { warnings: result.warnings.map(resourceProblem) } : {}),
      }
    },
  )
}

/** Forms and groups a task may name: a deployment that names others is taken, with a warning. */
async function knownToTasks({ access, window }: Pick<ApiParts, 'access' | 'window'>): Promise<KnownToTasks> {
  const groups = new Set([ENTERPRISE_GROUP])
  for (let from = 0; ; from += ACCOUNTS_AT_ONCE) {
    const { items, total } = await access.listAccounts({ role: 'officer', from, limit: ACCOUNTS_AT_ONCE })
    for (const account of items) for (const group of account.groups) groups.add(group)
    if (from + ACCOUNTS_AT_ONCE >= total) break
  }
  return { hasForm: (formId) => window.forms.officerForm(formId) !== undefined, groups: [...groups] }
}

function tooLarge(): Error {
  return Object.assign(new Error('too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
}

async function readUpload(request: FastifyRequest, limit: number): Promise<Upload> {
  const resources: { name: string; content: string }[] = []
  let tenantId = DEFAULT_TENANT
  let layout: string | undefined
  let size = 0
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const bytes = await part.toBuffer()
        size += bytes.length
        if (size > limit) throw tooLarge()
        if (part.fieldname !== 'resources')
          throw new ProblemError(
            'INVALID_ARGUMENT',
            `Expected files in parts named "resources", but found one in ${JSON.stringify(part.fieldname)}`,
          )
        resources.push({ name: checkedName(part.filename, resources), content: decoded(part.filename, bytes) })
      } else if (part.fieldname === 'tenantId') tenantId = String(part.value)
      else if (part.fieldname === 'layout') layout = String(part.value)
      else
        throw new ProblemError(
          'INVALID_ARGUMENT',
          `Expected the parts "resources", "tenantId" and "layout", but found ${JSON.stringify(part.fieldname)}`,
        )
    }
  } catch (error) {
    if (error instanceof ProblemError || (error as { code?: string }).code?.startsWith('FST_')) throw error
    throw new ProblemError(
      'BROKEN_MULTIPART',
      `Expected a multipart/form-data body, but it cannot be read: ${(error as Error).message}; nothing was stored`,
      { cause: error },
    )
  }
  return { resources, tenantId, layout }
}

function checkedName(name: string, before: readonly { readonly name: string }[]): string {
  if (name.length === 0 || name.length > LONGEST_NAME)
    throw new ProblemError('INVALID_ARGUMENT', `Expected a file name of 1 to ${LONGEST_NAME} characters with its extension`)
  if (before.some((resource) => resource.name === name))
    throw new ProblemError('INVALID_ARGUMENT', `Expected each file name once, but found ${name} twice`)
  return name
}
function decoded(name: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('INVALID_ARGUMENT', `Expected ${name} in UTF-8, but it is in another encoding; save it as UTF-8`)
  }
}
