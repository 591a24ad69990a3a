import type { Clock } from '../../engine/runtime/index.ts'

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, calling back what falls due on the way at its own time, earliest first. */
  advance(ms: number): void
  /** Jumps to a time, also back; what is due is called back once, at the new time. */
  set(now: number): void
}

export const FAKE_CLOCK_ORIGIN = Date.parse('2026-03-02T09:00:00+08:00')

export function fakeClock(origin = FAKE_CLOCK_ORIGIN): FakeClock {
  let now = origin
  let alarms: { readonly dueAt: number; readonly callback: () => void }[] = []
  const ring = (until: number, isJump: boolean): void => {
    for (;;) {
      const [next] = alarms.filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)
      if (!next) return
      alarms = alarms.filter((alarm) => alarm !== next)
      if (!isJump) now = Math.max(now, next.dueAt)
      next.callback()
    }
  }
  return {
    now: () => now,
    toRealMs: (ms) => ms,
    schedule: (dueAt, callback) => {
      const alarm = { dueAt, callback }
      alarms.push(alarm)
      // As a real clock: never inside the call that schedules.
      if (dueAt <= now) setImmediate(() => ring(now, true))
      return () => {
        alarms = alarms.filter((other) => other !== alarm)
      }
    },
    advance: (ms) => {
      const target = now + ms
      ring(target, false)
      now = target
    },
    set: (target) => {
      now = target
      ring(now, true)
    },
  }
}
