/** Named counts since the node started. */
export class Counters {
  private readonly counts: Record<string, number> = {}

  add(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by
  }

  all(): Readonly<Record<string, number>> {
    return { ...this.counts }
  }
}
