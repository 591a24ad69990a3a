/** Crockford's base 32: no I, L, O or U, so a number survives the telephone and the printer. */
export const BASE_32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Alphabet of the check character. */
const CHECKED = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export function toBase32(value: bigint, length: number): string {
  let text = ''
  let rest = value
  while (rest > 0n) {
    text = BASE_32.charAt(Number(rest % 32n)) + text
    rest /= 32n
  }
  return text.padStart(length, '0')
}

/** ISO 7064 MOD 37,36: finds every wrong character and nearly every swap of neighbours. */
export function checkCharacter(body: string): string {
  let product = 36
  for (const character of body) {
    const sum = (product + CHECKED.indexOf(character)) % 36 || 36
    product = (sum * 2) % 37
  }
  return CHECKED.charAt((37 - product) % 36)
}
