import { type AgencyBehavior, NOTHING_TO_ANSWER } from '../agency-behavior.ts'
import type { SeededChance, Triangle } from '../seeded-chance.ts'

const SAILS_AFTER: Triangle = [100, 120, 150]

interface ReleaseMessage {
  readonly transportName?: string
  readonly voyageNo?: string
  readonly packageCount?: number
  readonly containers?: readonly { readonly containerNo?: string }[]
}

/** The shipping line: takes released goods aboard, and reports with its tally that the ship has sailed. */
export function carrier(_chance: SeededChance): AgencyBehavior {
  return {
    agencyId: 'carrier',
    transport: 'http',
    take(message) {
      if (message.name !== 'release') return NOTHING_TO_ANSWER
      const { transportName, voyageNo, packageCount, containers = [] } = message.body as ReleaseMessage
      const sailed = {
        ship: transportName ?? '',
        voyage: voyageNo ?? '',
        containers: containers.map(({ containerNo }) => containerNo ?? ''),
        packages: packageCount ?? 0,
        version: message.version,
      }
      return {
        answers: [{ name: 'carrier.sailed', takesMinutes: SAILS_AFTER, variables: (sailedAt) => ({ sailed: { ...sailed, sailedAt } }) }],
      }
    },
  }
}
