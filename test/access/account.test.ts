import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Access, AccessFailure, NewAccount } from '../../engine/access/index.ts'
import { type AccessHarness, openAccessHarness, PASSWORD, USCC } from '../helpers/access-harness.ts'

let harness: AccessHarness
let access: Access
beforeEach(async () => {
  harness = await openAccessHarness()
  access = harness.access
})
afterEach(() => harness.close())

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: AccessFailure) => `${error.code}: ${error.message}`,
  )

describe('an account', () => {
  test('keeps its password by argon2id with 19 MiB and two passes, and never shows it', async () => {
    const view = await access.createAccount({ name: 'admin', roles: ['administrator'], password: PASSWORD }, 'test')

    const kept = await harness.store
      .documents<{ passwordHash: string }>({ name: 'accounts', indexes: ['name', 'roles'], unique: ['name'] })
      .get(view.accountId)
    expect(kept?.body.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(view).toMatchObject({ hasPassword: true })
    expect(view).not.toHaveProperty('passwordHash')
  })

  const wrong: readonly (readonly [string, NewAccount, string])[] = [
    ['a short password', { name: 'admin', roles: ['administrator'], password: 'elevenchars' }, '12 to 256 characters'],
    [
      'its own name as password',
      { name: 'administrator', roles: ['administrator'], password: 'administrator1' },
      'without the account name',
    ],
    ['one letter as password', { name: 'admin', roles: ['administrator'], password: 'aaaaaaaaaaaaaaaa' }, '5 different characters'],
    ['no role', { name: 'admin', roles: [] }, 'at least one role'],
    ['a capital in its name', { name: 'Admin', roles: ['administrator'] }, 'lower-case'],
    ['no agency for an officer', { name: 'lin', roles: ['officer'] }, 'Expected an agency'],
    ['an agency for an analyst', { name: 'ana', roles: ['analyst'], agency: 'customs' }, 'Expected an agency'],
    [
      'a group of another agency',
      { name: 'lin', roles: ['officer'], agency: 'customs', groups: ['inspection.officer'] },
      "officer's own agency",
    ],
    ['no code for an enterprise', { name: 'erp', roles: ['enterprise'] }, 'unified social credit code'],
    ['a wrong code for an enterprise', { name: 'erp', roles: ['enterprise'], enterprise: '12345' }, '18 characters'],
    ['a code for an operator', { name: 'ops', roles: ['operator'], enterprise: USCC }, 'unified social credit code'],
  ]
  test.each(wrong)('is refused with %s', async (_, request, reason) => {
    expect(await refusal(access.createAccount(request, 'test'))).toContain(reason)
    expect((await access.listAccounts({ from: 0, limit: 10 })).total).toBe(0)
  })

  test('has a name of its own, also when two are made at once', async () => {
    const answers = await Promise.all([1, 2].map(() => refusal(access.createAccount({ name: 'ops', roles: ['operator'] }, 'test'))))

    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1)
    expect(answers.find((answer) => answer !== 'done')).toContain('ALREADY_EXISTS')
  })

  test('loses its sessions when its password is changed, by its owner who knows the old one', async () => {
    await access.createAccount({ name: 'ops', roles: ['operator'], password: PASSWORD }, 'test')
    const { token, principal } = await access.signIn('ops', PASSWORD, '10.0.0.1')

    expect(await refusal(access.changeOwnPassword(principal, 'a wrong password', 'another long sentence', '10.0.0.1'))).toContain(
      'UNAUTHORIZED',
    )
    await access.changeOwnPassword(principal, PASSWORD, 'another long sentence', '10.0.0.1')

    expect(await refusal(access.authenticate(`Bearer ${token}`, '10.0.0.1'))).toContain('UNAUTHORIZED')
    expect(await refusal(access.signIn('ops', PASSWORD, '10.0.0.1'))).toContain('UNAUTHORIZED')
    expect(await refusal(access.signIn('ops', 'another long sentence', '10.0.0.1'))).toBe('done')
  })

  test('of an administrator does not exist until one is made', async () => {
    expect(await access.hasAdministrator()).toBe(false)

    await access.createAccount({ name: 'admin', roles: ['administrator'], password: PASSWORD }, 'create-admin')

    expect(await access.hasAdministrator()).toBe(true)
  })

  test('of a demonstration is installed once, however often the server starts', async () => {
    const apiKey = `swk_abcdef0123456789ab_${'k'.repeat(43)}`
    const list = [{ name: 'customs-system', roles: ['agency' as const], agency: 'customs', apiKey }]

    await access.installDemoAccounts(list)
    await access.installDemoAccounts(list)

    expect((await access.listAccounts({ from: 0, limit: 10 })).total).toBe(1)
    expect(await access.authenticate(`Bearer ${apiKey}`, '10.0.0.1')).toMatchObject({ name: 'customs-system', agency: 'customs' })
  })
})

describe('the audit trail', () => {
  const entry = { by: 'session', object: '/x', status: 200, code: '', requestId: 'r', address: '10.0.0.1' } as const

  test('is found by who, what, outcome and time, newest first', async () => {
    await access.audit({ ...entry, who: 'lin', action: 'desk.task.claim', outcome: 'done' })
    harness.advance(1_000)
    await access.audit({ ...entry, who: 'wu', action: 'desk.task.claim', outcome: 'refused', status: 404, code: 'NOT_FOUND' })
    harness.advance(1_000)
    await access.audit({ ...entry, who: 'lin', action: 'desk.task.complete', outcome: 'done' })
    const who = async (query: object): Promise<string[]> =>
      (await access.searchAudit({ ...query, from: 0, limit: 10 })).items.map((item) => `${item.who} ${item.action}`)

    expect(await who({})).toEqual(['lin desk.task.complete', 'wu desk.task.claim', 'lin desk.task.claim'])
    expect(await who({ who: 'lin' })).toEqual(['lin desk.task.complete', 'lin desk.task.claim'])
    expect(await who({ action: '*.claim', outcome: 'refused' })).toEqual(['wu desk.task.claim'])
    expect(await who({ fromAt: Date.UTC(2026, 2, 1) + 500, toAt: Date.UTC(2026, 2, 1) + 1_500 })).toEqual(['wu desk.task.claim'])
  })
})
