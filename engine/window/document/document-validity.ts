import { DateTime, Duration } from 'luxon'
import type { EpochMs } from '../../kernel/index.ts'

/** Until when a document is valid, or what is wrong with what the model said. */
export type Validity =
  | { readonly ok: true; readonly validUntil: EpochMs | null }
  | { readonly ok: false; readonly expected: string; readonly found: string }

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** `validFor` is a duration from `issuedAt`, counted in the calendar of the zone; `validUntil` a time, or a day to its end. */
export function validityOf(
  told: { readonly validFor?: unknown; readonly validUntil?: unknown },
  issuedAt: EpochMs,
  zone: string,
): Validity {
  const { validFor, validUntil } = told
  if (isTold(validUntil)) {
    const at = typeof validUntil === 'number' ? DateTime.fromMillis(validUntil) : endOf(String(validUntil), zone)
    return at.isValid ? { ok: true, validUntil: at.toMillis() } : wrong('validUntil to be an ISO 8601 day or time', validUntil)
  }
  if (isTold(validFor)) {
    const duration = Duration.fromISO(String(validFor))
    const end = duration.isValid ? DateTime.fromMillis(issuedAt, { zone }).plus(duration).toMillis() : issuedAt
    return end > issuedAt ? { ok: true, validUntil: end } : wrong('validFor to be an ISO 8601 duration such as PT24H', validFor)
  }
  return { ok: true, validUntil: null }
}

function endOf(text: string, zone: string): DateTime {
  // FEEL adds the zone's name behind the offset, or instead of it.
  const named = /^(.*?)(?:@([\w/+-]+)|\[([\w/+-]+)\])$/.exec(text)
  const at = DateTime.fromISO(named?.[1] ?? text, { zone: named?.[2] ?? named?.[3] ?? zone })
  return DAY.test(text) ? at.endOf('day').startOf('second') : at
}

function isTold(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
function wrong(expected: string, found: unknown): Validity {
  return { ok: false, expected, found: JSON.stringify(found) }
}
