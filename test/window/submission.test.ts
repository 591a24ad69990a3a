import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Engine } from '../../engine/runtime/index.ts'
import { isReceiptNumber } from '../../engine/window/receipt-number.ts'
import { EXPORTER_USCC, faultyDeclaration, greenDeclaration, OTHER_EXPORTER_USCC } from '../fixtures/goods-declarations.ts'
import { type Office, openOffice } from './fixtures/office.ts'

let office: Office
beforeEach(async () => {
  office = await openOffice()
})
afterEach(() => office.close())

describe('a submission', () => {
  test('gets a receipt number and starts the process with what routing needs', async () => {
    const { receiptNo, version, replayed } = await office.submit()

    const stored = await office.window.find(receiptNo)
    const variables = await office.harness.engine.getVariables(stored?.body.processInstanceKey ?? '')
    expect(isReceiptNumber(receiptNo)).toBe(true)
    expect({ version, replayed }).toEqual({ version: 1, replayed: false })
    expect(variables).toMatchObject({
      receiptNo,
      version: 1,
      service: 'permit',
      enterprise: EXPORTER_USCC,
      operator: 'OP-XM',
      creditClass: 'general',
    })
    expect(variables.facts).toMatchObject({ grossWeight: greenDeclaration().gross_weight, randomDraw: expect.any(Number) })
    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
  })

  test('under a key that was used before answers with the first result', async () => {
    const first = await office.submit()
    const second = await office.submit()

    expect(second).toEqual({ ...first, replayed: true })
    expect((await office.window.list({ from: 0, limit: 10 })).total).toBe(1)
  })

  test('made twice at the same time makes one declaration', async () => {
    const results = await Promise.all([office.submit(), office.submit(), office.submit()])

    expect(new Set(results.map(({ receiptNo }) => receiptNo)).size).toBe(1)
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await office.harness.engine.store.search('instance', {})).total).toBe(1)
  })

  test('with other data under a used key is refused', async () => {
    await office.submit()

    await expect(office.submit({ data: greenDeclaration({ voyage_no: '999E' }) })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('under the same key of another enterprise is another declaration', async () => {
    const first = await office.submit()
    const second = await office.submit({ enterprise: OTHER_EXPORTER_USCC })

    expect(second.receiptNo).not.toBe(first.receiptNo)
    expect(second.replayed).toBe(false)
  })

  test('that is not of the form’s shape is refused with its places, and nothing is stored', async () => {
    const refused = office.submit({ data: { ...greenDeclaration(), gross_weight: 'heavy', colour: 'red' } })

    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      errors: expect.arrayContaining([expect.objectContaining({ item: 'colour' })]),
    })
    expect((await office.window.list({ from: 0, limit: 10 })).total).toBe(0)
  })

  test('with mistakes gets its receipt number, and the errors come back under it', async () => {
    const { receiptNo } = await office.submit({ data: faultyDeclaration() })

    expect(await office.waiting(receiptNo)).toEqual(['correct'])
    const status = await office.window.status(receiptNo)
    expect(status?.errors.length).toBeGreaterThan(2)
    expect(status?.errors.map(({ item }) => item)).toContain('agent_uscc')
  })

  test.each([
    ['nothing in it', {}],
    ['a false check digit', { ...greenDeclaration(), agent_uscc: '91350200MA2DEM017X' }],
    ['a net weight above the gross weight', greenDeclaration({ net_weight: 99_999_999 })],
  ])('with %s is told at once what is wrong, also when asked again, and waits for the amended version', async (_, data) => {
    const result = await office.submit({ data })

    expect(result.errors.length).toBeGreaterThan(0)
    expect((await office.submit({ data })).errors).toEqual(result.errors)
    expect((await office.window.status(result.receiptNo))?.errors).toEqual(result.errors)
    await office.harness.settled()
    expect((await office.window.status(result.receiptNo))?.nextActions.map(({ action }) => action)).toContain('amend')
    expect((await office.window.status(result.receiptNo))?.errors).toEqual(result.errors)
  })

  test('can be tried without being stored', async () => {
    expect(office.window.validate('permit', greenDeclaration())).toEqual([])
    expect(office.window.validate('permit', {}).length).toBeGreaterThan(0)
    expect(() => office.window.validate('permti', {})).toThrow('Expected one of the services permit')
    expect((await office.window.list({ from: 0, limit: 10 })).total).toBe(0)
  })

  test('of an unknown service is refused', async () => {
    await expect(office.submit({ service: 'permti' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('without an idempotency key is refused', async () => {
    await expect(office.submit({ idempotencyKey: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('a crash between the stored declaration and its process', () => {
  /** An engine that dies where an instance would be made. */
  function dyingEngine(engine: Engine): Engine {
    return Object.assign(Object.create(engine) as Engine, {
      createInstance: () => Promise.reject(new Error('the power is gone')),
      addOutboxSource: () => undefined,
      addOutboxHandler: () => undefined,
      addWorker: () => async () => undefined,
    })
  }
  const request = { service: 'permit', enterprise: EXPORTER_USCC, operator: 'OP-XM', data: greenDeclaration(), idempotencyKey: 'key-1' }

  async function crash(): Promise<void> {
    const window = await office.openOn(dyingEngine(office.harness.engine))
    await expect(window.submit({ ...request, actor: { id: 'declarant', kind: 'user' } })).rejects.toThrow('the power is gone')
    await window.close()
  }

  test('is made good when the window opens again', async () => {
    await crash()
    await office.restart()

    const { items } = await office.window.list({ from: 0, limit: 10 })
    expect(items).toMatchObject([{ started: true }])
    expect(await office.waiting(items[0]?.receiptNo ?? '')).toEqual(['tell-customs'])
  })

  test('is made good by the enterprise that tries again', async () => {
    await crash()

    const { receiptNo, replayed } = await office.submit()

    expect(replayed).toBe(true)
    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
    expect((await office.harness.engine.store.search('instance', {})).total).toBe(1)
  })
})
