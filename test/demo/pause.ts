/** Who sleeps on each signal. */
const sleepers = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Resolves after so long, or at once when the signal aborts. All the people of a demonstration sleep on one signal at the
 * same time, so the signal gets one listener that wakes them all, not one for each.
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const asleep = sleepers.get(signal) ?? listen(signal)
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      asleep.delete(wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    asleep.add(wake)
  })
}

function listen(signal: AbortSignal): Set<() => void> {
  const asleep = new Set<() => void>()
  sleepers.set(signal, asleep)
  const wakeAll = () => {
    for (const wake of asleep) wake()
  }
  signal.addEventListener('abort', wakeAll, { once: true })
  return asleep
}
