import type { EpochMs, ProcessInstanceKey } from '../kernel/index.ts'
import { KEYS_PER_INSTANCE } from '../kernel/index.ts'
import { zonedDay } from './zoned-time.ts'

/** Crockford's base 32: no I, L, O or U, so a number survives the telephone and the printer. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const PREFIX = 'SW'
const SEQUENCE_LENGTH = 9
const PATTERN = new RegExp(`^${PREFIX}\\d{6}[${DIGITS}]{${SEQUENCE_LENGTH}}[0-9A-Z]$`)
/** Alphabet of the check character. */
const CHECKED = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/**
 * Makes the receipt number of a declaration: `SW`, the day it arrived (YYMMDD in `zone`), nine base-32 digits and a check
 * character; 18 in all.
 *
 * The nine digits are the key prefix of the declaration's process instance. The store leases each prefix once in its
 * life, so no two nodes can make the same number and none has to ask another.
 */
export function toReceiptNumber(instanceKey: ProcessInstanceKey, at: EpochMs, zone: string): string {
  const body = `${PREFIX}${zonedDay(at, zone).slice(2).replaceAll('-', '')}${toBase32(BigInt(instanceKey) / BigInt(KEYS_PER_INSTANCE))}`
  return body + checkCharacter(body)
}

/** True when the text has the form of a receipt number and its check character fits. */
export function isReceiptNumber(text: string): boolean {
  return PATTERN.test(text) && checkCharacter(text.slice(0, -1)) === text.slice(-1)
}

function toBase32(value: bigint): string {
  let text = ''
  let rest = value
  while (rest > 0n) {
    text = DIGITS.charAt(Number(rest % 32n)) + text
    rest /= 32n
  }
  return text.padStart(SEQUENCE_LENGTH, '0')
}

/** ISO 7064 MOD 37,36: finds every wrong character and nearly every swap of neighbours. */
function checkCharacter(body: string): string {
  let product = 36
  for (const character of body) {
    const sum = (product + CHECKED.indexOf(character)) % 36 || 36
    product = (sum * 2) % 37
  }
  return CHECKED.charAt((37 - product) % 36)
}
