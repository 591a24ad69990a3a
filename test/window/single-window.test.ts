import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXPORTER_USCC, greenDeclaration } from '../fixtures/goods-declarations.ts'
import { pdfText } from '../helpers/pdf.ts'
import { DECLARANT, type Office, openOffice } from './fixtures/office.ts'

const MINUTE = 60_000
const ANALYST = { id: 'analyst', kind: 'user' } as const

let office: Office
beforeEach(async () => {
  office = await openOffice()
})
afterEach(() => office.close())

async function submitted(idempotencyKey = 'key-1'): Promise<string> {
  const { receiptNo } = await office.submit({ idempotencyKey })
  await office.harness.settled()
  return receiptNo
}
async function decided(status: string): Promise<string> {
  const receiptNo = await submitted()
  await office.customsReceives()
  await office.customsSays(receiptNo, { status, version: 1, errors: [] })
  return receiptNo
}

describe('a declaration', () => {
  test('runs from submission to its end, with clocks, document and state', async () => {
    const receiptNo = await submitted()
    office.harness.clock.advance(MINUTE)
    await office.customsReceives()
    office.harness.clock.advance(MINUTE)
    await office.customsSays(receiptNo, { status: 'accepted', version: 1, errors: [] })

    const status = await office.window.status(receiptNo)
    const start = status?.submittedAt ?? 0
    expect(status).toMatchObject({ state: 'granted', serviceName: { zh: '许可' }, endedAt: start + 2 * MINUTE })
    expect(status?.clocks).toMatchObject({ submitted: start, 'agency-ack': start + MINUTE, released: start + 2 * MINUTE })
    expect(status?.documents).toMatchObject([{ kind: 'release-note', name: { zh: '许可证' } }])
    expect((await office.window.find(receiptNo))?.body).toMatchObject({ state: 'granted', endedAt: start + 2 * MINUTE })
  })

  test('is given its document under the id the status names', async () => {
    const receiptNo = await decided('accepted')
    const [issued] = (await office.window.status(receiptNo))?.documents ?? []

    const document = await office.window.document(issued?.documentId ?? '')

    expect(document).toMatchObject({ receiptNo, kind: 'release-note', contentType: 'application/pdf' })
    expect(await pdfText(document?.content)).toContain(receiptNo)
  })

  test('goes on after a restart', async () => {
    const receiptNo = await submitted()
    await office.customsReceives()
    await office.restart()
    await office.customsSays(receiptNo, { status: 'accepted', version: 1, errors: [] })

    expect(await office.window.status(receiptNo)).toMatchObject({ state: 'granted' })
  })

  test('is listed, newest first, without its data', async () => {
    const first = await submitted('one')
    office.harness.clock.advance(MINUTE)
    const second = await submitted('two')

    const { items, total } = await office.window.list({ enterprise: EXPORTER_USCC, from: 0, limit: 10 })

    expect(total).toBe(2)
    expect(items.map(({ receiptNo }) => receiptNo)).toEqual([second, first])
    expect(JSON.stringify(items)).not.toContain(greenDeclaration().bl_no as string)
    expect((await office.window.list({ enterprise: 'another', from: 0, limit: 10 })).total).toBe(0)
  })

  test('is listed with its version and state, which follow it, and can be found by them', async () => {
    const ended = await submitted('one')
    const open = await submitted('two')
    const declared = office.harness.clock.now()
    office.harness.clock.advance(MINUTE)
    await office.window.withdraw(ended, { reason: 'Sold', idempotencyKey: 'w', actor: DECLARANT })
    office.harness.clock.advance(MINUTE)
    await office.harness.settled()
    const listed = async (state?: string) =>
      (await office.window.list({ ...(state === undefined ? {} : { state }), from: 0, limit: 10 })).items.map((item) => [
        item.receiptNo,
        item.version,
        item.state,
        item.stateName.en,
        item.updatedAt > declared,
      ])

    expect(await listed('withdrawn')).toEqual([[ended, 1, 'withdrawn', 'Withdrawn', true]])
    expect(await listed('in-progress')).toEqual([[open, 1, 'in-progress', 'In progress', false]])
    expect(await listed()).toHaveLength(2)
    expect(await listed('exported')).toEqual([])
  })

  test('moves in the list when it ends without anything the enterprise did', async () => {
    const receiptNo = await submitted()
    await office.customsReceives()
    office.harness.clock.advance(MINUTE)
    await office.customsSays(receiptNo, { status: 'accepted', version: 1, errors: [] })

    const [item] = (await office.window.list({ from: 0, limit: 10 })).items
    expect(item).toMatchObject({ state: 'granted', stateName: { zh: '准予' }, updatedAt: (item?.createdAt ?? 0) + MINUTE })
  })

  test('nobody made has no status', async () => {
    expect(await office.window.status('SW170101000000000A')).toBeUndefined()
  })
})

