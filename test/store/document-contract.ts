import { expect, it } from 'vitest'
import type { JsonObject } from '../../engine/kernel/index.ts'
import type { Bench } from './contract.ts'

const ACCOUNTS = { name: 'account', indexes: ['role', 'groups', 'age', 'active'], unique: ['login'] }
const li: JsonObject = {
  login: 'li',
  role: 'officer',
  groups: ['customs.officer', 'customs.chief'],
  age: 40,
  active: true,
  'a.b': { $x: [null] },
}
const wu: JsonObject = { login: 'wu', role: 'enterprise', groups: [], age: 30, active: false }

export function documentContract(bench: Bench): void {
  it('keeps documents with a revision that counts their changes, after it was opened again', async () => {
    const accounts = bench.store.documents(ACCOUNTS)
    expect(await accounts.insert('1', li)).toEqual({ id: '1', revision: 1, body: li })
    expect(await accounts.replace('1', 1, { ...li, age: 41 })).toMatchObject({ revision: 2 })
    await accounts.insert('2', wu)
    await accounts.delete('2')
    await accounts.delete('2')

    const reopened = (await bench.reopen()).documents(ACCOUNTS)

    expect(await reopened.get('1')).toEqual({ id: '1', revision: 2, body: { ...li, age: 41 } })
    expect(await reopened.get('2')).toBeUndefined()
  })

  it('refuses a second document with the same id or unique field, and names which', async () => {
    const accounts = bench.store.documents(ACCOUNTS)
    await accounts.insert('1', li)
    await accounts.insert('2', wu)

    await expect(accounts.insert('1', { login: 'x' })).rejects.toMatchObject({ code: 'DUPLICATE', field: 'id' })
    await expect(accounts.insert('3', { login: 'li' })).rejects.toMatchObject({ code: 'DUPLICATE', field: 'login' })
    await expect(accounts.replace('2', 1, { ...wu, login: 'li' })).rejects.toMatchObject({ code: 'DUPLICATE', field: 'login' })
    await accounts.insert('4', { role: 'officer' })
    await accounts.insert('5', { role: 'officer' })
    await accounts.replace('1', 1, { ...li, login: 'li2' })

    await accounts.insert('6', { login: 'li' })
    expect(await accounts.get('2')).toMatchObject({ revision: 1, body: wu })
  })

  it('refuses to replace an unknown document or another revision, and lets one rival win', async () => {
    const accounts = bench.store.documents(ACCOUNTS)
    await accounts.insert('1', li)

    await expect(accounts.replace('2', 1, wu)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(accounts.replace('1', 2, wu)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
    const rivals = await Promise.allSettled(Array.from({ length: 6 }, (_, age) => accounts.replace('1', 1, { ...li, age })))

    expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await accounts.get('1')).toMatchObject({ revision: 2 })
  })

  it('finds documents by indexed fields, list elements included', async () => {
    const accounts = bench.store.documents(ACCOUNTS)
    await accounts.insert('1', li)
    await accounts.insert('2', wu)
    await accounts.insert('3', { role: 'officer', groups: 'customs.officer' })
    const ids = async (query: Parameters<typeof accounts.find>[0]) => (await accounts.find(query)).items.map(({ id }) => id)

    expect(await ids({ filter: { role: 'officer' } })).toEqual(['1', '3'])
    expect(await ids({ filter: { groups: 'customs.officer' } })).toEqual(['1', '3'])
    expect(await ids({ filter: { groups: { in: ['customs.chief', 'none'] } } })).toEqual(['1'])
    expect(await ids({ filter: { groups: { neq: 'customs.chief' } } })).toEqual(['2', '3'])
    expect(await ids({ filter: { age: { gte: 30, lt: 40 } } })).toEqual(['2'])
    expect(await ids({ filter: { active: true } })).toEqual(['1'])
    expect(await ids({ filter: { groups: { exists: true }, login: { exists: false } } })).toEqual(['3'])
    expect(await ids({ filter: { login: { like: '?u' } } })).toEqual(['2'])
    expect(await ids({ anyOf: [{ login: 'li' }, { role: 'enterprise' }], sort: [{ field: 'age', order: 'asc' }] })).toEqual(['2', '1'])
    expect(await accounts.find({ sort: [{ field: 'id', order: 'desc' }], limit: 1 })).toMatchObject({ items: [{ id: '3' }], total: 3 })
    await expect(accounts.find({ filter: { colour: 'red' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('login'),
    })
  })

  it('finds a changed document by its new values only', async () => {
    const accounts = bench.store.documents(ACCOUNTS)
    await accounts.insert('1', li)

    await accounts.replace('1', 1, { ...li, role: 'analyst', groups: ['design'] })

    expect((await accounts.find({ filter: { role: 'officer' } })).total).toBe(0)
    expect((await accounts.find({ filter: { groups: 'customs.chief' } })).total).toBe(0)
    expect((await accounts.find({ filter: { groups: 'design', role: 'analyst' } })).total).toBe(1)
  })

  it('brings documents to a changed definition when it is opened with it', async () => {
    await bench.store.documents(ACCOUNTS).insert('1', li)
    await bench.store.documents(ACCOUNTS).replace('1', 1, li)
    const accounts = (await bench.reopen()).documents({ name: 'account', indexes: ['login'], unique: ['age'] })

    expect((await accounts.find({ filter: { age: 40 } })).items).toEqual([{ id: '1', revision: 2, body: li }])
    await accounts.insert('2', { login: 'li', age: 41 })
    await expect(accounts.insert('3', { age: 40 })).rejects.toMatchObject({ code: 'DUPLICATE', field: 'age' })
  })

  it('refuses a collection it cannot keep', () => {
    for (const definition of [
      { ...ACCOUNTS, name: 'Account' },
      { ...ACCOUNTS, name: 'other', indexes: ['a b'] },
      { ...ACCOUNTS, name: 'third', indexes: ['id'] },
    ]) {
      expect(() => bench.store.documents(definition)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
    bench.store.documents(ACCOUNTS)
    expect(() => bench.store.documents({ ...ACCOUNTS, unique: [] })).toThrow(/in use with other indexes/)
  })
}
