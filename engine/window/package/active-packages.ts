import type { Engine, EngineOptions } from '../../runtime/index.ts'
import { assignCalendars } from '../assign-calendars.ts'
import type { ElementCatalogues } from '../element-catalogue.ts'
import { engineMsOf } from '../lease.ts'
import type { CurrentOffer } from '../offer.ts'
import { TENANT } from '../window-parts.ts'
import { withLastDays } from './build-offer.ts'
import { type LoadedPackages, type LoadTools, loadPackages } from './load-packages.ts'
import { entryOf, type ServiceEntry } from './package-store.ts'

export interface ActiveTools extends LoadTools {
  readonly engine: Engine
  readonly elements: ElementCatalogues
  readonly log: EngineOptions['log']
}

/** How soon an idle node learns what another one put, real time. A busy one asks before it works. */
const REFRESH_REAL_MS = 10_000

/** What this node offers, kept to what the store says. */
export class ActivePackages {
  private readonly tools: ActiveTools
  private loaded: LoadedPackages
  private current: CurrentOffer | undefined
  private last: Promise<unknown> = Promise.resolve()
  /** Generation that could not be loaded. */
  private failed = 0
  private cancelRefresh: (() => void) | undefined
  private closed = false

  constructor(tools: ActiveTools, first: LoadedPackages) {
    this.tools = tools
    this.loaded = first
    this.tellFaults(first)
  }

  get now(): LoadedPackages {
    return this.loaded
  }

  async start(current: CurrentOffer): Promise<void> {
    this.current = current
    await this.offer(this.loaded)
    this.refreshLater()
  }
  close(): void {
    this.closed = true
    this.cancelRefresh?.()
  }

  /** One change at a time, in the order asked for. */
  alone<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.last.then(change)
    this.last = turn.catch(() => undefined)
    return turn
  }

  /** Puts it in place of what was offered, all at once. */
  async offer(next: LoadedPackages): Promise<void> {
    const { engine, elements, log } = this.tools
    const services = withLastDays(next.offer.services, lastDays(next.generation.services))
    this.loaded = next
    this.current?.replace({ forms: next.offer.forms, services })
    assignCalendars(engine, services, log)
    for (const { bpmnProcessId } of services.all()) {
      const definition = engine.definitions.latest('process', bpmnProcessId, TENANT)
      if (definition) await elements.load(definition.key)
    }
  }

  /** Offers what the store says. @throws Error when that cannot be loaded. */
  async catchUp(): Promise<void> {
    const newest = await this.tools.stored.generation()
    if (newest.generation === this.loaded.generation.generation) return
    const { loaded } = await loadPackages(this.tools, newest)
    this.tellFaults(loaded)
    await this.offer(loaded)
  }

  /** The same for those who only look: what cannot be loaded is logged, and what was offered before still is. */
  async refresh(): Promise<void> {
    const { generation } = await this.tools.stored.generation()
    if (generation === this.loaded.generation.generation || generation === this.failed) return
    try {
      await this.alone(() => this.catchUp())
    } catch (error) {
      // Whoever asks before the next regular look need not pay for the same failure.
      this.failed = generation
      this.tools.log('error', 'The services that another node put cannot be offered here yet', { generation, error: String(error) })
    }
  }

  private refreshLater(): void {
    const { engine, log } = this.tools
    const { clock } = engine
    this.cancelRefresh = clock.schedule(clock.now() + engineMsOf(clock, REFRESH_REAL_MS), () => {
      this.failed = 0
      this.refresh()
        .catch((error: unknown) => log('warn', 'The service packages could not be looked at', { error: String(error) }))
        .finally(() => this.closed || this.refreshLater())
    })
  }

  private tellFaults({ faults, generation }: LoadedPackages): void {
    for (const [service, problems] of faults) {
      const version = entryOf(generation, service).active
      const told = problems.slice(0, 10).map(({ file, place, text }) => `${file} ${place}: ${text.en}`)
      const message = 'A stored service package cannot be offered; the files on disk count for it'
      this.tools.log('error', message, { service, version, problems: told })
    }
  }
}

function lastDays(services: readonly ServiceEntry[]): ReadonlyMap<string, string> {
  return new Map(services.flatMap(({ service, validTo }) => (validTo === null ? [] : [[service, validTo] as const])))
}
