import type { EpochMs, ProcessInstanceKey } from '../kernel/index.ts'
import { KEYS_PER_INSTANCE } from '../kernel/index.ts'
import { BASE_32, checkCharacter, toBase32 } from './base-32.ts'
import { zonedDay } from './zoned-time.ts'

const PREFIX = 'SW'
const SEQUENCE_LENGTH = 9
const PATTERN = new RegExp(`^${PREFIX}\\d{6}[${BASE_32}]{${SEQUENCE_LENGTH}}[0-9A-Z]$`)

/**
 * Makes the receipt number of a declaration: `SW`, the day it arrived (YYMMDD in `zone`), nine base-32 digits and a check
 * character; 18 in all.
 *
 * The nine digits are the key prefix of the declaration's process instance. The store leases each prefix once in its
 * life, so no two nodes can make the same number and none has to ask another.
 */
export function toReceiptNumber(instanceKey: ProcessInstanceKey, at: EpochMs, zone: string): string {
  const body = `${PREFIX}${zonedDay(at, zone).slice(2).replaceAll('-', '')}${toBase32(BigInt(instanceKey) / BigInt(KEYS_PER_INSTANCE), SEQUENCE_LENGTH)}`
  return body + checkCharacter(body)
}

/** True when the text has the form of a receipt number and its check character fits. */
export function isReceiptNumber(text: string): boolean {
  return PATTERN.test(text) && checkCharacter(text.slice(0, -1)) === text.slice(-1)
}
