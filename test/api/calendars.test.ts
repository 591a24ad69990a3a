import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const hours = [{ from: '09:00', to: '17:00' }]
const calendar = {
  name: { en: 'Customs', zh: '海关' },
  zone: 'Asia/Shanghai',
  week: { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours },
  holidays: { country: 'CN', years: [2026] },
  days: [{ date: '2026-05-04', kind: 'off', note: 'inspection of the house' }],
  validFrom: '2026-01-01',
  validTo: null,
  operators: ['OP-FZ'],
}

describe('business calendars', () => {
  test('are put, read and listed; the act is in the audit trail', async () => {
    const put = await server.ask('operator', 'PUT /ops/v1/calendars/customs', { body: calendar })
    expect(put).toMatchObject({ status: 200, body: { calendarId: 'customs', holidayYears: [2026], week: { saturday: [] } } })

    expect((await server.ask('analyst', 'GET /ops/v1/calendars/customs')).body).toEqual(put.body)
    const list = await server.ask('admin', 'GET /ops/v1/calendars')
    expect(list.body.items.map(({ calendarId }: { calendarId: string }) => calendarId)).toContain('customs')
    const trail = await server.ask('admin', 'GET /ops/v1/audit?action=ops.calendar.write')
    expect(trail.body.items).toMatchObject([{ who: 'operator', object: '/ops/v1/calendars/customs', outcome: 'done' }])
    expect((await server.ask('operator', 'GET /ops/v1/calendars/none')).status).toBe(404)
    expect((await server.ask('analyst', 'PUT /ops/v1/calendars/customs', { body: calendar })).status).toBe(403)
  })

  test('are refused with every place at fault, in the language that is asked for', async () => {
    const wrong = { ...calendar, zone: 'Mars/Base', days: [{ date: '2026-05-04', kind: 'off', hours }], operators: [] }
    const zh = await server.ask('operator', 'PUT /ops/v1/calendars/wrong', { body: wrong })
    const en = await server.ask('operator', 'PUT /ops/v1/calendars/wrong', { body: wrong, headers: { 'accept-language': 'en' } })

    expect(zh.status).toBe(400)
    expect(zh.body.errors.map(({ path }: { path: string }) => path)).toEqual(['/zone', '/days/0/hours'])
    expect(zh.body.detail).toContain('工作日历无效')
    expect(zh.body.errors[0].message).toContain('时区')
    expect(en.body.errors[0].message).toContain('expected an IANA zone')
  })
})
