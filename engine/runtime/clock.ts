import type { EpochMs } from '../kernel/index.ts'
import type { Clock } from './contract.ts'

/** The longest delay setTimeout takes; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/** The wall clock as it is. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    schedule: (dueAt, callback) => scheduleReal(() => dueAt - Date.now(), callback),
    toRealMs: (ms) => ms,
  }
}

/**
 * A clock that runs `factor` times as fast as the wall clock: `origin` is its time when the wall clock says `realOrigin`.
 * Both are given, so that a restarted node goes on where it was.
 */
export function scaledClock(options: { readonly factor: number; readonly realOrigin: EpochMs; readonly origin: EpochMs }): Clock {
  const { factor, realOrigin, origin } = options
  if (!(factor > 0)) throw new Error(`Expected a clock factor above 0, but found ${factor}`)
  const now = (): EpochMs => Math.floor(origin + (Date.now() - realOrigin) * factor)
  return {
    now,
    schedule: (dueAt, callback) => scheduleReal(() => (dueAt - now()) / factor, callback),
    toRealMs: (ms) => ms / factor,
  }
}

/** A clock that stands still where it was pinned, until it is pinned elsewhere. For demonstrations, and tests over HTTP. */
export interface PinnedClock extends Clock {
  /** Sets the time, never back, and calls back what falls due until then. @throws RangeError when it would go back. */
  pin(at: EpochMs): void
}

/**
 * Machines are not compressed by a clock that stands still: what waits for one of them waits in real time (`toRealMs` is the
 * same as for the wall clock).
 */
export function pinnedClock(origin: EpochMs): PinnedClock {
  let now = origin
  let alarms: { readonly dueAt: EpochMs; readonly callback: () => void }[] = []
  const ring = (): void => {
    const due = alarms.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt)
    alarms = alarms.filter((alarm) => !due.includes(alarm))
    for (const { callback } of due) callback()
  }
  return {
    now: () => now,
    toRealMs: (ms) => ms,
    schedule: (dueAt, callback) => {
      const alarm = { dueAt, callback }
      alarms.push(alarm)
      // As any clock: never inside the call that schedules.
      if (dueAt <= now) setImmediate(ring)
      return () => {
        alarms = alarms.filter((other) => other !== alarm)
      }
    },
    pin: (at) => {
      if (at < now) throw new RangeError(`Expected a time not before ${new Date(now).toISOString()}, found ${new Date(at).toISOString()}`)
      now = at
      ring()
    },
  }
}

/** Calls back after real milliseconds, however many. Does not keep the process alive. Returns a way to cancel. */
export function afterRealMs(delayMs: number, callback: () => void): () => void {
  const dueAt = Date.now() + delayMs
  return scheduleReal(() => dueAt - Date.now(), callback)
}

/** Engine-clock milliseconds that pass during `realMs` of the wall clock. */
export function engineMsOf(clock: Clock, realMs: number): number {
  const ratio = clock.toRealMs(1)
  return ratio > 0 ? Math.ceil(realMs / ratio) : realMs
}

/** Looks again after every partial wait, so that a clock that was set forward or back is noticed. */
function scheduleReal(remainingRealMs: () => number, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    const delay = Math.ceil(remainingRealMs())
    timer = setTimeout(() => (remainingRealMs() > 0 ? arm() : callback()), Math.min(Math.max(delay, 0), LONGEST_TIMEOUT_MS))
    timer.unref()
  }
  arm()
  return () => clearTimeout(timer)
}
