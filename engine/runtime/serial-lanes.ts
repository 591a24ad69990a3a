/** Runs tasks of the same key one after the other, in the order they came, and tasks of different keys side by side. */
export class SerialLanes {
  private readonly lanes = new Map<string, (() => void)[]>()
  private waiting = 0
  private idleWaiters: (() => void)[] = []

  /** Tasks that run or wait. */
  get size(): number {
    return this.lanes.size + this.waiting
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key)
    if (lane) {
      this.waiting++
      await new Promise<void>((resolve) => lane.push(resolve))
      this.waiting--
    } else {
      this.lanes.set(key, [])
    }
    try {
      return await task()
    } finally {
      this.leave(key)
    }
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.lanes.size === 0) return
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve))
  }

  private leave(key: string): void {
    const next = this.lanes.get(key)?.shift()
    if (next) {
      next()
      return
    }
    this.lanes.delete(key)
    if (this.lanes.size > 0) return
    const waiters = this.idleWaiters
    this.idleWaiters = []
    for (const resolve of waiters) resolve()
  }
}
