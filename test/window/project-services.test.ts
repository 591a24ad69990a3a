import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadForms, openWindow, type SingleWindow } from '../../engine/window/index.ts'
import { EXPORTER_USCC, greenDeclaration } from '../fixtures/goods-declarations.ts'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'

const forms = await loadForms()
let harness: EngineHarness
let window: SingleWindow

const open = () => openWindow({ engine: harness.engine, store: harness.engine.store, forms, log: () => undefined })
beforeEach(async () => {
  harness = await openEngineHarness()
  window = await open()
})
afterEach(async () => {
  await window.close()
  await harness.remove()
})

test('the services of the project make no new versions when they are opened again', async () => {
  const definitions = harness.engine.definitions.all().length
  await window.close()
  await harness.restart()
  window = await open()

  expect(definitions).toBeGreaterThan(0)
  expect(harness.engine.definitions.all()).toHaveLength(definitions)
})

test('every agency of every service is known', async () => {
  const known = (await window.agencies()).map(({ agencyId }) => agencyId)

  expect(known).toEqual(expect.arrayContaining(window.services().flatMap(({ agencies }) => agencies)))
})

test('every correction element, end and document a service names is there', async () => {
  for (const service of window.services()) {
    const definition = harness.engine.definitions.latest('process', service.bpmnProcessId, '<default>')
    const resource = (await harness.engine.store.loadResource(definition?.key ?? '')) ?? ''
    const named = [...service.correctionElements, ...Object.keys(service.ends)]

    expect(named.filter((id) => !resource.includes(`id="${id}"`))).toEqual([])
    expect(forms.schema(service.formId)).toBeDefined()
  }
})

test('a goods export can be followed from its first minute', async () => {
  const actor = { id: 'declarant', kind: 'user' } as const
  const request = {
    service: 'goods-export',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: greenDeclaration(),
    idempotencyKey: 'k',
    actor,
  }

  const { receiptNo } = await window.submit(request)
  await harness.settled()

  const status = await window.status(receiptNo)
  expect(status).toMatchObject({ state: 'in-progress', errors: [], serviceName: { zh: '货物出口申报' } })
  expect(status?.waitingFor.length).toBeGreaterThan(0)
  expect(status?.nextActions.map(({ action }) => action)).toContain('withdraw')
  expect(harness.complaints).toEqual([])
})
