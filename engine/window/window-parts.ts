import type { Actor } from '../kernel/index.ts'
import type { Engine, EngineOptions } from '../runtime/index.ts'
import type { Store } from '../store/index.ts'
import type { Forms } from './contract.ts'
import type { ElementCatalogues } from './element-catalogue.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'

/** What every part of the window works with. */
export interface WindowParts {
  readonly engine: Engine
  readonly store: Store
  readonly forms: Forms
  readonly services: ServiceCatalogue
  readonly elements: ElementCatalogues
  /** IANA zone of human times. */
  readonly zone: string
  readonly log: EngineOptions['log']
}

/** In whose name the window itself acts. */
export const WINDOW_ACTOR: Actor = { id: 'window', kind: 'system' }

/** Definitions and instances of all services live under the one tenant. */
export const TENANT = '<default>'

const DAY_MS = 24 * 60 * 60 * 1000
/** How long a message to a declaration waits for its process to listen. Also how long its id keeps repeats out. */
export const MESSAGE_TIME_TO_LIVE_MS = 7 * DAY_MS
