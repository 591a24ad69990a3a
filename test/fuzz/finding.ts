/** A broken promise of the kernel. */
export class Finding extends Error {
  /** Which promise, e.g. `left-over`. */
  readonly rule: string

  constructor(rule: string, message: string) {
    super(message)
    this.rule = rule
  }
}
