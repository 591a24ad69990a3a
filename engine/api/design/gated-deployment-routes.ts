import { Type } from 'typebox'
import { VerifyFailure } from '../../verify/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { Finding, GatedDeployment } from '../contract.ts'
import { deployUpload } from '../deploy-upload.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, ResourceNoteSchema, ResourceProblemSchema } from '../schema.ts'
import { Resources, readUpload, refuseTooLarge, takeUploads, type Upload } from '../upload.ts'
import { DEFAULT_TENANT, Row } from '../v2/engine-schema.ts'
import { FindingSchema } from './finding-schema.ts'
import { verifyUpload } from './verified-upload.ts'

const REASON = { least: 10, most: 1_000 }

const GatedBody = Type.Object({
  resources: Resources,
  tenantId: Type.Optional(Type.String({ default: DEFAULT_TENANT })),
  layout: Type.Optional(Type.Literal('auto')),
  override: Type.Optional(
    Type.String({
      minLength: REASON.least,
      maxLength: REASON.most,
      description: 'Why it goes live although the gate refuses it; kept in the audit trail',
    }),
  ),
})

/** Deployment through the gate: what would hang or end twice is refused, unless the caller answers for it with a reason. */
export async function addGatedDeploymentRoutes(app: Api, parts: ApiParts): Promise<void> {
  const limit = parts.settings.uploadLimitBytes
  await takeUploads(app, limit)

  app.post(
    '/deployments',
    {
      bodyLimit: limit,
      config: { guard: 'design.deployment.write', bodyLimitBytes: limit, documentedBody: GatedBody },
      schema: {
        summary: 'Verify and deploy BPMN and DMN files, all or none; refused with all findings (422 DEPLOYMENT_REFUSED)',
        querystring: closed({ layout: Type.Optional(Type.Literal('auto')) }),
        consumes: ['multipart/form-data'],
        response: answers({
          200: Type.Object(
            {
              deploymentKey: Type.String(),
              tenantId: Type.String(),
              deployments: Type.Array(Row),
              warnings: Type.Optional(Type.Array(ResourceProblemSchema)),
              notes: Type.Optional(Type.Array(ResourceNoteSchema)),
              findings: Type.Array(FindingSchema),
              verified: Type.Boolean({ description: 'False: the gate could not answer, and the override stands for it' }),
              override: Type.Optional(Type.String()),
            },
            { title: 'GatedDeployment' },
          ),
        }),
      },
      onRequest: refuseTooLarge(limit),
    },
    async (request): Promise<GatedDeployment> => {
      const upload = await readUpload(request, limit, ['tenantId', 'layout', 'override'])
      const override = checkedReason(upload.fields.override)
      const { findings, verified, refusing } = await passGate(parts, upload, override)
      if (override !== undefined && (refusing.length > 0 || !verified)) request.auditReason = `${overridden(refusing)}: ${override}`
      const deployed = await deployUpload(parts, request.principal, upload, request.query.layout)
      return { ...deployed, findings, verified, ...(override === undefined ? {} : { override }) }
    },
  )
}

interface Passed {
  readonly findings: readonly Finding[]
  readonly refusing: readonly Finding[]
  readonly verified: boolean
}

/** @throws ProblemError with every finding; VerifyFailure when the gate cannot answer and nobody answers for it. */
async function passGate(parts: ApiParts, upload: Upload, override: string | undefined): Promise<Passed> {
  try {
    const { verdict, findings } = await verifyUpload(parts, upload)
    const refusing = findings.filter(({ refuses }) => refuses)
    if (verdict === 'refused' && override === undefined) throw refusal(findings, refusing)
    return { findings, refusing, verified: true }
  } catch (error) {
    if (override === undefined || !(error instanceof VerifyFailure)) throw error
    return { findings: [], refusing: [], verified: false }
  }
}

function refusal(findings: readonly Finding[], refusing: readonly Finding[]): ProblemError {
  const list = refusing.map(({ kind, elementId }) => `${kind} ${elementId}`).join(', ')
  return new ProblemError(
    'DEPLOYMENT_REFUSED',
    {
      en: `Nothing was deployed. Expected a definition that always ends properly, but found: ${list}; correct it, or give the reason for an exception in the part "override"`,
      zh: `未部署任何内容。流程须总能正常结束，但发现：${list}；请修改，或在 "override" 部分说明例外理由`,
    },
    { findings },
  )
}

const overridden = (refusing: readonly Finding[]): string =>
  refusing.length === 0 ? 'not verified' : refusing.map(({ kind, elementId }) => `${kind} ${elementId}`).join(', ')

function checkedReason(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const reason = given.trim()
  if (reason.length >= REASON.least && reason.length <= REASON.most) return reason
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected in "override" a reason of ${REASON.least} to ${REASON.most} characters, but found ${reason.length}`,
    zh: `"override" 中的理由须为 ${REASON.least} 至 ${REASON.most} 个字符，实际为 ${reason.length} 个`,
  })
}
