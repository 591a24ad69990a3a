import { Duration } from 'luxon'

/** Milliseconds of an ISO 8601 duration (`PT5M`); undefined when it is none, or not positive. */
export function parseDurationMs(text: string): number | undefined {
  const duration = Duration.fromISO(text.trim())
  const ms = duration.isValid ? duration.toMillis() : 0
  return ms > 0 ? ms : undefined
}
