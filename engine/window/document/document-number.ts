import { BASE_32, checkCharacter, toBase32 } from '../base-32.ts'

const PREFIX = 'SWD'
const DIGITS = 11
/** The keys of jobs have at most 19 digits: 13 in base 32. */
const PATTERN = new RegExp(`^${PREFIX}[${BASE_32}]{${DIGITS},13}[0-9A-Z]$`)

/**
 * Number of the document that a job issues: `SWD`, the job's key in base 32, a check character. A job that is done again
 * finds the number taken, and by that the document it had issued.
 */
export function toDocumentNumber(jobKey: string): string {
  const body = PREFIX + toBase32(BigInt(jobKey), DIGITS)
  return body + checkCharacter(body)
}

/** True when the text has the form of a document number and its check character fits. */
export function isDocumentNumber(text: string): boolean {
  return PATTERN.test(text) && checkCharacter(text.slice(0, -1)) === text.slice(-1)
}
