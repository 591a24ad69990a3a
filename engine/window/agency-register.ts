import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreFailure } from '../store/index.ts'
import { agencyConnector } from './agency-connector.ts'
import type { AgencyMessages } from './agency-message.ts'
import { type Agency, type Text, WindowFailure } from './contract.ts'
import type { OutsidePoster } from './guarded-post.ts'
import { engineMsOf } from './lease.ts'
import type { WindowParts } from './window-parts.ts'
import { zonedDay } from './zoned-time.ts'

/** The agencies, and the connectors of those that are reached by HTTP. */
export interface AgencyRegister {
  all(): Promise<readonly Agency[]>
  /** Names of the agencies among these that no message reaches now: without transport, or unknown; by agency id. */
  unreachable(agencyIds: readonly string[]): Promise<ReadonlyMap<string, Text>>
  /** Stores the agency; from then on its messages go the new way. */
  put(agency: Agency): Promise<void>
  /** Adds agencies that nobody has stored yet. */
  seed(agencies: readonly Agency[]): Promise<void>
  /** Starts the connectors of all agencies. */
  start(): Promise<void>
  close(): Promise<void>
}

const AGENCIES_FILE = 'agencies.json'
const MAX_AGENCIES = 1000
/** How soon a node learns what another one stored, real time. */
const REFRESH_REAL_MS = 30_000

export function agencyRegister(parts: WindowParts, messages: AgencyMessages, poster: OutsidePoster): AgencyRegister {
  const collection = parts.store.documents<Agency>({ name: 'agencies', indexes: [], unique: [] })
  const workers = new Map<string, () => Promise<void>>()
  /** What each agency was when it was last looked at, as JSON. */
  const seen = new Map<string, string>()
  let cancelRefresh: (() => void) | undefined
  let closed = false

  const all = async () =>
    (await collection.find({ sort: [{ field: 'id', order: 'asc' }], limit: MAX_AGENCIES })).items.map((stored) => stored.body)

  /** The former connector finishes what it sends; a job is never with two. */
  async function connect(agency: Agency): Promise<void> {
    const { agencyId, transport, validFrom, validTo } = agency
    const stop = workers.get(agencyId)
    workers.delete(agencyId)
    seen.set(agencyId, JSON.stringify(agency))
    await stop?.()
    const today = zonedDay(parts.engine.clock.now(), parts.zone)
    const isValid = today >= validFrom && (validTo === null || today <= validTo)
    if (transport.kind === 'http' && isValid)
      workers.set(agencyId, parts.engine.addWorker(agencyConnector(parts, messages, poster, agency)))
  }

  /** Other nodes store agencies too. */
  async function refresh(): Promise<void> {
    for (const agency of await all()) {
      if (!closed && seen.get(agency.agencyId) !== JSON.stringify(agency)) await connect(agency)
    }
  }

  function refreshLater(): void {
    const { clock } = parts.engine
    cancelRefresh = clock.schedule(clock.now() + engineMsOf(clock, REFRESH_REAL_MS), () => {
      refresh()
        .catch((error: unknown) => parts.log('warn', 'The agencies could not be looked at', { error: String(error) }))
        .finally(() => closed || refreshLater())
    })
  }

  return {
    all,
    async unreachable(agencyIds) {
      const known = new Map((await all()).map((agency) => [agency.agencyId, agency]))
      const isReached = (id: string) => (known.get(id)?.transport.kind ?? 'none') !== 'none'
      return new Map(agencyIds.filter((id) => !isReached(id)).map((id) => [id, known.get(id)?.name ?? { en: id, zh: id }]))
    },
    async put(agency) {
      checkAgency(agency)
      for (;;) {
        const known = await collection.get(agency.agencyId)
        try {
          await (known ? collection.replace(agency.agencyId, known.revision, agency) : collection.insert(agency.agencyId, agency))
          break
        } catch (error) {
          if (!(error instanceof StoreFailure && (error.code === 'REVISION_CONFLICT' || error.code === 'DUPLICATE'))) throw error
        }
      }
      await connect(agency)
    },
    async seed(agencies) {
      for (const agency of agencies) {
        try {
          if (!(await collection.get(agency.agencyId))) await collection.insert(agency.agencyId, agency)
        } catch (error) {
          if (!(error instanceof StoreFailure && error.code === 'DUPLICATE')) throw error
        }
      }
    },
    async start() {
      await refresh()
      refreshLater()
    },
    async close() {
      closed = true
      cancelRefresh?.()
      await Promise.all([...workers.values()].map((stop) => stop()))
      workers.clear()
    },
  }
}

/** Agencies of `<folder>/agencies.json`; none when there is no such file. @throws Error that names the agency at fault. */
export async function readAgencies(folder: string): Promise<readonly Agency[]> {
  let content: string
  try {
    content = await readFile(join(folder, AGENCIES_FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const agencies = JSON.parse(content) as readonly Agency[]
  for (const [index, agency] of agencies.entries()) {
    try {
      checkAgency(agency)
    } catch (error) {
      throw new Error(`${AGENCIES_FILE} /${index}: ${(error as Error).message}`, { cause: error })
    }
  }
  return agencies
}

function checkAgency(agency: Agency): void {
  const expect = (holds: boolean, expected: string, found: unknown) => {
    if (!holds) throw new WindowFailure('INVALID_ARGUMENT', `Expected ${expected}, found ${JSON.stringify(found)}`)
  }
  const { agencyId, name, validFrom, validTo, format, transport } = agency
  expect(/^[a-z][a-z0-9-]{0,39}$/.test(agencyId), 'an agency id of lower-case letters, digits and hyphens', agencyId)
  expect(Boolean(name?.en && name.zh), 'a name in both languages', name)
  expect(/^\d{4}-\d{2}-\d{2}$/.test(validFrom), 'validFrom as YYYY-MM-DD', validFrom)
  expect(validTo === null || /^\d{4}-\d{2}-\d{2}$/.test(validTo), 'validTo as YYYY-MM-DD or null', validTo)
  expect(format === undefined || format === 'edi', 'the format edi, or none', format)
  expect(['http', 'worker', 'none'].includes(transport?.kind), 'a transport of kind http, worker or none', transport)
  if (transport.kind !== 'http') return
  expect(/^https?:\/\//.test(transport.url) && URL.canParse(transport.url), 'an http or https URL', transport.url)
  expect(transport.secret.length >= 16, 'a secret of at least 16 characters', '(a shorter one)')
}
