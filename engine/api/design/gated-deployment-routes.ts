import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import type { Finding, GatedDeployment } from '../contract.ts'
import { deployUpload } from '../deploy-upload.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, ResourceNoteSchema, ResourceProblemSchema } from '../schema.ts'
import { Resources, readUpload, refuseTooLarge, takeUploads } from '../upload.ts'
import { DEFAULT_TENANT, Row } from '../v2/engine-schema.ts'
import { askGate, checkedReason, findingList, REASON, setAside } from './ask-gate.ts'
import { FindingSchema } from './finding-schema.ts'

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
      const answer = await askGate(parts, upload, override)
      const { findings, refusing, verified } = answer
      if (refusing.length > 0 && !answer.isBroken && override === undefined) throw refusal(findings, refusing)
      const reason = setAside(answer, override)
      if (reason !== undefined) request.auditReason = reason
      const deployed = await deployUpload(parts, request.principal, upload, request.query.layout)
      return { ...deployed, findings, verified, ...(override === undefined ? {} : { override }) }
    },
  )
}

function refusal(findings: readonly Finding[], refusing: readonly Finding[]): ProblemError {
  const list = findingList(refusing)
  return new ProblemError(
    'DEPLOYMENT_REFUSED',
    {
      en: `Nothing was deployed. Expected a definition that always ends properly, but found: ${list}; correct it, or give the reason for an exception in the part "override"`,
      zh: `未部署任何内容。流程须总能正常结束，但发现：${list}；请修改，或在 "override" 部分说明例外理由`,
    },
    { findings },
  )
}
