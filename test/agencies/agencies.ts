import { Agency } from './agency.ts'
import { AgencyServer } from './agency-server.ts'
import { AgencyWorker } from './agency-worker.ts'
import { AnswerSender } from './answer-sender.ts'
import { BEHAVIORS } from './behavior/index.ts'
import type { AgenciesOptions } from './options.ts'
import { OutagePlan } from './outage-plan.ts'
import { SeededChance } from './seeded-chance.ts'
import { WindowClient } from './window-client.ts'

const MINUTE_MS = 60_000
/** Longer than the 60 s that the single window waits for a technical receipt. */
const SLOW_MINUTES = 1.5
const LEASE_MINUTES = 5
/** A compressed clock does not make the network faster: no sender gives up sooner than this. */
const SHORTEST_SLOW_MS = 6_000
/** Leases are real work over a real network, however fast the demonstration's clock runs. */
const SHORTEST_LEASE_MS = 2_000

export interface RunningAgencies {
  readonly port: number
  readonly ids: readonly string[]
  close(): Promise<void>
}

export async function startAgencies(options: AgenciesOptions): Promise<RunningAgencies> {
  const chance = new SeededChance(options.seed)
  const entries = Object.entries(options.keys)
  const client = new WindowClient(options.windowUrl, Object.fromEntries(entries.map(([id, keys]) => [id, keys.apiKey])))
  const sender = new AnswerSender(client)
  const setting = { sender, chance, factor: options.factor, refusalRate: options.refusalRate }
  const agencies = new Map(BEHAVIORS.map((make) => make(chance)).map((behavior) => [behavior.agencyId, new Agency(behavior, setting)]))
  const server = new AgencyServer({
    agencies,
    secrets: Object.fromEntries(entries.map(([id, keys]) => [id, keys.secret])),
    outages: new OutagePlan(chance, options.outageRate),
    sender,
    slowMs: Math.max((SLOW_MINUTES * MINUTE_MS) / options.factor, SHORTEST_SLOW_MS),
  })
  const port = await server.listen(options.port)
  const leaseMs = Math.max(LEASE_MINUTES * MINUTE_MS, SHORTEST_LEASE_MS * options.factor)
  const workers = [...agencies.values()]
    .filter((agency) => agency.behavior.transport === 'worker')
    .map((agency) => new AgencyWorker(agency, client, leaseMs))
  for (const worker of workers) worker.start()
  return {
    port,
    ids: [...agencies.keys()],
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await server.close()
    },
  }
}
