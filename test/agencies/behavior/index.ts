import type { AgencyBehavior } from '../agency-behavior.ts'
import type { SeededChance } from '../seeded-chance.ts'
import { carrier } from './carrier.ts'
import { customs } from './customs.ts'
import { inspection } from './inspection.ts'
import { issuer } from './issuer.ts'
import { safe, tax } from './proof-keeper.ts'
import { terminal } from './terminal.ts'

/** Every demonstration agency. */
export const BEHAVIORS: readonly ((chance: SeededChance) => AgencyBehavior)[] = [customs, inspection, terminal, carrier, issuer, safe, tax]
