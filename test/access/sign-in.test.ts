import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Access, AccessFailure } from '../../engine/access/index.ts'
import { type AccessHarness, openAccessHarness, PASSWORD, USCC } from '../helpers/access-harness.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let harness: AccessHarness
let access: Access
beforeEach(async () => {
  harness = await openAccessHarness()
  access = harness.access
  await access.createAccount(
    { name: 'lin', roles: ['officer'], agency: 'customs', groups: ['customs.doc-officer'], password: PASSWORD },
    'test',
  )
})
afterEach(() => harness.close())

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: AccessFailure) => error.code,
  )
const wrongPassword = (name: string, address = '10.0.0.1'): Promise<string> => code(access.signIn(name, 'not the password', address))

describe('sign-in', () => {
  test('gives a token that tells who it is', async () => {
    const { token } = await access.signIn('lin', PASSWORD, '10.0.0.1')

    const principal = await access.authenticate(`Bearer ${token}`, '10.0.0.1')

    expect(token).toMatch(/^sws_/)
    expect(principal).toMatchObject({ name: 'lin', by: 'session', roles: ['officer'], agency: 'customs', groups: ['customs.doc-officer'] })
  })

  test('ends after twelve hours', async () => {
    const { token } = await access.signIn('lin', PASSWORD, '10.0.0.1')

    harness.advance(12 * HOUR - 1)
    expect(await code(access.authenticate(`Bearer ${token}`, '10.0.0.1'))).toBe('done')
    harness.advance(MINUTE)

    expect(await code(access.authenticate(`Bearer ${token}`, '10.0.0.1'))).toBe('UNAUTHORIZED')
  })

  test('ends at once with sign-out', async () => {
    const { token } = await access.signIn('lin', PASSWORD, '10.0.0.1')
    const principal = await access.authenticate(`Bearer ${token}`, '10.0.0.1')

    await access.signOut(principal)

    expect(await code(access.authenticate(`Bearer ${token}`, '10.0.0.1'))).toBe('UNAUTHORIZED')
  })

  test('by Basic works as well, and nothing in the header is nobody', async () => {
    const basic = Buffer.from(`lin:${PASSWORD}`).toString('base64')

    expect(await access.authenticate(`Basic ${basic}`, '10.0.0.1')).toMatchObject({ name: 'lin', by: 'password' })
    expect(await access.authenticate('', '10.0.0.1')).toMatchObject({ by: 'nothing', roles: [] })
  })

  test('is told the same for a wrong password and a name that does not exist', async () => {
    const [wrong, unknown] = await Promise.all(
      ['lin', 'nobody'].map((name) =>
        access.signIn(name, 'not the password', '10.0.0.1').catch((error: AccessFailure) => [error.code, error.message]),
      ),
    )

    expect(wrong).toEqual(unknown)
  })

  test.each(['Bearer', 'Bearer x', 'Bearer swk_abcd_short', 'Basic !!!', 'Digest abc', `Bearer sws_0000_${'a'.repeat(43)}`])(
    'refuses the header %s',
    async (header) => {
      expect(await code(access.authenticate(header, '10.0.0.1'))).toBe('UNAUTHORIZED')
    },
  )
})

