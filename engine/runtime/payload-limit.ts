import type { Json, Variables } from '../kernel/index.ts'
import { EngineFailure } from './contract.ts'

export const DEFAULT_MAX_PAYLOAD_BYTES = 4 * 1024 * 1024

/** Refuses variables whose JSON is larger than the limit, before anything is written. @throws EngineFailure */
export function checkPayload(variables: Variables, maxBytes: number): void {
  // The estimate is never too small, so the exact size is only computed for what may be too large.
  if (sizeEstimate(variables) <= maxBytes) return
  const sizeBytes = Buffer.byteLength(JSON.stringify(variables))
  if (sizeBytes <= maxBytes) return
  throw new EngineFailure(
    'INVALID_ARGUMENT',
    `Expected variables of at most ${maxBytes} bytes of JSON, but found ${sizeBytes} bytes. Keep large content in documents and pass a reference.`,
  )
}

/** Upper bound of the bytes of a value's JSON: six for each character of a text, as if all were escaped. */
export function sizeEstimate(value: Json | undefined): number {
  if (typeof value === 'string') return value.length * 6 + 2
  if (typeof value !== 'object' || value === null) return 24
  let size = 2
  if (Array.isArray(value)) {
    for (const item of value) size += sizeEstimate(item) + 1
    return size
  }
  for (const [name, item] of Object.entries(value)) size += name.length * 6 + 4 + sizeEstimate(item)
  return size
}
