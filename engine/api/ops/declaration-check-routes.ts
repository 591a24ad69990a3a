import { isDeepStrictEqual } from 'node:util'
import { Type } from 'typebox'
import { foldEvents } from '../../kernel/index.ts'
import type { HistoryEntry } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { FoldCheck } from '../contract.ts'
import { notFound } from '../problem.ts'
import { answers, closed } from '../schema.ts'

const ReceiptNo = closed({ receiptNo: Type.String({ maxLength: 64 }) })

/** What is stored of a declaration's process instances, and the proof that it follows from their events. */
export function addDeclarationCheckRoutes(app: Api, { engine, window }: ApiParts): void {
  app.get(
    '/declarations/:receiptNo/events',
    {
      config: { guard: 'ops.declaration.read' },
      schema: {
        summary: 'Every stored event, a commit an entry',
        params: ReceiptNo,
        response: answers({ 200: Type.Object({ items: Type.Array(Type.Object({})) }) }),
      },
    },
    async (request) => {
      const entries: HistoryEntry[] = []
      for (const instance of await instancesOf(request.params.receiptNo)) entries.push(...(await engine.getHistory(instance)))
      return { items: entries }
    },
  )

  app.get(
    '/declarations/:receiptNo/fold-check',
    {
      config: { guard: 'ops.declaration.read' },
      schema: {
        summary: 'Folds the stored events and compares with the stored state',
        params: ReceiptNo,
        response: answers({
          200: Type.Object({
            receiptNo: Type.String(),
            equal: Type.Boolean(),
            instances: Type.Array(
              Type.Object({ processInstanceKey: Type.String(), revision: Type.Integer(), events: Type.Integer(), equal: Type.Boolean() }),
            ),
          }),
        }),
      },
    },
    async (request): Promise<FoldCheck> => {
      const { receiptNo } = request.params
      const instances = []
      for (const instance of await instancesOf(receiptNo)) instances.push(await foldCheck(instance))
      return { receiptNo, equal: instances.length > 0 && instances.every((instance) => instance.equal), instances }
    },
  )

  async function instancesOf(receiptNo: string): Promise<readonly string[]> {
    const tree = await window.caseTree(receiptNo)
    if (!tree) throw notFound({ en: `a declaration with receipt number ${receiptNo}`, zh: `回执号为 ${receiptNo} 的申报` })
    return tree.instances.map(({ processInstanceKey }) => processInstanceKey)
  }

  async function foldCheck(key: string): Promise<FoldCheck['instances'][number]> {
    const stored = await engine.store.loadInstance(key as never)
    // The instance may go on between the two reads; what came after the state that was read does not count.
    const history = (await engine.store.loadHistory(key as never)).filter((entry) => entry.revision <= (stored?.revision ?? 0))
    const events = history.reduce((sum, entry) => sum + entry.events.length, 0)
    // As JSON on both sides: a field that is undefined is no field.
    const equal =
      stored !== undefined && isDeepStrictEqual(JSON.parse(JSON.stringify(foldEvents(history))), JSON.parse(JSON.stringify(stored.state)))
    return { processInstanceKey: key, revision: stored?.revision ?? 0, events, equal }
  }
}
