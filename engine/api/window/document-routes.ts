import { Type } from 'typebox'
import type { DocumentFile } from '../../window/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { notFound } from '../problem.ts'
import { answers, closed } from '../schema.ts'
import { ReceiptNo } from './declaration-routes.ts'
import { IssuedDocumentSchema, issuedDocuments } from './declaration-status-view.ts'
import { ownDeclaration } from './own-declaration.ts'

export function addDocumentRoutes(app: Api, { window, settings }: ApiParts): void {
  app.get(
    '/declarations/:receiptNo/documents',
    {
      config: { guard: 'window.document.read' },
      schema: {
        summary: 'Documents issued so far',
        params: ReceiptNo,
        response: answers({ 200: Type.Object({ items: Type.Array(IssuedDocumentSchema) }) }),
      },
    },
    async (request) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const status = await window.status(receiptNo)
      return { items: status ? issuedDocuments(status, request.language, settings.zone) : [] }
    },
  )

  app.get(
    '/documents/:documentId',
    {
      config: { guard: 'window.document.read' },
      schema: {
        summary: 'A document itself',
        params: closed({ documentId: Type.String({ maxLength: 200 }) }),
        response: answers({ 200: Type.String({ description: 'In its own content type: a PDF, for most' }) }),
      },
    },
    async (request, reply) => {
      const { documentId } = request.params
      const document = await window.document(documentId)
      const owner = document && (await ownDeclaration(window, request.principal, document.receiptNo).catch(() => undefined))
      if (!document || !owner) throw notFound({ en: `a document ${documentId}`, zh: `文书 ${documentId}` })
      // It is made from what people typed: never to be run by a browser as a page of this site.
      reply
        .header('content-disposition', `inline; filename="${fileNameOf(document)}"`)
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      return reply.type(document.contentType).send(Buffer.from(document.content))
    },
  )
}

function fileNameOf({ kind, documentId, contentType }: DocumentFile): string {
  return encodeURIComponent(`${kind}-${documentId}.${contentType === 'application/pdf' ? 'pdf' : 'html'}`)
}
