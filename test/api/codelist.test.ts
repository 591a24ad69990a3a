import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const english = { 'accept-language': 'en' }

describe('code lists', () => {
  test('are listed with their source and size', async () => {
    const { body } = await server.ask('fuzhou', 'GET /window/v1/codelists', { headers: english })

    expect(body.items).toContainEqual(expect.objectContaining({ id: 'hs6', name: 'Harmonized System, six digits', size: 5612 }))
  })

  test('are searched by code and by either name, in the language of who asks', async () => {
    const byName = await server.ask('fuzhou', `GET /window/v1/codelists/un-locode?search=${encodeURIComponent('厦门')}`, {
      headers: english,
    })
    const byCode = await server.ask('fuzhou', 'GET /window/v1/codelists/un-locode?search=cnxmg')

    expect(byName.body.items).toContainEqual(expect.objectContaining({ code: 'CNXMG', name: 'Xiamen', functions: '1' }))
    expect(byCode.body.items).toEqual([{ code: 'CNXMG', name: '厦门', country: 'CN', functions: '1' }])
  })

  test('give as many entries as were asked for, and only those of the day', async () => {
    const few = await server.ask('fuzhou', 'GET /window/v1/codelists/hs6?limit=3')
    const ended = await server.ask('fuzhou', 'GET /window/v1/codelists/currencies?search=HRK&day=2026-05-18')

    expect(few.body.items).toHaveLength(3)
    expect(ended.body.items).toEqual([])
    expect((await server.ask('fuzhou', 'GET /window/v1/codelists/hs6?limit=201')).status).toBe(400)
    expect((await server.ask('fuzhou', 'GET /window/v1/codelists/colours')).status).toBe(404)
  })
})
