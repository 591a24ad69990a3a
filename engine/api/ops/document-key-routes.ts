import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers } from '../schema.ts'

export function addDocumentKeyRoutes(app: Api, { window }: ApiParts): void {
  app.post(
    '/document-keys/rotation',
    {
      config: { guard: 'ops.document-key.write' },
      schema: {
        summary: 'Sign documents with a new key from now on; what older keys signed stays genuine',
        response: answers({ 200: Type.Object({ keyId: Type.String() }) }),
      },
    },
    async () => ({ keyId: await window.rotateDocumentKey() }),
  )
}