describe('a task of the enterprise', () => {
  const answer = { decision: 'sign', signatory: 'Chen', declaredTrue: true }
  const taskOf = async (receiptNo: string) =>
    (await office.window.status(receiptNo))?.nextActions.find(({ action }) => action === 'task')?.taskKey ?? ''

  test('is offered and completed', async () => {
    const receiptNo = await decided('documents-wanted')

    await office.window.completeTask(receiptNo, await taskOf(receiptNo), answer, DECLARANT)
    await office.harness.settled()

    expect(await office.window.status(receiptNo)).toMatchObject({ state: 'granted' })
  })

  test('takes nothing that its form does not ask for', async () => {
    const receiptNo = await decided('documents-wanted')

    const reaching = office.window.completeTask(receiptNo, await taskOf(receiptNo), { ...answer, creditClass: 'AEO-advanced' }, DECLARANT)

    await expect(reaching).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('creditClass') })
  })

  test.each([
    ['false', { ...answer, declaredTrue: false }],
    ['left out', { decision: 'sign', signatory: 'Chen' }],
  ])('is not signed with its statement %s; the task stays open', async (_, said) => {
    const receiptNo = await decided('documents-wanted')
    const taskKey = await taskOf(receiptNo)

    await expect(office.window.completeTask(receiptNo, taskKey, said, DECLARANT)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('declaredTrue to be true'),
    })
    expect(await taskOf(receiptNo)).toBe(taskKey)
  })

  test('needs no statement for what its form then does not ask', async () => {
    const receiptNo = await decided('documents-wanted')

    await office.window.completeTask(receiptNo, await taskOf(receiptNo), { decision: 'withdraw', reason: 'Sold' }, DECLARANT)
  })

  test('of another declaration does not exist', async () => {
    const receiptNo = await decided('documents-wanted')
    const other = await submitted('other')

    await expect(office.window.completeTask(other, await taskOf(receiptNo), answer, DECLARANT)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is not what an officer has to do', async () => {
    const receiptNo = await submitted()
    await office.window.setCredit(EXPORTER_USCC, 'dishonest', ANALYST)
    await office.harness.settled()
    const [review] = (await office.harness.engine.store.search('userTask', { filter: { elementId: 'review' } })).items

    await expect(office.window.completeTask(receiptNo, review?.key ?? '', {}, DECLARANT)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('cannot be done twice', async () => {
    const receiptNo = await decided('documents-wanted')
    const taskKey = await taskOf(receiptNo)
    await office.window.completeTask(receiptNo, taskKey, answer, DECLARANT)

    await expect(office.window.completeTask(receiptNo, taskKey, answer, DECLARANT)).rejects.toMatchObject({ code: 'INVALID_STATE' })
  })
})

describe('the credit of an enterprise', () => {
  test('that drops holds each of its open declarations once', async () => {
    const receipts = [await submitted('one'), await submitted('two')]

    await office.window.setCredit(EXPORTER_USCC, 'dishonest', ANALYST)
    await office.window.setCredit(EXPORTER_USCC, 'dishonest', ANALYST)

    for (const receiptNo of receipts) expect(await office.waiting(receiptNo)).toEqual(['review', 'tell-customs'])
  })

  test('that rises holds none, and the next declaration starts with it', async () => {
    const receiptNo = await submitted('one')

    await office.window.setCredit(EXPORTER_USCC, 'certified', ANALYST)

    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
    const next = await office.window.find(await submitted('two'))
    expect(await office.harness.engine.getVariables(next?.body.processInstanceKey ?? '')).toMatchObject({ creditClass: 'certified' })
  })

  test('is one of the known classes', async () => {
    await expect(office.window.setCredit(EXPORTER_USCC, 'excellent', ANALYST)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('a job of an agency', () => {
  test('shows its worker the rendered message and nothing else of the declaration', async () => {
    const receiptNo = await submitted()
    const [job] = await office.harness.take('agency.customs')
    if (!job) throw new Error('Expected a job for customs')

    const seen = await office.window.jobForAgency(job)

    expect(Object.keys(seen.variables).sort()).toEqual(['idempotencyKey', 'message', 'messageId', 'messageType', 'receiptNo', 'version'])
    expect(seen.variables).toMatchObject({
      receiptNo,
      version: 1,
      messageId: job.jobKey,
      messageType: 'cus.dec',
      idempotencyKey: job.jobKey,
    })
    expect(seen.variables.message).toMatchObject({ body: expect.stringContaining(receiptNo) })
    expect(seen.variables.message).toMatchObject({ body: expect.stringContaining(`<MessageId>${job.jobKey}</MessageId>`) })
    expect(job.variables.facts).toBeDefined()
  })

  test('is told its message by an input where the task has no header for it; the header comes first', async () => {
    await submitted()
    const [job] = await office.harness.take('agency.customs')
    if (!job) throw new Error('Expected a job for customs')
    const told = (customHeaders: Record<string, string>) =>
      office.window.jobForAgency({ ...job, customHeaders, variables: { ...job.variables, message: 'cus.withdraw' } })

    expect((await told({})).variables).toMatchObject({ messageType: 'cus.withdraw' })
    expect((await told({ message: 'cus.dec' })).variables).toMatchObject({ messageType: 'cus.dec' })
    await expect(office.window.jobForAgency({ ...job, customHeaders: {} })).rejects.toThrow('input `message`')
  })
})
