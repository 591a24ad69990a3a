import type { Store } from '../../engine/store/index.ts'

/** A store whose node can die: from then on no call of it is answered, as for a process that is gone. */
export interface CrashingStore {
  readonly store: Store
  /** Writes that were asked for so far. */
  readonly writes: number
  readonly isDead: boolean
  /** Resolves when it dies. */
  readonly died: Promise<void>
  /** Lets it die at that write from now on, in place of the one that was said first. */
  dieIn(writes: number): void
}

const WRITES = new Set<string | symbol>([
  ...['commit', 'leaseKeys', 'leaseJobs', 'releaseJobs', 'dropRow', 'removeOutbox', 'postponeOutbox', 'addOutbox', 'saveDeployment'],
  ...['insertMessage', 'claimMessage', 'settleMessage', 'expireMessages', 'insert', 'replace', 'delete'],
])
const NEVER = new Promise<never>(() => undefined)

/**
 * The node dies at its `at`-th write: `before` it reaches the disk, or `after`, when the answer is lost.
 * Other nodes on the same store live on.
 */
export function crashingStore(store: Store, at: number, moment: 'before' | 'after'): CrashingStore {
  let last = at
  let die: () => void = () => undefined
  const died = new Promise<void>((resolve) => {
    die = resolve
  })
  const dieIn = (writes: number): void => {
    last = node.writes + writes
  }
  const node = { store, writes: 0, isDead: false, died, dieIn }
  const wrapped = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (name === 'documents') return wrapped((value as (...args: unknown[]) => object).apply(target, args))
          return call(name, () => (value as (...args: unknown[]) => Promise<unknown>).apply(target, args))
        }
      },
    })
  const call = async (name: string | symbol, execute: () => Promise<unknown>): Promise<unknown> => {
    if (node.isDead) return NEVER
    if (WRITES.has(name) && ++node.writes === last) {
      node.isDead = true
      if (moment === 'after') await execute().catch(() => undefined)
      die()
      return NEVER
    }
    const result = await execute()
    return node.isDead ? NEVER : result
  }
  node.store = wrapped(store)
  return node
}
