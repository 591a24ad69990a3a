import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ledgers } from '../../../engine/window/ledger/ledger-contract.ts'
import { ledgerWorkers } from '../../../engine/window/ledger/ledger-workers.ts'
import { openLedgers } from '../../../engine/window/ledger/ledgers.ts'
import { zonedDay } from '../../../engine/window/zoned-time.ts'
import { type EngineHarness, openEngineHarness } from '../../helpers/engine-harness.ts'
import { type ProcessBuilder, process } from '../../helpers/process-builder.ts'
import { CLERK, definitions, OWNER } from './ledger-desk.ts'

let harness: EngineHarness
let ledgers: Ledgers
beforeEach(async () => {
  harness = await openEngineHarness()
  ledgers = await openLedgers({ store: harness.temp.store, clock: harness.engine.clock, zone: 'Asia/Shanghai', definitions })
})
afterEach(() => harness.remove())

const serve = () => ledgerWorkers(ledgers, harness.engine.clock).map((worker) => harness.engine.addWorker(worker))
const openGuarantee = (amount = '600000.00', validTo?: string) =>
  ledgers.post({
    ...{ ledger: 'guarantee', account: 'G1', actor: CLERK },
    entries: [{ kind: 'open', key: 'open', amount, enterprise: OWNER, ...(validTo === undefined ? {} : { validTo }) }],
  })
const balance = async () => (await ledgers.find('guarantee', 'G1'))?.balance
async function run(model: ProcessBuilder, variables: object = {}): Promise<string> {
  await harness.deploy(model)
  const key = await harness.start(model.id, { enterprise: OWNER, receiptNo: 'SW1', operator: 'OP-XM', ...variables })
  await harness.settled()
  return key
}
const HEADERS = { ledger: 'guarantee' }

/** The recipe of the README: reserve for a batch, and a way out when it is short. */
function batchProcess(): ProcessBuilder {
  return process('batch')
    .start()
    .serviceTask('reserve', {
      type: 'ledger.reserve',
      headers: HEADERS,
      inputs: { account: '="G1"', amount: '=tax', reservation: '=noteNo', key: '=noteNo' },
      outputs: { guarantee: '=ledgerResult.balance', entry: '=ledgerResult.entryId' },
    })
    .end('out')
    .boundary('reserve', 'short', { error: 'LEDGER_SHORT' })
    .end('told')
}

