import { type AgencyBehavior, NOTHING_TO_ANSWER } from '../agency-behavior.ts'
import type { SeededChance, Triangle } from '../seeded-chance.ts'

const DRAFT_TAKES: Triangle = [5, 10, 20]

/** The issuer of certificates of origin. */
export function issuer(chance: SeededChance): AgencyBehavior {
  return {
    agencyId: 'issuer',
    transport: 'http',
    take(message) {
      if (message.name !== 'eco.apply') return NOTHING_TO_ANSWER
      const serial = String(Math.floor(chance.draw('certificate', message.receiptNo) * 1e6)).padStart(6, '0')
      const issuerAnswer = {
        status: 'accepted',
        reference: `ECO-${message.receiptNo}-${serial}`,
        note: '',
        errors: [],
        version: message.version,
      }
      return { answers: [{ name: 'issuer.answer', takesMinutes: DRAFT_TAKES, variables: () => ({ issuerAnswer }) }] }
    },
  }
}
