import type { EpochMs } from '../kernel/index.ts'

interface Entry<T> {
  readonly at: EpochMs
  /** Breaks ties: what was noted first comes first. */
  readonly order: number
  readonly item: T
}

/** What is due when, earliest first; entries of one moment come in the order they were added. A binary heap. */
export class Agenda<T> {
  private readonly heap: Entry<T>[] = []
  private added = 0

  add(at: EpochMs, item: T): void {
    this.heap.push({ at, order: this.added++, item })
    this.rise(this.heap.length - 1)
  }

  /** Takes the earliest entry that is due by `until`; undefined when there is none. */
  take(until: EpochMs): { readonly at: EpochMs; readonly item: T } | undefined {
    const [first] = this.heap
    if (!first || first.at > until) return undefined
    const last = this.heap.pop()
    if (last && last !== first) {
      this.heap[0] = last
      this.sink()
    }
    return first
  }

  private rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1
      if (!this.swapIfEarlier(at, above)) return
      at = above
    }
  }

  private sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const child = this.isEarlier(left + 1, left) ? left + 1 : left
      if (!this.swapIfEarlier(child, at)) return
      at = child
    }
  }

  private swapIfEarlier(below: number, above: number): boolean {
    const [lower, upper] = [this.heap[below], this.heap[above]]
    if (!lower || !upper || !this.isEarlier(below, above)) return false
    this.heap[above] = lower
    this.heap[below] = upper
    return true
  }

  private isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]]
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order))
  }
}