describe('the lock', () => {
  test('closes after five wrong passwords, also for the right one, and opens after a minute', async () => {
    for (let i = 0; i < 5; i++) expect(await wrongPassword('lin')).toBe('UNAUTHORIZED')
    expect(await code(access.signIn('lin', PASSWORD, '10.0.0.1'))).toBe('ACCOUNT_LOCKED')

    harness.advance(MINUTE + 1)

    expect(await code(access.signIn('lin', PASSWORD, '10.0.0.1'))).toBe('done')
  })

  test('doubles with each further failure, up to an hour', async () => {
    for (let i = 0; i < 5; i++) await wrongPassword('lin', `10.0.1.${i}`)
    const waits: number[] = []
    for (let i = 0; i < 9; i++) {
      const locked: AccessFailure = await access.signIn('lin', PASSWORD, `10.0.2.${i}`).then(
        () => Promise.reject(new Error('expected a lock')),
        (error) => error,
      )
      waits.push((locked.retryAfterMs ?? 0) / MINUTE)
      harness.advance((locked.retryAfterMs ?? 0) + 1)
      await wrongPassword('lin', `10.0.3.${i}`)
    }

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('is seen by every node', async () => {
    for (let i = 0; i < 5; i++) await wrongPassword('lin')

    expect(await code(harness.otherNode().signIn('lin', PASSWORD, '10.0.0.2'))).toBe('ACCOUNT_LOCKED')
  })

  test('counts guesses that come all at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => wrongPassword('lin')))

    expect(answers.filter((answer) => answer === 'UNAUTHORIZED')).toHaveLength(5)
    expect(answers.filter((answer) => answer === 'ACCOUNT_LOCKED')).toHaveLength(3)
  })

  test('closes for a name that does not exist too, so that it does not tell which names exist', async () => {
    for (let i = 0; i < 5; i++) expect(await wrongPassword('nobody')).toBe('UNAUTHORIZED')

    expect(await wrongPassword('nobody')).toBe('ACCOUNT_LOCKED')
  })

  test('is forgotten after a right password', async () => {
    for (let i = 0; i < 4; i++) await wrongPassword('lin')
    await access.signIn('lin', PASSWORD, '10.0.0.1')
    for (let i = 0; i < 4; i++) await wrongPassword('lin')

    expect(await code(access.signIn('lin', PASSWORD, '10.0.0.1'))).toBe('done')
  })

  test('closes an address that tries tokens and names without end', async () => {
    const guesses = Array.from({ length: 101 }, (_, i) => `Bearer swk_0000${i}_${'a'.repeat(43)}`)
    const answers = []
    for (const guess of guesses) answers.push(await code(access.authenticate(guess, '10.9.9.9')))

    expect(answers.at(-1)).toBe('TOO_MANY_ATTEMPTS')
    expect(await code(access.signIn('lin', PASSWORD, '10.0.0.1'))).toBe('done')
    harness.advance(MINUTE)
    expect(await code(access.authenticate(guesses[0], '10.9.9.9'))).toBe('UNAUTHORIZED')
  })
})

describe('an API key', () => {
  const erp = { name: 'erp', roles: ['enterprise'], enterprise: USCC } as const

  test('has the rights of its account and is not kept in the store', async () => {
    const { accountId } = await access.createAccount(erp, 'test')

    const { key } = await access.createApiKey(accountId, { label: 'ERP' }, 'admin')

    expect(key).toMatch(/^swk_[0-9a-f]{18}_[A-Za-z0-9_-]{43}$/)
    expect(await access.authenticate(`Bearer ${key}`, '10.0.0.1')).toMatchObject({ by: 'apiKey', enterprise: USCC })
    const kept = await harness.store.documents({ name: 'api_keys', indexes: ['accountId'], unique: [] }).find({})
    expect(JSON.stringify(kept)).not.toContain(key.split('_').slice(2).join('_'))
    expect(JSON.stringify(await access.listApiKeys(accountId))).not.toContain('secretHash')
  })

  test('ends when it is revoked, when it expires and when its account is disabled', async () => {
    const { accountId } = await access.createAccount(erp, 'test')
    const revoked = await access.createApiKey(accountId, { label: 'one' }, 'admin')
    const expiring = await access.createApiKey(accountId, { label: 'two', expiresAt: Date.UTC(2026, 2, 2) }, 'admin')
    const disabled = await access.createApiKey(accountId, { label: 'three' }, 'admin')
    const use = (key: string): Promise<string> => code(access.authenticate(`Bearer ${key}`, '10.0.0.1'))
    expect([await use(revoked.key), await use(expiring.key), await use(disabled.key)]).toEqual(['done', 'done', 'done'])

    await access.revokeApiKey(accountId, revoked.view.keyId)
    harness.advance(24 * HOUR)
    expect([await use(revoked.key), await use(expiring.key), await use(disabled.key)]).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'done'])
    await access.changeAccount(accountId, { disabled: true })

    expect(await use(disabled.key)).toBe('UNAUTHORIZED')
  })

  test('with one wrong letter is refused', async () => {
    const { accountId } = await access.createAccount(erp, 'test')
    const { key } = await access.createApiKey(accountId, { label: 'ERP' }, 'admin')

    const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')

    expect(await code(access.authenticate(`Bearer ${wrong}`, '10.0.0.1'))).toBe('UNAUTHORIZED')
  })

  test('is not made for administrators and officers, who act in person', async () => {
    const officer = (await access.listAccounts({ role: 'officer', from: 0, limit: 1 })).items[0]

    expect(await code(access.createApiKey(officer?.accountId ?? '', { label: 'x' }, 'admin'))).toBe('INVALID_ARGUMENT')
  })
})
