import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { foldEvents } from '../../engine/kernel/index.ts'
import { completingWorker, type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const rows = async <T extends 'job' | 'timer' | 'subscription' | 'userTask'>(table: T, key: string) =>
  (await house.temp.store.search(table, { filter: { processInstanceKey: key } })).items
const elementsOf = async (key: string) => {
  const stored = await house.temp.store.loadInstance(key as never)
  return Object.values(stored?.state.elements ?? {}).filter(({ scopeKey }) => scopeKey !== undefined)
}
const definitionKey = (id: string) => house.engine.definitions.latest('process', id, TENANT)?.key ?? ''
const same = (...ids: readonly string[]) => ids.map((id) => ({ sourceElementId: id, targetElementId: id }))

const shipping = () => {
  const model = process('ship').start().serviceTask('weigh', { type: 'scale' })
  model.boundary('weigh', 'late', { duration: 'PT1H', interrupting: false }).userTask('hurry').end('hurried')
  model.boundary('weigh', 'told', { message: 'stop', correlationKey: '="k"' }).end('stopped')
  return model.at('weigh').userTask('load').end('done')
}

describe('a suspended instance', () => {
  test('gives out no job, fires no timer, takes no message; all of it comes once it is resumed', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    await house.engine.suspendInstance(key, TESTER)
    expect(await house.engine.getInstance(key)).toMatchObject({ state: 'SUSPENDED', suspendedAt: house.clock.now() })

    house.clock.advance(2 * 3_600_000)
    await house.publish('stop', 'k', { timeToLiveMs: 86_400_000 })
    await house.settled()
    expect(await house.take('scale')).toEqual([])
    expect((await elementsOf(key)).map(({ elementId }) => elementId)).toEqual(['weigh'])

    await house.engine.resumeInstance(key, TESTER)
    await house.settled()

    expect(await house.completed(key)).toEqual(expect.arrayContaining(['told', 'stopped']))
    const row = await house.engine.getInstance(key)
    expect(row?.suspendedAt).toBeUndefined()
  })

  test('fires its overdue timer and offers its job once it is resumed', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    await house.engine.suspendInstance(key, TESTER)
    house.clock.advance(2 * 3_600_000)
    await house.engine.resumeInstance(key, TESTER)
    await house.settled()

    expect((await rows('userTask', key)).map(({ elementId }) => elementId)).toEqual(['hurry'])
    expect(await house.take('scale')).toHaveLength(1)
  })

  test('keeps the answer of a worker that was at it', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    const [job] = await house.take('scale')
    await house.engine.suspendInstance(key, TESTER)
    await house.engine.completeJob(job?.jobKey ?? '', { variables: { kg: 3 }, leaseToken: job?.leaseToken ?? '' }, TESTER)
    expect((await elementsOf(key)).map(({ elementId }) => elementId)).toEqual(['weigh'])

    await house.engine.resumeInstance(key, TESTER)

    expect((await elementsOf(key)).map(({ elementId }) => elementId)).toEqual(['load'])
    expect(await house.engine.getVariables(key)).toEqual({ kg: 3 })
    expect(await rows('job', key)).toEqual([])
  })

  test('holds jobs that a modification makes, also from workers of this node', async () => {
    const worker = completingWorker('scale')
    await house.deploy(process('two').start().userTask('first').serviceTask('weigh', { type: 'scale' }).end())
    house.engine.addWorker(worker)
    const key = await house.start('two')
    await house.engine.suspendInstance(key, TESTER)
    await house.engine.modifyInstance(key, { move: [{ sourceElementId: 'first', targetElementId: 'weigh' }] }, TESTER)
    await house.settled()
    expect(worker.seen).toEqual([])

    await house.engine.resumeInstance(key, TESTER)

    await expect.poll(() => house.stateOf(key)).toBe('COMPLETED')
  })

  test('holds a job whose lease is given back meanwhile', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    const [job] = await house.take('scale')
    await house.engine.suspendInstance(key, TESTER)
    await house.temp.store.releaseJobs([{ key: job?.jobKey ?? '', leaseToken: job?.leaseToken ?? '' }], house.clock.now())

    expect(await house.take('scale')).toEqual([])
    expect(await house.take('scale')).toEqual([])
    await house.engine.resumeInstance(key, TESTER)
    expect(await house.take('scale')).toHaveLength(1)
  })

  test('refuses a user task with the way out, and stays so over a restart', async () => {
    await house.deploy(process('approve').start().userTask('decide').end())
    const key = await house.start('approve')
    const [task] = await rows('userTask', key)
    await house.engine.suspendInstance(key, TESTER)
    await house.restart()

    await expect(house.engine.completeUserTask(task?.key ?? '', {}, TESTER)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('resume it'),
    })
    await house.engine.resumeInstance(key, TESTER)
    await house.engine.completeUserTask(task?.key ?? '', {}, TESTER)
    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('is cancelled with its children', async () => {
    await house.deploy(
      process('child').start().userTask('wait').end(),
      process('parent').start().callActivity('call', { processId: 'child' }).end(),
    )
    const key = await house.start('parent')
    await house.settled()
    await house.engine.suspendInstance(key, TESTER)
    await house.engine.cancelInstance(key, TESTER)
    await house.settled()

    const { items } = await house.temp.store.search('instance', {})
    expect(items.map(({ state }) => state)).toEqual(['TERMINATED', 'TERMINATED'])
  })

  test('hears that its child ended once it is resumed', async () => {
    await house.deploy(
      process('child').start().userTask('wait').end(),
      process('parent').start().callActivity('call', { processId: 'child' }).userTask('after').end(),
    )
    const key = await house.start('parent')
    await house.settled()
    await house.engine.suspendInstance(key, TESTER)
    const { items } = await house.temp.store.search('userTask', { filter: { elementId: 'wait' } })
    await house.engine.completeUserTask(items[0]?.key ?? '', {}, TESTER)
    await house.settled()
    await house.engine.resumeInstance(key, TESTER)

    expect((await elementsOf(key)).map(({ elementId }) => elementId)).toEqual(['after'])
  })
})

