import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** `swk` for API keys, `sws` for sessions: a leaked one can be recognised. */
export type TokenKind = 'swk' | 'sws'
export interface Token {
  readonly kind: TokenKind
  readonly id: string
  readonly secret: string
}
const SECRET_BYTES = 32
const ID_BYTES = 9
const TOKEN = /^(swk|sws)_([A-Za-z0-9-]{4,40})_([A-Za-z0-9_-]{40,100})$/

export function randomId(): string {
  return randomBytes(ID_BYTES).toString('hex')
}
export function newToken(kind: TokenKind): Token {
  return { kind, id: randomId(), secret: randomBytes(SECRET_BYTES).toString('base64url') }
}
export function tokenText(token: Token): string {
  return `${token.kind}_${token.id}_${token.secret}`
}
export function parseToken(text: string): Token | undefined {
  const match = TOKEN.exec(text)
  const [, kind, id, secret] = match ?? []
  if (!kind || !id || !secret) return undefined
  return { kind: kind as TokenKind, id, secret }
}

/**
 * Hash of a token's secret, hex. One round of SHA-256 is right here, though not for passwords: the secret is 256 random
 * bits, so there is nothing to guess that a slow hash would make dearer, and every request of a machine is checked.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
/** Compares in constant time. */
export function secretMatches(secret: string, hash: string): boolean {
  const found = Buffer.from(hashSecret(secret), 'hex')
  const expected = Buffer.from(hash, 'hex')
  return found.length === expected.length && timingSafeEqual(found, expected)
}
