/** What is wrong with a checked identifier; `check` carries the character that was expected. */
export type IdentifierProblem =
  | { readonly kind: 'length'; readonly expected: number }
  | { readonly kind: 'characters' }
  | { readonly kind: 'check'; readonly position: number; readonly expected: string; readonly found: string }

// GB 32100: 31 symbols, without I, O, S, V and Z.
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** Checks a unified social credit code: GB 32100 check character, and the GB 11714 one of the organisation code inside it. */
export function findUsccProblem(code: string): IdentifierProblem | undefined {
  if (code.length !== 18) return { kind: 'length', expected: 18 }
  if (!/^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code)) return { kind: 'characters' }
  return (
    compareCheck(code, 18, usccCheckCharacter(code.slice(0, 17))) ?? compareCheck(code, 17, organisationCheckCharacter(code.slice(8, 16)))
  )
}

/** Check character of the 17 characters before it (GB 32100): weights are powers of 3 modulo 31. */
export function usccCheckCharacter(code17: string): string {
  let weight = 1
  let sum = 0
  for (const symbol of code17) {
    sum += USCC_ALPHABET.indexOf(symbol) * weight
    weight = (weight * 3) % 31
  }
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31)
}

/** Check character of an organisation code of eight characters (GB 11714): A = 10 … Z = 35, 10 is written X, 11 is 0. */
export function organisationCheckCharacter(code8: string): string {
  let sum = 0
  ORGANISATION_WEIGHTS.forEach((weight, index) => {
    sum += Number.parseInt(code8.charAt(index), 36) * weight
  })
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}

/** Checks a container number (ISO 6346): owner of three letters, U, J or Z, six digits, check digit. */
export function findContainerProblem(number: string): IdentifierProblem | undefined {
  if (number.length !== 11) return { kind: 'length', expected: 11 }
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(number)) return { kind: 'characters' }
  return compareCheck(number, 11, containerCheckDigit(number.slice(0, 10)))
}

/** Check digit of the ten characters before it. Remainder 10 is written 0. */
export function containerCheckDigit(number10: string): string {
  let sum = 0
  ;[...number10].forEach((symbol, position) => {
    sum += containerValue(symbol) * 2 ** position
  })
  return String((sum % 11) % 10)
}

// Letters count up from A = 10 and skip the multiples of 11 (B = 12, L = 23, V = 34).
function containerValue(symbol: string): number {
  if (symbol >= '0' && symbol <= '9') return Number(symbol)
  const place = symbol.charCodeAt(0) - 65
  return 10 + place + (place > 0 ? 1 : 0) + (place > 10 ? 1 : 0) + (place > 20 ? 1 : 0)
}

const IMO_WEIGHTS = [7, 6, 5, 4, 3, 2]

/** Checks an IMO number of a ship or a company: seven digits, the last of which checks the six before it. */
export function findImoProblem(number: string): IdentifierProblem | undefined {
  if (number.length !== 7) return { kind: 'length', expected: 7 }
  if (!/^\d{7}$/.test(number)) return { kind: 'characters' }
  return compareCheck(number, 7, imoCheckDigit(number.slice(0, 6)))
}

/** Last digit of the sum of six digits times 7, 6, 5, 4, 3 and 2. */
export function imoCheckDigit(number6: string): string {
  return String([...number6].reduce((sum, digit, place) => sum + Number(digit) * (IMO_WEIGHTS[place] ?? 0), 0) % 10)
}

/** Checks a resident identity number (GB 11643): district, day of birth, order, check character (ISO 7064 MOD 11-2). */
export function findResidentIdProblem(number: string): IdentifierProblem | undefined {
  if (number.length !== 18) return { kind: 'length', expected: 18 }
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return { kind: 'characters' }
  if (!isCalendarDay(`${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`)) return { kind: 'characters' }
  return compareCheck(number, 18, residentIdCheckCharacter(number.slice(0, 17)))
}

/** Check character of the 17 digits before it. */
export function residentIdCheckCharacter(number17: string): string {
  const sum = [...number17].reduce((total, digit, place) => total + Number(digit) * (2 ** (17 - place) % 11), 0)
  return '10X98765432'.charAt(sum % 11)
}

/** Checks a customs declaration number: customs office (4), year (4), direction (1 import, 0 export, I or E on a list), serial (9). */
export function findDeclarationNumberProblem(number: string): IdentifierProblem | undefined {
  if (number.length !== 18) return { kind: 'length', expected: 18 }
  return /^\d{4}(?:19|20)\d{2}[01IE]\d{9}$/.test(number) ? undefined : { kind: 'characters' }
}

/** Checks a maritime mobile service identity of a ship: nine digits, of which the first three are a country's (201 to 775). */
export function findMmsiProblem(number: string): IdentifierProblem | undefined {
  if (number.length !== 9) return { kind: 'length', expected: 9 }
  const country = Number(number.slice(0, 3))
  return /^\d{9}$/.test(number) && country >= 201 && country <= 775 ? undefined : { kind: 'characters' }
}

/** True for a real day written `YYYY-MM-DD`. */
export function isCalendarDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  return year > 0 && days !== undefined && day >= 1 && day <= days
}

/** True for a minute in UTC written `YYYY-MM-DDThh:mmZ`; such times sort as text. */
export function isUtcMinute(text: string): boolean {
  const match = /^(.{10})T([01]\d|2[0-3]):[0-5]\dZ$/.exec(text)
  return match !== null && isCalendarDay(match[1] ?? '')
}

/** True for an ISO 8601 time with seconds and an offset. */
export function isDateTime(text: string): boolean {
  const match = /^(.{10})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/.exec(text)
  return match !== null && isCalendarDay(match[1] ?? '')
}

/** True when every character can be written in XML and JSON: no control characters but tab and line breaks, no half surrogates. */
export function isPlainText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to refuse
  return !/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u.test(text)
}

function compareCheck(code: string, position: number, expected: string): IdentifierProblem | undefined {
  const found = code.charAt(position - 1)
  return found === expected ? undefined : { kind: 'check', position, expected, found }
}