test('500 nested calls are all cancelled from the outermost one, suspended or not (F28)', async () => {
  const nested = process('nested')
    .start()
    .exclusive('deeper')
    .when('=n < 500')
    .callActivity('call', { processId: 'nested', inputs: { n: '=n + 1' } })
  await house.deploy(nested.end().at('deeper').otherwise().userTask('bottom').end())
  const key = await house.start('nested', { n: 1 })
  await house.settled()
  const all = (await house.temp.store.search('instance', { limit: 1_000, sort: [{ field: 'key', order: 'asc' }] })).items
  expect(all).toHaveLength(500)
  for (const [index, row] of all.entries()) if (index % 50 === 7) await house.engine.suspendInstance(row.key, TESTER)

  await house.engine.cancelInstance(key, TESTER)
  await house.settled()

  const { total } = await house.temp.store.search('instance', { filter: { state: 'TERMINATED' } })
  expect(total).toBe(500)
})

describe('a modified instance', () => {
  test('goes on where it was moved to; a refusal changes nothing', async () => {
    await house.deploy(
      process('p').start().userTask('a').parallel('fork').userTask('b').parallel('join').end().at('fork').userTask('c').to('join'),
    )
    const key = await house.start('p')

    await expect(house.engine.modifyInstance(key, { activate: [{ elementId: 'join' }] }, TESTER)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await house.engine.modifyInstance(key, { move: [{ sourceElementId: 'a', targetElementId: 'fork' }] }, TESTER)

    expect((await rows('userTask', key)).map(({ elementId, state }) => `${elementId} ${state}`).sort()).toEqual([
      'a CANCELED',
      'b CREATED',
      'c CREATED',
    ])
    expect(foldEvents(await house.engine.getHistory(key))).toEqual((await house.temp.store.loadInstance(key as never))?.state)
  })
})

describe('a migrated instance', () => {
  const target = () => {
    const model = process('ship').start().serviceTask('weigh', { type: 'other' })
    model.boundary('weigh', 'later', { duration: 'PT9H' }).userTask('hurry').end('hurried')
    model.boundary('weigh', 'told', { message: 'halt', correlationKey: '="k"' }).userTask('halted').end('stopped')
    return model.at('weigh').userTask('stow').end('done')
  }

  test('keeps its job and subscription, has the timers of the target, and goes on by it after a restart', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    const [job] = await house.take('scale')
    await house.deploy(target())
    const plan = { targetProcessDefinitionKey: definitionKey('ship'), mapping: same('weigh', 'told') }

    await house.engine.migrateInstance(key, plan, TESTER)

    expect(await house.engine.getInstance(key)).toMatchObject({ version: 2, processDefinitionKey: plan.targetProcessDefinitionKey })
    expect(await rows('timer', key)).toMatchObject([{ elementId: 'later', version: 2 }])
    expect(await rows('subscription', key)).toMatchObject([{ messageName: 'stop', version: 2 }])
    expect(await rows('job', key)).toMatchObject([{ type: 'scale', version: 2, processDefinitionKey: plan.targetProcessDefinitionKey }])
    await house.restart()
    await house.engine.completeJob(job?.jobKey ?? '', { variables: {}, leaseToken: job?.leaseToken ?? '' }, TESTER)
    expect((await rows('userTask', key)).map(({ elementId }) => elementId)).toEqual(['stow'])
    expect(foldEvents(await house.engine.getHistory(key))).toEqual((await house.temp.store.loadInstance(key as never))?.state)
  })

  test('is refused with every violation, and a check tells the same without touching it', async () => {
    await house.deploy(shipping())
    const key = await house.start('ship')
    await house.deploy(target())
    const plan = { targetProcessDefinitionKey: definitionKey('ship'), mapping: [{ sourceElementId: 'weigh', targetElementId: 'stow' }] }

    await expect(house.engine.migrateInstance(key, plan, TESTER)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      problems: [{ rule: 'TYPE_DIFFERS', elementId: 'weigh' }],
    })
    const before = await house.temp.store.loadInstance(key as never)
    expect(await house.engine.checkMigration(key, plan)).toMatchObject({ outcome: 'refused', violations: [{ rule: 'TYPE_DIFFERS' }] })
    expect(await house.engine.checkMigration(key, { ...plan, mapping: same('weigh', 'told') })).toMatchObject({ outcome: 'fits' })
    expect(await house.temp.store.loadInstance(key as never)).toEqual(before)
    await expect(house.engine.migrateInstance(key, { ...plan, targetProcessDefinitionKey: '7' }, TESTER)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('shows its task with the form it has, and lets it be completed (F29)', async () => {
    await house.deploy(
      process('approve').start().userTask('decide', { externalReference: 'release', candidateGroups: 'customs.inspector' }).end(),
    )
    const key = await house.start('approve')
    await house.deploy(process('approve').start().userTask('judge', { externalReference: 'judgement' }).userTask('next').end())
    await house.engine.migrateInstance(
      key,
      { targetProcessDefinitionKey: definitionKey('approve'), mapping: [{ sourceElementId: 'decide', targetElementId: 'judge' }] },
      TESTER,
    )

    const [task] = await rows('userTask', key)
    expect(task).toMatchObject({ elementId: 'judge', version: 2, externalFormReference: 'release', candidateGroups: ['customs.inspector'] })
    await house.engine.completeUserTask(task?.key ?? '', {}, TESTER)
    expect((await elementsOf(key)).map(({ elementId }) => elementId)).toEqual(['next'])
  })
})

test('an instance that a message started, migrated to a definition without that start, lets the next one start when it ends', async () => {
  const started = process('p').start('begin', { message: 'go' }).userTask('a').end()
  await house.deploy(started)
  await house.publish('go', 'k', { timeToLiveMs: 86_400_000 })
  await house.publish('go', 'k', { timeToLiveMs: 86_400_000 })
  await house.settled()
  const { items } = await house.temp.store.search('instance', {})
  expect(items).toHaveLength(1)
  await house.deploy(process('other').start().userTask('a').end())
  const plan = { targetProcessDefinitionKey: definitionKey('other'), mapping: same('a') }
  await house.engine.migrateInstance(items[0]?.key ?? '', plan, TESTER)
  const [task] = await rows('userTask', items[0]?.key ?? '')
  await house.engine.completeUserTask(task?.key ?? '', {}, TESTER)
  await house.settled()

  const { items: after } = await house.temp.store.search('instance', { filter: { bpmnProcessId: 'p' } })
  expect(after.map(({ state }) => state)).toEqual(['ACTIVE'])
})

describe('all instances of a definition', () => {
  test('are tried and migrated part by part; those that do not fit are told and left as they are', async () => {
    const model = (task: string) => process('p').start().parallel('fork').userTask('a').end().at('fork').userTask(task).end()
    await house.deploy(model('b'))
    const source = definitionKey('p')
    const keys: string[] = []
    for (let index = 0; index < 7; index++) keys.push(await house.start('p'))
    const { items: tasks } = await house.temp.store.search('userTask', { filter: { elementId: 'b' } })
    for (const task of tasks.slice(0, 4)) await house.engine.completeUserTask(task.key, {}, TESTER)
    await house.deploy(model('c'))
    const request = {
      fromDefinitionKey: source,
      plan: { targetProcessDefinitionKey: definitionKey('p'), mapping: same('a') },
      actor: TESTER,
      limit: 3,
    }

    expect(await everyPart({ ...request, dryRun: true })).toEqual({ fits: 4, refused: 3 })
    expect((await house.temp.store.search('instance', { filter: { processDefinitionKey: source } })).total).toBe(7)
    expect(await everyPart({ ...request, dryRun: false })).toEqual({ migrated: 4, refused: 3 })
    expect(await everyPart({ ...request, dryRun: false })).toEqual({ refused: 3 })
    expect((await house.temp.store.search('instance', { filter: { processDefinitionKey: source } })).total).toBe(3)
  })

  async function everyPart(request: Parameters<EngineHarness['engine']['migrateAll']>[0]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (let after: string | undefined, more = true; more; ) {
      const report = await house.engine.migrateAll({ ...request, ...(after !== undefined && { after }) })
      for (const { outcome } of report.instances) counts[outcome] = (counts[outcome] ?? 0) + 1
      after = report.next
      more = after !== undefined
    }
    return counts
  }
})

describe('a restarted instance', () => {
  test('is a new one that begins at the chosen element with the variables of the ended one', async () => {
    await house.deploy(process('p').start().userTask('a').userTask('b').end())
    const created = await house.engine.createInstance({
      bpmnProcessId: 'p',
      variables: { kg: 2, port: 'XM' },
      tenantId: TENANT,
      actor: TESTER,
      businessKey: 'R-1',
    })
    const key = created.processInstanceKey
    await expect(house.engine.restartInstance(key, { startInstructions: [{ elementId: 'b' }], actor: TESTER })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
    await house.engine.cancelInstance(key, TESTER)

    const again = await house.engine.restartInstance(key, { startInstructions: [{ elementId: 'b' }], variables: { kg: 3 }, actor: TESTER })

    expect(again.processInstanceKey).not.toBe(key)
    expect(await house.engine.getVariables(again.processInstanceKey)).toEqual({ kg: 3, port: 'XM' })
    expect(await house.engine.getInstance(again.processInstanceKey)).toMatchObject({ businessKey: 'R-1' })
    expect((await elementsOf(again.processInstanceKey)).map(({ elementId }) => elementId)).toEqual(['b'])
  })
})
