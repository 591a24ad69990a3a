/**
 * Thrown out of `decide` by the runtime's env when the pure kernel asks for something that must be fetched first.
 * The loop fetches it, loads the instance again and decides once more; nothing was committed.
 */
export class FetchFirst extends Error {
  readonly fetch: () => Promise<unknown>
  constructor(what: string, fetch: () => Promise<unknown>) {
    super(`${what} must be fetched before the command can be decided`)
    this.name = 'FetchFirst'
    this.fetch = fetch
  }
}
