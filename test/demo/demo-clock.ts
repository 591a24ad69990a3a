/** A Monday morning in Xiamen, two days before the ships of the sample declarations sail. */
const ORIGIN = '2026-05-18T09:00:00+08:00'

/** The server's clock, as seen from outside: it runs `factor` times as fast as the real one, through every restart. */
export class DemoClock {
  readonly factor: number
  readonly #originReal = Date.now()
  readonly #origin: number

  constructor(factor: number, origin = Date.parse(ORIGIN)) {
    this.factor = factor
    this.#origin = origin
  }

  /** Goes on from now with every second a second. */
  atRealPace(): DemoClock {
    return new DemoClock(1, Math.ceil(this.now()))
  }

  now(): number {
    return this.#origin + (Date.now() - this.#originReal) * this.factor
  }

  serverFlags(): readonly string[] {
    return ['--clock-factor', String(this.factor), '--clock-origin-real', String(this.#originReal), '--clock-origin', String(this.#origin)]
  }
}
