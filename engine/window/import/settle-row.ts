import type { Actor, JsonObject } from '../../kernel/index.ts'
import { type ItemError, type Service, WindowFailure } from '../contract.ts'
import type { Declarations } from '../declaration-record.ts'
import { foundErrors } from '../found-errors.ts'
import { structuralErrors } from '../structural-errors.ts'
import type { Submission } from '../submission.ts'
import type { WindowParts } from '../window-parts.ts'
import type { ImportFault } from './import-fault.ts'
import { type ImportRecord, type ImportRow, toStoredFaults } from './import-record.ts'
import type { OpenFile } from './open-file.ts'

export interface RowSettler {
  /** Declares one declaration of the file, or says why not. Safe to repeat: it is never declared twice. */
  settle(record: ImportRecord, service: Service, file: OpenFile, index: number): Promise<ImportRow>
}

export function rowSettler(parts: Pick<WindowParts, 'forms'>, declarations: Declarations, submit: Submission): RowSettler {
  return {
    async settle(record, service, file, index) {
      const found = file.declarations[index]
      if (!found) throw new Error(`Import ${record.importId} has no declaration ${index + 1}`)
      const errors = found.faults.length > 0 ? [] : foundErrors(parts.forms, service, found.data)
      const faults = [...found.faults, ...(await valueFaults(errors, file, index))]
      const isTaken = faults.length === 0 || (record.takesIncomplete && found.faults.length === 0 && structuralErrors(errors).length === 0)
      const row: ImportRow = {
        importId: record.importId,
        number: index + 1,
        key: found.key ?? null,
        outcome: 'right',
        receiptNo: null,
        faults: toStoredFaults(faults),
        data: record.mode === 'check' ? found.data : null,
      }
      if (!isTaken || (faults.length > 0 && record.mode === 'check')) return { ...row, outcome: 'faulty' }
      return record.mode === 'check' ? row : declare(record, row, found.data)
    },
  }

  async function declare(record: ImportRecord, row: ImportRow, data: JsonObject): Promise<ImportRow> {
    const idempotencyKey = `import-${record.importId}-${row.number}`
    const { service, enterprise, operator } = record
    try {
      const { receiptNo } = await submit({ service, enterprise, operator, data, idempotencyKey, actor: record.actor as Actor })
      return { ...row, outcome: 'declared', receiptNo }
    } catch (error) {
      if (!(error instanceof WindowFailure)) throw error
      // Declared before a crash, and read otherwise since, for the form was replaced meanwhile: it stays as it was declared.
      const earlier =
        error.code === 'IDEMPOTENCY_KEY_REUSED' ? await declarations.findSubmission(`${enterprise}/${idempotencyKey}`) : undefined
      if (earlier) return { ...row, outcome: 'declared', receiptNo: earlier.body.receiptNo }
      const refused: ImportFault = { rule: 'declaration.refused', text: { en: error.message, zh: error.message } }
      return { ...row, outcome: 'faulty', faults: toStoredFaults([refused]) }
    }
  }
}

/** What the form finds wrong, with the place in the file. */
export async function valueFaults(errors: readonly ItemError[], file: OpenFile, index: number): Promise<readonly ImportFault[]> {
  if (errors.length === 0) return []
  const places = await file.placesOf(index, errors)
  return errors.map(({ rule, item, group, line, text }, position) => ({
    rule,
    ...places[position],
    item,
    ...(group === undefined ? {} : { group }),
    ...(line === undefined ? {} : { row: line }),
    text,
  }))
}
