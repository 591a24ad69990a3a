import { createHash, createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import type { EpochMs } from '../../kernel/index.ts'
import { BASE_32 } from '../base-32.ts'

/** What the operator's signature says about a document. */
export interface Statement {
  readonly number: string
  readonly kind: string
  readonly receiptNo: string
  readonly holder: string
  readonly issuedAt: EpochMs
  readonly validUntil: EpochMs | null
  /** SHA-256 of the file, hex. */
  readonly digest: string
  readonly keyId: string
}

const CODE_LENGTH = 10

export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The bytes that are signed: the statement's values in this order, as a JSON list. Anyone can make them again. */
export function statementText({ number, kind, receiptNo, holder, issuedAt, validUntil, digest, keyId }: Statement): string {
  const times = [issuedAt, validUntil].map((at) => (at === null ? null : new Date(at).toISOString()))
  return JSON.stringify([number, kind, receiptNo, holder, ...times, digest, keyId])
}

/** Ed25519, base 64 for URLs. */
export function signStatement(statement: Statement, key: KeyObject): string {
  return sign(null, Buffer.from(statementText(statement)), key).toString('base64url')
}

export function isSignedBy(statement: Statement, signature: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(statementText(statement)), key, Buffer.from(signature, 'base64url'))
}

/**
 * Printed beside the number (`ABCDE-FGHJK`) and part of the address in the QR code: numbers follow each other, so a
 * number alone must not open a document to whoever counts.
 */
export function checkCodeOf(number: string, secret: string): string {
  const bytes = createHmac('sha256', Buffer.from(secret, 'base64')).update(number).digest()
  const code = [...bytes.subarray(0, CODE_LENGTH)].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('')
  return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`
}

/** Compares in constant time; case, blanks and the hyphen do not count, and letters read for digits are taken for them. */
export function isCheckCode(given: string, code: string): boolean {
  const [a, b] = [plainCode(given), plainCode(code)].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(a, b)
}
function plainCode(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
}
