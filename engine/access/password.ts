import { hash, verify } from '@node-rs/argon2'
import { AccessFailure } from './contract.ts'

export const SHORTEST_PASSWORD = 12
/** Argon2 reads it whole; beyond this it only costs time. */
const LONGEST_PASSWORD = 256
/** 19 MiB and two passes: the OWASP minimum for argon2id, some 25 ms. The default algorithm of the package is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** @throws AccessFailure `INVALID_ARGUMENT` when the password is too weak. */
export function checkPassword(password: string, name: string): void {
  const length = [...password].length
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    throw new AccessFailure(
      'INVALID_ARGUMENT',
      `Expected a password of ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters, but found ${length}; choose a longer sentence`,
    )
  }
  if (password.toLowerCase().includes(name.toLowerCase())) {
    throw new AccessFailure('INVALID_ARGUMENT', 'Expected a password without the account name in it; choose another one')
  }
  if (new Set(password).size < 5) {
    throw new AccessFailure('INVALID_ARGUMENT', 'Expected a password of at least 5 different characters; choose another one')
  }
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}
export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password)
}

let decoy: Promise<string> | undefined
/** Takes as long as a real check, so that the time of an answer does not tell whether an account exists. */
export async function pretendToVerify(password: string): Promise<false> {
  decoy ??= hashPassword('no account has this password')
  await verify(await decoy, password)
  return false
}
