import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { deployUpload } from '../deploy-upload.ts'
import { answers, closed, ResourceNoteSchema, ResourceProblemSchema } from '../schema.ts'
import { Resources, readUpload, refuseTooLarge, takeUploads } from '../upload.ts'
import { DEFAULT_TENANT, Row } from './engine-schema.ts'

const UploadBody = Type.Object({
  resources: Resources,
  tenantId: Type.Optional(Type.String({ default: DEFAULT_TENANT })),
  layout: Type.Optional(Type.Literal('auto')),
})

/** Files go in as multipart/form-data, all or none. What Camunda takes is taken: the gate is at /design/v1/deployments. */
export async function addDeploymentRoutes(app: Api, parts: ApiParts): Promise<void> {
  const limit = parts.settings.uploadLimitBytes
  await takeUploads(app, limit)

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
            notes: Type.Optional(Type.Array(ResourceNoteSchema)),
          }),
        }),
      },
      onRequest: refuseTooLarge(limit),
    },
    async (request) =>
      deployUpload(parts, request.principal, await readUpload(request, limit, ['tenantId', 'layout']), request.query.layout),
  )
}
