import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Engine } from '../../engine/runtime/index.ts'
import { faultyDeclaration, greenDeclaration } from '../fixtures/goods-declarations.ts'
import { DECLARANT, type Office, openOffice } from './fixtures/office.ts'

let office: Office
beforeEach(async () => {
  office = await openOffice()
})
afterEach(() => office.close())

const amendment = (changes = {}) => ({
  data: greenDeclaration(),
  expectedVersion: 1,
  idempotencyKey: 'amend-1',
  actor: DECLARANT,
  ...changes,
})
const withdrawal = (changes = {}) => ({ reason: 'sold elsewhere', idempotencyKey: 'withdraw-1', actor: DECLARANT, ...changes })

async function submitFaulty(): Promise<string> {
  const { receiptNo } = await office.submit({ data: faultyDeclaration() })
  await office.waiting(receiptNo)
  return receiptNo
}
async function submitGreen(): Promise<string> {
  const { receiptNo } = await office.submit()
  await office.waiting(receiptNo)
  return receiptNo
}

describe('an amendment', () => {
  test('becomes the next version and takes the process on', async () => {
    const receiptNo = await submitFaulty()

    const { version } = await office.window.amend(receiptNo, amendment())

    expect(version).toBe(2)
    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
    expect(await office.window.status(receiptNo)).toMatchObject({ version: 2, errors: [] })
    expect((await office.window.declarationData(receiptNo, 1))?.data).toEqual(faultyDeclaration())
    expect((await office.window.declarationData(receiptNo))?.data).toEqual(greenDeclaration())
  })

  test('sent again is the same version', async () => {
    const receiptNo = await submitFaulty()
    await office.window.amend(receiptNo, amendment())

    expect(await office.window.amend(receiptNo, amendment())).toEqual({ version: 2, errors: [] })
    expect((await office.window.status(receiptNo))?.version).toBe(2)
  })

  test('sent again with other data is refused', async () => {
    const receiptNo = await submitFaulty()
    await office.window.amend(receiptNo, amendment())

    await expect(office.window.amend(receiptNo, amendment({ data: faultyDeclaration() }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  test('of a version that is not the newest is refused', async () => {
    const receiptNo = await submitFaulty()

    await expect(office.window.amend(receiptNo, amendment({ expectedVersion: 2 }))).rejects.toMatchObject({ code: 'VERSION_CONFLICT' })
  })

  test('made twice at once from the same version takes one and refuses the other', async () => {
    const receiptNo = await submitFaulty()

    const both = await Promise.allSettled(['a', 'b'].map((idempotencyKey) => office.window.amend(receiptNo, amendment({ idempotencyKey }))))

    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await office.window.status(receiptNo))?.version).toBe(2)
  })

  test('is refused while nobody listens for it', async () => {
    const receiptNo = await submitGreen()

    await expect(office.window.amend(receiptNo, amendment())).rejects.toMatchObject({ code: 'INVALID_STATE' })
  })

  test('that is not of the form’s shape is refused', async () => {
    const receiptNo = await submitFaulty()

    await expect(office.window.amend(receiptNo, amendment({ data: { colour: 'red' } }))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  test('of an unknown declaration is refused', async () => {
    await expect(office.window.amend('SW170101000000000A', amendment())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a withdrawal', () => {
  test('ends the declaration', async () => {
    const receiptNo = await submitGreen()

    await office.window.withdraw(receiptNo, withdrawal())

    expect(await office.waiting(receiptNo)).toEqual([])
    expect(await office.window.status(receiptNo)).toMatchObject({ state: 'withdrawn', stateName: { zh: '已撤回' }, nextActions: [] })
  })

  test('sent again is a success, under another key it is refused', async () => {
    const receiptNo = await submitGreen()
    await office.window.withdraw(receiptNo, withdrawal())
    await office.harness.settled()

    await office.window.withdraw(receiptNo, withdrawal())

    await expect(office.window.withdraw(receiptNo, withdrawal({ idempotencyKey: 'again' }))).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
  })

  test('of a declaration that ended otherwise is refused', async () => {
    const receiptNo = await submitGreen()
    await office.customsReceives()
    await office.customsSays(receiptNo, { status: 'accepted', version: 1, errors: [] })

    await expect(office.window.withdraw(receiptNo, withdrawal())).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('granted'),
    })
  })

  test('needs a reason', async () => {
    const receiptNo = await submitGreen()

    await expect(office.window.withdraw(receiptNo, withdrawal({ reason: '' }))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('a crash between the stored change and its message', () => {
  /** An engine that dies where a message would be published. */
  function dyingEngine(engine: Engine): Engine {
    return Object.assign(Object.create(engine) as Engine, {
      publishMessage: () => Promise.reject(new Error('the power is gone')),
      addOutboxSource: () => undefined,
      addOutboxHandler: () => undefined,
      addWorker: () => async () => undefined,
    })
  }
  async function crash(receiptNo: string, change: 'amend' | 'withdraw'): Promise<void> {
    const dying = await office.openOn(dyingEngine(office.harness.engine))
    await expect(change === 'amend' ? dying.amend(receiptNo, amendment()) : dying.withdraw(receiptNo, withdrawal())).rejects.toThrow(
      'power',
    )
    await dying.close()
  }

  test('of an amendment is made good when the window opens again', async () => {
    const receiptNo = await submitFaulty()
    await crash(receiptNo, 'amend')
    await office.restart()

    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
    expect((await office.window.status(receiptNo))?.version).toBe(2)
  })

  test('of an amendment is made good by the enterprise that tries again', async () => {
    const receiptNo = await submitFaulty()
    await crash(receiptNo, 'amend')

    expect(await office.window.amend(receiptNo, amendment())).toEqual({ version: 2, errors: [] })
    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
  })

  test('of a withdrawal is made good when the window opens again', async () => {
    const receiptNo = await submitGreen()
    await crash(receiptNo, 'withdraw')
    await office.restart()

    expect(await office.waiting(receiptNo)).toEqual([])
    expect((await office.window.status(receiptNo))?.state).toBe('withdrawn')
  })
})
