import { Type } from 'typebox'
import type { Principal } from '../access/index.ts'
import type { AccountQuery, AccountState } from '../window/index.ts'
import type { Api, ApiParts, Guard } from './api-parts.ts'
import type { LedgerAccountView } from './contract.ts'
import { ledgerStatement } from './ledger-statement.ts'
import { AccountParams, accountView, LedgerAccountSchema, LedgerPostingSchema, postingView } from './ledger-view.ts'
import { notFound } from './problem.ts'
import { answers, closed, From, Limit, PageInfo } from './schema.ts'

/** What someone sees of the accounts: their owner, their ledgers; undefined: all. */
export interface LedgerScope {
  readonly guard: Guard
  readonly enterpriseOf: (principal: Principal) => string | undefined
  readonly agencyOf: (principal: Principal) => string | undefined
}

/** Reading accounts and their entries, the same for everyone within what they may see. */
export function addLedgerReading(app: Api, parts: ApiParts, scope: LedgerScope): void {
  const sight = ledgerSight(parts, scope)
  addAccountReading(app, parts, scope, sight)
  addEntryReading(app, parts, scope, sight)
}

interface LedgerSight {
  ledgersOf(principal: Principal): readonly string[]
  /** @throws ProblemError 404 as well when it is another's: that it exists is not theirs to know. */
  account(principal: Principal, ledger: string, account: string): Promise<AccountState>
}

function ledgerSight({ window: { ledgers } }: ApiParts, scope: LedgerScope): LedgerSight {
  const ledgersOf = (principal: Principal): readonly string[] => {
    const agency = scope.agencyOf(principal)
    const all = [...ledgers.definitions.ledgers.values()]
    return all.filter(({ owner }) => agency === undefined || owner === agency).map(({ ledger }) => ledger)
  }
  return {
    ledgersOf,
    async account(principal, ledger, account) {
      const enterprise = scope.enterpriseOf(principal)
      const state = ledgersOf(principal).includes(ledger) ? await ledgers.find(ledger, account) : undefined
      if (state && (enterprise === undefined || state.enterprise === enterprise)) return state
      throw notFound({ en: `an account ${account} of ledger ${ledger}`, zh: `台账 ${ledger} 的账户 ${account}` })
    },
  }
}

function addAccountReading(app: Api, { window: { ledgers }, settings: { zone } }: ApiParts, scope: LedgerScope, sight: LedgerSight): void {
  const { guard } = scope

  app.get(
    '/ledger-accounts',
    {
      config: { guard },
      schema: {
        summary: 'Accounts of ledgers: guarantees, quotas, licences',
        querystring: closed({
          ledger: Type.Optional(Type.String({ maxLength: 40 })),
          enterprise: Type.Optional(Type.String({ maxLength: 18 })),
          status: Type.Optional(Type.Enum(['open', 'closed'])),
          from: From,
          limit: Limit,
        }),
        response: answers({ 200: Type.Object({ items: Type.Array(LedgerAccountSchema), page: PageInfo }) }),
      },
    },
    async (request) => {
      const { ledger, status, from, limit } = request.query
      const own = scope.enterpriseOf(request.principal)
      const enterprise = own ?? request.query.enterprise
      const seen = sight.ledgersOf(request.principal).filter((one) => ledger === undefined || one === ledger)
      const query: AccountQuery = {
        ...{ ledgers: seen, from, limit },
        ...(enterprise === undefined ? {} : { enterprise }),
        ...(status === undefined ? {} : { status: status as 'open' | 'closed' }),
      }
      const { items, total } = await ledgers.list(query)
      const views = items.map((state) => accountView(state, { ledgers, language: request.language, zone }))
      return { items: views, page: { from, limit, total } }
    },
  )

  app.get(
    '/ledger-accounts/:ledger/:account',
    { config: { guard }, schema: { summary: 'An account', params: AccountParams, response: answers({ 200: LedgerAccountSchema }) } },
    async (request): Promise<LedgerAccountView> => {
      const { ledger, account } = request.params
      const state = await sight.account(request.principal, ledger, account)
      return accountView(state, { ledgers, language: request.language, zone })
    },
  )
}

function addEntryReading(
  app: Api,
  { window: { ledgers }, settings: { zone } }: ApiParts,
  { guard }: LedgerScope,
  sight: LedgerSight,
): void {
  app.get(
    '/ledger-accounts/:ledger/:account/postings',
    {
      config: { guard },
      schema: {
        summary: 'What was entered, oldest first; ask again with `after: next` until `next` is null',
        params: AccountParams,
        querystring: closed({
          after: Type.Integer({ minimum: 0, default: 0, description: 'Sequence of the last posting seen' }),
          limit: Limit,
        }),
        response: answers({
          200: Type.Object({ items: Type.Array(LedgerPostingSchema), next: Type.Union([Type.Integer(), Type.Null()]) }),
        }),
      },
    },
    async (request) => {
      const { ledger, account } = request.params
      const { after, limit } = request.query
      await sight.account(request.principal, ledger, account)
      const postings = await ledgers.postings(ledger, account, after, limit)
      const next = postings.length === limit ? (postings.at(-1)?.sequence ?? null) : null
      return { items: postings.map((posting) => postingView(posting, zone)), next }
    },
  )

  app.get(
    '/ledger-accounts/:ledger/:account/statement.csv',
    {
      config: { guard },
      schema: {
        summary: 'Every entry with the balance after it, as CSV',
        params: AccountParams,
        response: answers({ 200: Type.String({ description: 'text/csv, UTF-8' }) }),
      },
    },
    async (request, reply) => {
      const { ledger, account } = request.params
      const state = await sight.account(request.principal, ledger, account)
      reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${ledger}-${account}.csv`)}`)
      return reply.type('text/csv; charset=utf-8').send(ledgerStatement(ledgers, state, zone))
    },
  )
}
