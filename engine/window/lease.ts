import type { Clock } from '../runtime/index.ts'

const MINUTE_MS = 60_000
/** What a handler may take in real time even when the clock is compressed: the machine is not. */
const REAL_FLOOR_MS = 10_000

/** Engine-clock ms a job of the window's own workers may take: `atLeastMs`, and never less than ten real seconds. */
export function leaseMs(clock: Clock, atLeastMs: number = MINUTE_MS, realFloorMs: number = REAL_FLOOR_MS): number {
  return Math.max(atLeastMs, engineMsOf(clock, realFloorMs))
}

/** Engine-clock ms that pass during `realMs`. */
export function engineMsOf(clock: Clock, realMs: number): number {
  const realPerMinute = clock.toRealMs(MINUTE_MS)
  return realPerMinute > 0 ? Math.ceil((realMs / realPerMinute) * MINUTE_MS) : realMs
}
