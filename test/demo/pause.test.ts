import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { pause } from './pause.ts'

const LONG_MS = 600_000

describe('a pause', () => {
  test('puts one listener on its signal, however many sleep, and all wake when it aborts', async () => {
    const ending = new AbortController()
    const sleeping = Promise.all(Array.from({ length: 30 }, () => pause(LONG_MS, ending.signal)))

    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1)
    ending.abort()

    await expect(sleeping).resolves.toHaveLength(30)
  })

  test('is over by itself, and at once when the signal has aborted', async () => {
    await pause(0, new AbortController().signal)
    await pause(LONG_MS, AbortSignal.abort())
  })
})
