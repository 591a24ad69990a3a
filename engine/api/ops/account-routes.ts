import { Type } from 'typebox'
import type { AccountView } from '../../access/index.ts'
import { ROLES } from '../../access/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, From, Limit, Nothing, nullable, PageInfo, Time } from '../schema.ts'
import { checkAccountFacts } from './account-check.ts'

const RoleName = Type.Enum([...ROLES])
const Text = Type.String({ minLength: 1, maxLength: 200 })
const Groups = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })
const Password = Type.String({ maxLength: 1_000, description: 'At least 12 characters' })
const AccountId = closed({ accountId: Type.String({ maxLength: 64 }) })
const AccountSchema = Type.Object(
  {
    accountId: Type.String(),
    name: Type.String(),
    displayName: Type.String(),
    roles: Type.Array(Type.String()),
    agency: nullable(Type.String()),
    groups: Type.Array(Type.String()),
    enterprise: nullable(Type.String()),
    hasPassword: Type.Boolean(),
    disabled: Type.Boolean(),
    lockedUntil: nullable(Time),
    createdAt: Time,
    createdBy: Type.String(),
  },
  { title: 'Account' },
)
export function addAccountRoutes(app: Api, parts: ApiParts): void {
  const { access, settings } = parts
  const time = (ms: number): string | null => (ms === 0 ? null : isoTime(ms, settings.zone))
  const accountView = (account: AccountView) => ({
    ...account,
    lockedUntil: time(account.lockedUntil),
    createdAt: isoTime(account.createdAt, settings.zone),
  })

  app.get(
    '/accounts',
    {
      config: { guard: 'ops.account.read' },
      schema: {
        summary: 'Accounts by name',
        querystring: closed({ role: Type.Optional(RoleName), from: From, limit: Limit }),
        response: answers({ 200: Type.Object({ items: Type.Array(AccountSchema), page: PageInfo }) }),
      },
    },
    async (request) => {
      const { role, from, limit } = request.query
      const { items, total } = await access.listAccounts({ ...(role === undefined ? {} : { role }), from, limit })
      return { items: items.map(accountView), page: { from, limit, total } }
    },
  )

  app.post(
    '/accounts',
    {
      config: { guard: 'ops.account.write' },
      schema: {
        summary: 'Make an account; officers and agency systems name their agency, enterprises their unified social credit code',
        body: closed({
          name: Type.String({ maxLength: 100 }),
          displayName: Type.Optional(Text),
          roles: Type.Array(RoleName, { minItems: 1 }),
          agency: Type.Optional(Text),
          groups: Type.Optional(Groups),
          enterprise: Type.Optional(Text),
          password: Type.Optional(Password),
        }),
        response: answers({ 201: AccountSchema }),
      },
    },
    async (request, reply) => {
      await checkAccountFacts(parts, request.body, request.body)
      const account = await access.createAccount(request.body, request.principal.name)
      return reply.code(201).header('location', `/ops/v1/accounts/${account.accountId}`).send(accountView(account))
    },
  )

  app.get(
    '/accounts/:accountId',
    {
      config: { guard: 'ops.account.read' },
      schema: { summary: 'One account', params: AccountId, response: answers({ 200: AccountSchema }) },
    },
    async (request) => {
      const account = await access.findAccount(request.params.accountId)
      if (!account) throw notFound({ en: `an account ${request.params.accountId}`, zh: `账户 ${request.params.accountId}` })
      return accountView(account)
    },
  )

  app.patch(
    '/accounts/:accountId',
    {
      config: { guard: 'ops.account.write' },
      schema: {
        summary: 'Change an account; a new password or disabling it ends its sessions',
        params: AccountId,
        body: closed({
          displayName: Type.Optional(Text),
          roles: Type.Optional(Type.Array(RoleName, { minItems: 1 })),
          agency: Type.Optional(nullable(Text)),
          groups: Type.Optional(Groups),
          enterprise: Type.Optional(nullable(Text)),
          password: Type.Optional(Password),
          disabled: Type.Optional(Type.Boolean()),
        }),
        response: answers({ 200: AccountSchema }),
      },
    },
    async (request) => {
      const { accountId } = request.params
      const { disabled, roles } = request.body
      if (accountId === request.principal.accountId && (disabled || (roles && !roles.includes('administrator')))) {
        throw new ProblemError('INVALID_STATE', {
          en: 'Expected another administrator to do this: nobody takes the own rights away',
          zh: '不能停用自己的账户或取消自己的管理员角色，请由其他管理员操作',
        })
      }
      const { password: _, disabled: __, ...given } = request.body
      await checkAccountFacts(parts, given, { ...(await access.findAccount(accountId)), ...given })
      return accountView(await access.changeAccount(accountId, request.body))
    },
  )

  app.delete(
    '/accounts/:accountId',
    {
      config: { guard: 'ops.account.write' },
      schema: {
        summary: 'Disable an account; it stays, so that old acts keep a name',
        params: AccountId,
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { accountId } = request.params
      if (accountId === request.principal.accountId)
        throw new ProblemError('INVALID_STATE', { en: 'Expected another administrator to disable this account', zh: '不能停用自己的账户' })
      await access.changeAccount(accountId, { disabled: true })
      return reply.code(204).send()
    },
  )
}
