import { type AgencyBehavior, NOTHING_TO_ANSWER } from '../agency-behavior.ts'
import type { SeededChance } from '../seeded-chance.ts'

/** The issuer of certificates of origin: its officers sign at the desk; its system files the application. */
export function issuer(_chance: SeededChance): AgencyBehavior {
  return { agencyId: 'issuer', transport: 'http', take: () => NOTHING_TO_ANSWER }
}
