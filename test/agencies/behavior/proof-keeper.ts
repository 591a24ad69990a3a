import { type AgencyBehavior, NOTHING_TO_ANSWER } from '../agency-behavior.ts'
import type { SeededChance } from '../seeded-chance.ts'

/** Foreign exchange office: keeps proofs of exit for the bank's reconciliation. The receipt is all it answers. */
export function safe(_chance: SeededChance): AgencyBehavior {
  return { agencyId: 'safe', transport: 'http', take: () => NOTHING_TO_ANSWER }
}

/** Tax office: keeps proofs of exit for the refund. */
export function tax(_chance: SeededChance): AgencyBehavior {
  return { agencyId: 'tax', transport: 'http', take: () => NOTHING_TO_ANSWER }
}
