import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { scaledClock, systemClock } from '../../engine/runtime/index.ts'

const START = Date.parse('2026-03-02T09:00:00+08:00')
const DAY = 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the system clock', () => {
  test.each([1_000, 25 * DAY, 60 * DAY, 800 * DAY])('calls back after %i ms, not at once and not never', (length) => {
    const callback = vi.fn()
    systemClock().schedule(START + length, callback)

    vi.advanceTimersByTime(length - 1)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)

    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('does not call back what was cancelled, however far ahead', () => {
    const callback = vi.fn()
    const cancel = systemClock().schedule(START + 60 * DAY, callback)
    vi.advanceTimersByTime(30 * DAY)

    cancel()
    vi.advanceTimersByTime(60 * DAY)

    expect(callback).not.toHaveBeenCalled()
  })
})

describe('a scaled clock', () => {
  test('runs as many times as fast, from its origin, also after a restart', () => {
    const origin = Date.parse('2026-06-01T00:00:00+08:00')
    const options = { factor: 60, realOrigin: START, origin }
    const clock = scaledClock(options)

    vi.advanceTimersByTime(60_000)

    expect(clock.now()).toBe(origin + 3_600_000)
    expect(scaledClock(options).now()).toBe(clock.now())
    expect(clock.toRealMs(60_000)).toBe(1_000)
  })

  test('calls back in its own time', () => {
    const callback = vi.fn()
    scaledClock({ factor: 60, realOrigin: START, origin: 0 }).schedule(3_600_000, callback)

    vi.advanceTimersByTime(59_999)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)

    expect(callback).toHaveBeenCalledTimes(1)
  })
})
