import { type AgencyBehavior, NOTHING_TO_ANSWER, type Taken } from '../agency-behavior.ts'
import type { IncomingMessage } from '../incoming-message.ts'
import type { SeededChance, Triangle } from '../seeded-chance.ts'
import { errorOf, type ItemError } from './item-error.ts'
import { RECALLED_BATCHES } from './registers.ts'

const CHECK_TAKES: Triangle = [2, 5, 10]
const LEDGER_TAKES: Triangle = [5, 10, 20]

interface InspectionMessage {
  readonly lines?: readonly { readonly lineNo?: number; readonly productionBatch?: string | null }[]
}

/** Inspection and quarantine. Its system stands behind a firewall and pulls its messages as jobs. */
export function inspection(chance: SeededChance): AgencyBehavior {
  const referenceOf = (receiptNo: string) => String(Math.floor(chance.draw('e-ledger', receiptNo) * 1e12)).padStart(15, '3')

  function answerDeclaration(message: IncomingMessage, takesMinutes: Triangle): Taken {
    const errors = findErrors((message.body ?? {}) as InspectionMessage)
    if (errors.length > 0) return answer(message, { status: 'rejected', note: 'Not acceptable as declared', errors }, takesMinutes)
    return answer(message, { status: 'accepted', reference: referenceOf(message.receiptNo), note: '', errors: [] }, takesMinutes)
  }

  return {
    agencyId: 'inspection',
    transport: 'worker',
    take(message) {
      if (message.name === 'ciq.dec' || message.name === 'ciq.amend') return answerDeclaration(message, CHECK_TAKES)
      if (message.name === 'ciq.export.apply') return answerDeclaration(message, LEDGER_TAKES)
      if (message.name === 'ciq.withdraw') return answer(message, { status: 'invalidated', note: '', errors: [] }, CHECK_TAKES)
      return NOTHING_TO_ANSWER
    },
  }
}

function findErrors({ lines = [] }: InspectionMessage): readonly ItemError[] {
  return lines.flatMap(({ productionBatch }, index) =>
    RECALLED_BATCHES.has(productionBatch ?? '')
      ? [{ ...errorOf('production_batch', 'CIQ0415', 'This batch is recalled', '该批次已召回'), line: index + 1, group: 'lines' }]
      : [],
  )
}

function answer(message: IncomingMessage, said: Readonly<Record<string, unknown>>, takesMinutes: Triangle): Taken {
  return {
    answers: [{ name: 'inspection.answer', takesMinutes, variables: () => ({ inspectionAnswer: { ...said, version: message.version } }) }],
  }
}
