/** Runs work of the same key one after the other, of different keys at the same time, up to a bound. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>()
  readonly #limit: number
  readonly #blocked: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const result = before.then(() => this.#bounded(work))
    const tail = result.catch(() => {})
    this.#tails.set(key, tail)
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    return result
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#blocked.push(resolve))
    else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#blocked.shift()
      // The place is handed on, not given back, so that no newcomer slips in between.
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}
