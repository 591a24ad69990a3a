import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { checkUscc, type LedgerCheck, type Ledgers } from '../../window/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { LedgerAccountView } from '../contract.ts'
import { addLedgerReading } from '../ledger-reading.ts'
import { AccountParams, accountView, BalanceSchema, LedgerAccountSchema } from '../ledger-view.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, IdempotencyHeader } from '../schema.ts'

const Day = Type.String({ format: 'date' })

/** An operator of an agency sees its ledgers, one of the platform all of them; they open accounts and check them. */
export function addOpsLedgerRoutes(app: Api, parts: ApiParts): void {
  addLedgerReading(app, parts, {
    guard: 'ops.ledger.read',
    enterpriseOf: () => undefined,
    agencyOf: ({ agency }) => agency ?? undefined,
  })
  addOpening(app, parts)
  addCheck(app, parts)
}

/** @throws ProblemError 404 when the ledger is not the operator's. */
function expectOwnLedger(ledgers: Ledgers, { agency }: Principal, ledger: string): void {
  const definition = ledgers.definitions.ledgers.get(ledger)
  if (definition && (agency === null || definition.owner === agency)) return
  throw notFound({ en: `a ledger ${ledger}`, zh: `台账 ${ledger}` })
}

function addOpening(app: Api, { window: { ledgers }, settings: { zone } }: ApiParts): void {
  app.post(
    '/ledger-accounts',
    {
      config: { guard: 'ops.ledger.open' },
      schema: {
        summary: 'Open an account by hand; mostly a process does',
        headers: IdempotencyHeader,
        body: closed({
          ledger: Type.String({ maxLength: 40 }),
          account: Type.String({ minLength: 1, maxLength: 100 }),
          amount: Type.String({ maxLength: 40, description: 'The limit, a decimal' }),
          unit: Type.Optional(Type.String({ maxLength: 40 })),
          enterprise: Type.Optional(Type.String({ maxLength: 18, description: 'USCC of the owner; none in a shared ledger' })),
          validFrom: Type.Optional(Day),
          validTo: Type.Optional(Day),
          note: Type.Optional(Type.String({ maxLength: 500 })),
        }),
        response: answers({ 200: LedgerAccountSchema, 201: LedgerAccountSchema }),
      },
    },
    async (request, reply): Promise<LedgerAccountView> => {
      const { ledger, account, ...terms } = request.body
      expectOwnLedger(ledgers, request.principal, ledger)
      const problem = terms.enterprise === undefined ? undefined : checkUscc(terms.enterprise)
      if (problem) throw new ProblemError('INVALID_ARGUMENT', problem)
      const key = `hand:${request.headers['idempotency-key']}`
      const actor = actorOf(request.principal)
      const { state, replayed } = await ledgers.post({ ledger, account, entries: [{ kind: 'open', key, ...terms }], actor })
      reply.code(replayed ? 200 : 201)
      return accountView(state, { ledgers, language: request.language, zone })
    },
  )
}

function addCheck(app: Api, { window: { ledgers } }: ApiParts): void {
  app.post(
    '/ledger-accounts/:ledger/:account/check',
    {
      config: { guard: 'ops.ledger.check' },
      schema: {
        summary: 'Folds the account from its first entry and compares; `repair` writes a snapshot that differs anew',
        params: AccountParams,
        body: closed({ repair: Type.Optional(Type.Boolean()) }),
        response: answers({
          200: Type.Object({
            ledger: Type.String(),
            account: Type.String(),
            equal: Type.Boolean(),
            postings: Type.Integer(),
            entries: Type.Integer(),
            balance: Type.Union([BalanceSchema, Type.Null()]),
            problems: Type.Array(Type.String()),
            repaired: Type.Boolean(),
          }),
        }),
      },
    },
    async (request): Promise<LedgerCheck> => {
      const { ledger, account } = request.params
      expectOwnLedger(ledgers, request.principal, ledger)
      const check = await ledgers.check(ledger, account, request.body.repair ?? false)
      if (!check) throw notFound({ en: `an account ${account} of ledger ${ledger}`, zh: `台账 ${ledger} 的账户 ${account}` })
      return check
    },
  )
}
