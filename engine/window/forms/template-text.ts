import { Decimal } from 'decimal.js'

/** A value as text: numbers in plain notation, true and false as 1 and 0 (the agencies' flags). */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return new Decimal(value).toFixed()
  if (typeof value === 'boolean') return value ? '1' : '0'
  throw new Error(
    `Expected a template to write a text, number or flag, but found ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
  )
}

export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
