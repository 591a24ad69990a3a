import { afterEach, beforeEach, expect, test } from 'vitest'
import { PUBLIC_CALENDAR } from '../../engine/runtime/index.ts'
import { assignCalendars } from '../../engine/window/assign-calendars.ts'
import type { Service } from '../../engine/window/index.ts'
import { parseServiceFile } from '../../engine/window/service-file.ts'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'

const text = { en: 'Permit', zh: '许可' }
const FILE = {
  id: 'permit',
  name: text,
  description: text,
  bpmnProcessId: 'permit',
  formId: 'goods-declaration',
  owner: 'customs',
  agencies: [],
  validFrom: '2017-01-01',
  ends: {},
  facts: {},
  messages: { amended: 'declaration.amended', withdrawn: 'declaration.withdrawn' },
  documents: {},
  correctionElements: [],
}
const read = (calendar: unknown) => parseServiceFile(JSON.stringify({ ...FILE, calendar }))
const catalogue = (service: Service) => ({ all: () => [service], find: () => service, facts: () => new Map() })

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness({ calendar: PUBLIC_CALENDAR })
})
afterEach(async () => house.remove())

test('a service names its business calendar, one for all or one by operator; one that is not there is told', async () => {
  const warnings: unknown[] = []
  const log = (_level: string, _message: string, details?: object): void => void warnings.push(details)
  await house.engine.calendars.put({ ...PUBLIC_CALENDAR, calendarId: 'customs' })

  for (const calendar of ['customs', { 'OP-FZ': 'customs', 'OP-XM': 'xiamen' }]) {
    const parsed = read(calendar)
    if (!parsed.ok) throw new Error(parsed.problems.join())
    assignCalendars(house.engine, catalogue(parsed.service), log)
  }

  expect(warnings).toEqual([{ service: 'permit', calendars: ['xiamen'] }])
  expect([read(''), read({}), read(7)].map(({ ok }) => ok)).toEqual([false, false, false])
})
