import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import type { VerificationAnswer } from '../contract.ts'
import { answers, ResourceProblemSchema } from '../schema.ts'
import { Resources, readUpload, refuseTooLarge, takeUploads } from '../upload.ts'
import { FindingSchema, VerifiedResourceSchema } from './finding-schema.ts'
import { verifyUpload } from './verified-upload.ts'

/** The gate by itself: nothing is stored. */
export async function addVerificationRoutes(app: Api, parts: ApiParts): Promise<void> {
  const limit = parts.settings.uploadLimitBytes
  await takeUploads(app, limit)

  app.post(
    '/verifications',
    {
      bodyLimit: limit,
      config: { guard: 'design.verification.read', bodyLimitBytes: limit, documentedBody: Type.Object({ resources: Resources }) },
      schema: {
        summary: 'Verify BPMN and DMN files: parts named `resources`; explores all paths and asks bpmn-engine for a second opinion',
        consumes: ['multipart/form-data'],
        response: answers({
          200: Type.Object(
            {
              verdict: Type.Enum(['passes', 'refused', 'broken'], { description: 'What a deployment without an override would do' }),
              findings: Type.Array(FindingSchema),
              problems: Type.Array(ResourceProblemSchema),
              resources: Type.Array(VerifiedResourceSchema),
            },
            { title: 'VerificationAnswer' },
          ),
        }),
      },
      onRequest: refuseTooLarge(limit),
    },
    async (request): Promise<VerificationAnswer> => verifyUpload(parts, await readUpload(request, limit, [])),
  )
}
