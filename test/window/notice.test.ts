import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXPORTER_USCC, greenDeclaration } from '../fixtures/goods-declarations.ts'
import { process } from '../helpers/process-builder.ts'
import { DECLARANT, type Office, openOffice, PERMIT } from './fixtures/office.ts'
import { PERMIT_SERVICE } from './fixtures/permit.ts'

/** A service that is told of further goods while it runs, and one that opens a permit. */
const GATE_SERVICE = {
  ...PERMIT_SERVICE,
  id: 'gate',
  bpmnProcessId: 'gate',
  ends: {},
  correctionElements: [],
  notices: { batch: { name: { en: 'A batch leaves', zh: '批次出区' }, formId: 'goods-declaration', message: 'gate.batch' } },
}
const gateProcess = () =>
  process('gate')
    .start()
    .catchEvent('first', { message: 'gate.batch', correlationKey: '=receiptNo' })
    .catchEvent('second', { message: 'gate.batch', correlationKey: '=receiptNo' })
    .serviceTask('open', {
      type: 'window.open-case',
      headers: { service: 'permit' },
      inputs: { caseData: '={ie_flag: "E", transport_name: batch.transport_name}' },
    })
    .serviceTask('wait', { type: 'nobody' })
    .end('gone')

let office: Office
let receiptNo: string
beforeEach(async () => {
  office = await openOffice(PERMIT, { service: GATE_SERVICE, model: gateProcess() })
  receiptNo = (await office.submit({ service: 'gate' })).receiptNo
  await office.harness.settled()
})
afterEach(() => office.close())

const give = (idempotencyKey: string, changes: Parameters<typeof greenDeclaration>[0] = {}, kind = 'batch') =>
  office.window.giveNotice(receiptNo, kind, { data: greenDeclaration(changes), idempotencyKey, actor: DECLARANT })

describe('a notice', () => {
  test('is offered while the process listens for it, and reaches it in a variable named like its kind', async () => {
    expect((await office.window.status(receiptNo))?.nextActions).toEqual([
      { action: 'notice:batch', name: { en: 'A batch leaves', zh: '批次出区' } },
    ])

    const given = await give('one', { transport_name: 'TRUCK 1' })

    expect(given).toEqual({ noticeNo: `${receiptNo}-1`, number: 1, replayed: false })
    expect(await office.waiting(receiptNo)).toEqual(['second'])
    const { processInstanceKey = '' } = (await office.window.find(receiptNo))?.body ?? {}
    expect((await office.harness.engine.getVariables(processInstanceKey)).batch).toMatchObject({
      transport_name: 'TRUCK 1',
      noticeNo: `${receiptNo}-1`,
      number: 1,
    })
  })

  test('that comes twice is taken once; another one under its key is refused', async () => {
    await give('one')
    const again = await give('one')
    await expect(give('one', { transport_name: 'ANOTHER' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })

    expect(again).toEqual({ noticeNo: `${receiptNo}-1`, number: 1, replayed: true })
    expect(await office.waiting(receiptNo)).toEqual(['second'])
    expect(await office.window.notices(receiptNo)).toHaveLength(1)
  })

  test('that is wrong is refused with its errors, and nothing of it is kept', async () => {
    await expect(give('one', { gross_weight: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      errors: [expect.objectContaining({ rule: expect.any(String) })],
    })

    expect(await office.window.notices(receiptNo)).toEqual([])
    expect(await office.waiting(receiptNo)).toEqual(['first'])
  })

  test('of a kind that the service does not take is refused by name', async () => {
    await expect(give('one', {}, 'weight')).rejects.toThrow('Expected a kind of notice that gate takes (batch), found weight')
  })

  test('that nobody listens for any more is refused', async () => {
    await give('one')
    await office.harness.settled()
    await give('two')
    await office.harness.settled()

    await expect(give('three')).rejects.toMatchObject({ code: 'INVALID_STATE' })
  })
})

describe('a case that another one opens', () => {
  test('is declared by its enterprise, once, and names the case that opened it', async () => {
    await give('one')
    await office.harness.settled()
    await give('two', { transport_name: 'TRUCK 2' })
    await office.harness.settled()

    const opened = await office.window.openedBy(receiptNo)

    expect(opened).toMatchObject([{ service: 'permit', enterprise: EXPORTER_USCC, openedBy: receiptNo }])
    expect((await office.window.declarationData(opened[0]?.receiptNo ?? ''))?.data).toEqual({ ie_flag: 'E', transport_name: 'TRUCK 2' })
    expect(await office.waiting(receiptNo)).toEqual(['wait'])
  })
})
