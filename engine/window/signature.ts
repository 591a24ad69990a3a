import { createHmac } from 'node:crypto'

/** Value of `X-Window-Signature`: HMAC-SHA256 of the exact bytes that are sent. */
export function signatureOf(secret: string, content: string): string {
  return `sha256=${createHmac('sha256', secret).update(content).digest('hex')}`
}