describe('a ledger in a process', () => {
  test('opens, reserves, releases, writes off and closes as service tasks, each told where it stands', async () => {
    serve()
    const key = await run(
      process('life')
        .start()
        .serviceTask('open', {
          type: 'ledger.open',
          headers: HEADERS,
          inputs: { account: '="G1"', amount: '=600000', validTo: '="2099-12-31"', key: '="G1"' },
        })
        .serviceTask('reserve', {
          type: 'ledger.reserve',
          headers: HEADERS,
          inputs: { account: '="G1"', many: '=for b in batches return {reservation: b.no, amount: b.tax}' },
          outputs: { reserved: '=ledgerResult' },
        })
        .serviceTask('write-off', {
          type: 'ledger.write-off',
          headers: HEADERS,
          inputs: { account: '="G1"', reservation: '="B1"' },
        })
        .serviceTask('release', {
          type: 'ledger.release',
          headers: HEADERS,
          inputs: { account: '="G1"', reservation: '="B2"' },
          outputs: { released: '=ledgerResult.amount' },
        })
        .serviceTask('look', {
          type: 'ledger.balance',
          headers: HEADERS,
          inputs: { account: '="G1"' },
          outputs: { isEnough: '=number(ledgerResult.balance.available) >= 500000', used: '=ledgerResult.balance.used' },
        })
        .serviceTask('close', { type: 'ledger.close', headers: HEADERS, inputs: { account: '="G1"' } })
        .userTask('rest'),
      {
        batches: [
          { no: 'B1', tax: 99015 },
          { no: 'B2', tax: '237636.00' },
        ],
      },
    )

    expect(harness.complaints).toEqual([])
    expect(await harness.engine.getVariables(key)).toMatchObject({
      reserved: { amount: '336651.00', unit: 'CNY', use: 0.561085, warn: false, replayed: false, balance: { available: '263349.00' } },
      released: '237636.00',
      isEnough: true,
      used: '99015.00',
    })
    const postings = await ledgers.postings('guarantee', 'G1', 0, 10)
    expect(postings.map(({ entries }) => entries.map(({ kind }) => kind))).toEqual([
      ['open'],
      ['reserve', 'reserve'],
      ['write-off'],
      ['release'],
      ['close'],
    ])
    expect(postings[1]).toMatchObject({ receiptNo: 'SW1', operator: 'OP-XM', processInstanceKey: key, actor: { id: 'window' } })
  })

  test('that is short is caught by its boundary event, with what is missing', async () => {
    serve()
    await openGuarantee('65319.00')
    const key = await run(batchProcess(), { tax: '158424.00', noteNo: 'B4' })

    expect(await harness.completed(key)).toContain('told')
    const history = await harness.engine.getHistory(key)
    const variables = history.flatMap(({ events }) => events).filter((event) => event.type.startsWith('variable'))
    expect(JSON.stringify(variables)).toContain('"short":"93105.00"')
    expect(await balance()).toMatchObject({ reserved: '0.00' })
  })

  test('makes one entry when the node dies between the entry and the end of its job', async () => {
    await openGuarantee()
    await run(withoutKey(), { tax: '99015.00', noteNo: 'B1' })
    const [job] = await harness.take('ledger.reserve')
    const worker = ledgerWorkers(ledgers, harness.engine.clock).find(({ type }) => type === 'ledger.reserve')
    if (!job || !worker) throw new Error('Expected a job of type ledger.reserve')
    const lost = await worker.handle(job)

    harness.clock.advance(120_000)
    serve()
    await harness.settled()

    expect(await harness.stateOf(job.processInstanceKey)).toBe('COMPLETED')
    expect(lost).toMatchObject({ variables: { ledgerResult: { replayed: false } } })
    expect(await ledgers.postings('guarantee', 'G1', 0, 10)).toHaveLength(2)
    expect(await balance()).toMatchObject({ reserved: '99015.00' })
  })

  test('is not drawn on for another enterprise', async () => {
    serve()
    await openGuarantee()
    const key = await run(batchProcess(), { tax: 1, noteNo: 'B1', enterprise: '91350100M000100Y43' })

    const [incident] = (await harness.temp.store.search('incident', { filter: { processInstanceKey: key } })).items
    expect(incident?.message).toContain('LEDGER_UNKNOWN')
    expect(await balance()).toMatchObject({ reserved: '0.00' })
  })

  test.each([
    ['an amount with too many decimals', { tax: '1.005', noteNo: 'B1' }, 'round it in the model'],
    ['an amount below zero', { tax: -1, noteNo: 'B1' }, 'a decimal that is not negative'],
    ['a missing note number', { tax: 1 }, 'Expected an input key'],
    ['a missing tax', { noteNo: 'B1' }, 'Expected an amount'],
  ])('with %s is an incident that says the way out, and nothing is entered', async (_, variables, message) => {
    serve()
    await openGuarantee()
    const key = await run(batchProcess(), variables)

    const [incident] = (await harness.temp.store.search('incident', { filter: { processInstanceKey: key } })).items
    expect(incident?.message).toContain(message)
    expect(await ledgers.postings('guarantee', 'G1', 0, 10)).toHaveLength(1)
  })

  test('takes nothing new past its last day, but still settles what is reserved', async () => {
    serve()
    await openGuarantee('600000.00', zonedDay(harness.clock.now(), 'Asia/Shanghai'))
    await run(batchProcess(), { tax: 100, noteNo: 'B1' })
    harness.clock.advance(2 * 24 * 60 * 60 * 1000)
    const model = process('after-expiry')
      .start()
      .serviceTask('settle', { type: 'ledger.release', headers: HEADERS, inputs: { account: '="G1"', reservation: '="B1"' } })
      .serviceTask('more', { type: 'ledger.reserve', headers: HEADERS, inputs: { account: '="G1"', amount: '=1', reservation: '="B2"' } })
      .end('reserved')
      .boundary('more', 'expired', { error: 'LEDGER_EXPIRED' })
      .end('late')

    const key = await run(model)

    expect(await harness.completed(key)).toEqual(expect.arrayContaining(['settle', 'late']))
    expect(await balance()).toMatchObject({ reserved: '0.00' })
  })
})

describe('two ledgers in a process', () => {
  const BONDED = { ledger: 'bonded' }
  const gateOut = () =>
    process('gate-out')
      .start()
      .serviceTask('secure', {
        type: 'ledger.reserve',
        headers: HEADERS,
        inputs: { account: '="G1"', amount: '=tax', reservation: '=noteNo' },
      })
      .undo('secure', 'unsecure', { type: 'ledger.release', headers: HEADERS, inputs: { account: '="G1"', reservation: '=noteNo' } })
      .serviceTask('deduct', { type: 'ledger.write-off', headers: BONDED, inputs: { account: '="Z1"', amount: '=pieces', key: '=noteNo' } })
      .end('out')
      .boundary('deduct', 'too-few', { error: 'LEDGER_SHORT' })
      .throwEvent('undo', { compensate: '' })
      .end('refused')

  test.each([
    [100, 'out', '99015.00', '100'],
    [101, 'refused', '0.00', '0'],
  ])('take %d pieces both or neither: %s', async (pieces, end, reserved, used) => {
    serve()
    await openGuarantee()
    await ledgers.post({
      ...{ ledger: 'bonded', account: 'Z1', actor: CLERK },
      entries: [{ kind: 'open', key: 'open', amount: 100, unit: 'piece', enterprise: OWNER }],
    })

    const key = await run(gateOut(), { tax: '99015.00', noteNo: 'N1', pieces })

    expect(await harness.completed(key)).toContain(end)
    expect(await balance()).toMatchObject({ reserved })
    expect((await ledgers.find('bonded', 'Z1'))?.balance).toMatchObject({ used })
  })
})

/** The same with the key left to the platform. */
function withoutKey(): ProcessBuilder {
  return process('batch')
    .start()
    .serviceTask('reserve', {
      type: 'ledger.reserve',
      headers: HEADERS,
      inputs: { account: '="G1"', amount: '=tax', reservation: '=noteNo' },
    })
    .end()
}
