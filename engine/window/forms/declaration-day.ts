import type { Json } from '../../kernel/index.ts'
import { zonedDay } from '../zoned-time.ts'
import { isCalendarDay, isDateTime, isUtcMinute } from './checksum.ts'
import type { DeclarationForm } from './declaration-form.ts'

// Codes are those of the Chinese authorities: a day begins where they are.
const ZONE = 'Asia/Shanghai'

/** The day that decides which codes are valid: that of the item which the form names in `x-day` (`decl_date` when it names none). */
export function declarationDay(form: DeclarationForm, data: Json): string | undefined {
  const item = typeof form.schema['x-day'] === 'string' ? form.schema['x-day'] : 'decl_date'
  const value = typeof data === 'object' && data !== null && Object.hasOwn(data, item) ? (data as Record<string, unknown>)[item] : undefined
  if (typeof value !== 'string') return undefined
  if (isCalendarDay(value)) return value
  return isUtcMinute(value) || isDateTime(value) ? zonedDay(Date.parse(value), ZONE) : undefined
}
