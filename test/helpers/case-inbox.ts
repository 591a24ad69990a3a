import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CaseMessage, CaseReceipt } from '../../engine/verify/cases/index.ts'

/** One HTTP server that stands for every agency: `<url>/<agencyId>` takes its messages, and `answer` says what becomes of them. */
export interface Inbox {
  readonly url: string
  answer: (message: CaseMessage) => Promise<CaseReceipt>
  close(): Promise<void>
}
export async function openInbox(): Promise<Inbox> {
  const server: Server = createServer((request, response) => void receive(inbox, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const inbox: Inbox = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: async () => ({ kind: 'received', ack: {} }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return inbox
}
async function receive(inbox: Inbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request) {
    // Read to its end: a message that is not read keeps its connection.
  }
  const header = (name: string) => String(request.headers[name] ?? '')
  const receipt = await inbox.answer({
    receiptNo: header('x-window-receipt'),
    agencyId: (request.url ?? '').slice(1),
    message: header('x-window-message'),
    idempotencyKey: header('idempotency-key'),
  })
  const [status, body] =
    receipt.kind === 'received'
      ? [200, { status: 'received', ...receipt.ack }]
      : receipt.kind === 'refused'
        ? [422, { status: 'refused', reason: receipt.reason }]
        : [503, { status: 'silent' }]
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
