import type { Actor, EpochMs, JsonObject } from '../kernel/index.ts'
import type { StoredDocument } from '../store/index.ts'
import { StoreFailure } from '../store/index.ts'
import { WindowFailure } from './contract.ts'
import { type Declarations, IN_PROGRESS } from './declaration-record.ts'
import { publishOnce } from './publish-once.ts'
import type { WindowParts } from './window-parts.ts'

/** Credit classes of enterprises, best first. */
export const CREDIT_CLASSES = ['AEO-advanced', 'certified', 'general', 'dishonest'] as const
/** The class of an enterprise nobody has said anything of. */
export const DEFAULT_CREDIT_CLASS = 'general'
const CREDIT_DROPPED = 'enterprise.credit-dropped'
/** Declarations told at a time. */
const PAGE = 500

interface Enterprise extends JsonObject {
  readonly enterprise: string
  readonly creditClass: string
  readonly changedAt: EpochMs
  readonly changedBy: string
  /** Number of the drop that its open declarations have not all been told of; 0: none. */
  readonly pendingDrop: number
  /** Changes so far; makes the ids of the messages of each drop its own. */
  readonly changes: number
}

/** What is known of the credit of enterprises. */
export interface EnterpriseCredit {
  classOf(enterprise: string): Promise<string>
  /** Stores the class. When it dropped, every open declaration of the enterprise is told (E9). */
  set(enterprise: string, creditClass: string, actor: Actor): Promise<void>
  /** Tells what a crash left untold. */
  finishPending(): Promise<void>
}

export function enterpriseCredit(parts: Pick<WindowParts, 'engine' | 'store'>, declarations: Declarations): EnterpriseCredit {
  const { engine, store } = parts
  const enterprises = store.documents<Enterprise>({ name: 'enterprises', indexes: ['pendingDrop', 'creditClass'], unique: [] })

  async function write(enterprise: string, creditClass: string, actor: Actor): Promise<StoredDocument<Enterprise>> {
    for (;;) {
      const known = await enterprises.get(enterprise)
      const changes = (known?.body.changes ?? 0) + 1
      const dropped = rank(creditClass) > rank(known?.body.creditClass ?? DEFAULT_CREDIT_CLASS)
      const body = {
        enterprise,
        creditClass,
        changedAt: engine.clock.now(),
        changedBy: actor.id,
        changes,
        pendingDrop: dropped ? changes : 0,
      }
      try {
        return known ? await enterprises.replace(enterprise, known.revision, body) : await enterprises.insert(enterprise, body)
      } catch (error) {
        if (error instanceof StoreFailure && (error.code === 'REVISION_CONFLICT' || error.code === 'DUPLICATE')) continue
        throw error
      }
    }
  }

  /** The ids are stable, so a drop that is told again after a crash reaches each declaration once. */
  async function tell(stored: StoredDocument<Enterprise>, actor: Actor): Promise<void> {
    const { enterprise, creditClass, pendingDrop } = stored.body
    for (let after = ''; ; ) {
      const page = await declarations.search({
        filter: { enterprise, state: IN_PROGRESS, receiptNo: { gt: after } },
        sort: [{ field: 'receiptNo', order: 'asc' }],
        limit: PAGE,
      })
      for (const { body } of page.items) {
        const message = {
          name: CREDIT_DROPPED,
          receiptNo: body.receiptNo,
          messageId: `${body.receiptNo}-credit-${pendingDrop}`,
          variables: { creditClass },
        }
        await publishOnce(engine, message, actor)
        after = body.receiptNo
      }
      if (page.items.length < PAGE) break
    }
    const newest = await enterprises.get(enterprise)
    // A later change has its own drop to tell.
    if (newest?.body.pendingDrop === pendingDrop) await enterprises.replace(enterprise, newest.revision, { ...newest.body, pendingDrop: 0 })
  }

  return {
    classOf: async (enterprise) => (await enterprises.get(enterprise))?.body.creditClass ?? DEFAULT_CREDIT_CLASS,
    async set(enterprise, creditClass, actor) {
      if (rank(creditClass) < 0) {
        throw new WindowFailure('INVALID_ARGUMENT', `Expected one of the credit classes ${CREDIT_CLASSES.join(', ')}, found ${creditClass}`)
      }
      const stored = await write(enterprise, creditClass, actor)
      if (stored.body.pendingDrop > 0) await tell(stored, actor)
    },
    async finishPending() {
      const pending = await enterprises.find({ filter: { pendingDrop: { gt: 0 } }, limit: 1000 })
      for (const stored of pending.items) await tell(stored, { id: stored.body.changedBy, kind: 'system' })
    },
  }
}

function rank(creditClass: string): number {
  return (CREDIT_CLASSES as readonly string[]).indexOf(creditClass)
}
