import type { Principal } from '../access/index.ts'
import type { Actor } from '../kernel/index.ts'

/** Who acts, as the history keeps it. */
export function actorOf(principal: Principal): Actor {
  return { id: principal.name, kind: principal.by === 'apiKey' ? 'apiKey' : principal.by === 'local' ? 'system' : 'user' }
}
