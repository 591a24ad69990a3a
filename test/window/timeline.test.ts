import { describe, expect, test } from 'vitest'
import type { HistoryEntry } from '../../engine/store/index.ts'
import { readElements } from '../../engine/window/element-catalogue.ts'
import { type CaseProgress, foldCase } from '../../engine/window/timeline.ts'
import { type Play, play } from '../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../helpers/process-builder.ts'
import { PERMIT_SERVICE, permitProcess } from './fixtures/permit.ts'

const MINUTE = 60_000
const VARIABLES = { receiptNo: 'SW1', enterprise: '91350200MA2DEM017J' }

const started = () => play(permitProcess(), { variables: VARIABLES })
const validation = (version: number, valid: boolean) => ({
  valid,
  validation: {
    valid,
    version,
    errors: valid ? [] : [{ item: 'gross_weight', rule: 'schema.required', text: { en: 'missing', zh: '缺少' } }],
  },
})

async function progressOf(instance: Play): Promise<CaseProgress> {
  const elements = (await readElements(permitProcess().xml())).get('permit') ?? new Map()
  return foldCase({ service: PERMIT_SERVICE, rootInstanceKey: instance.state.key, instances: [{ entries: entriesOf(instance), elements }] })
}

function entriesOf(instance: Play): HistoryEntry[] {
  return instance.history.map(({ at, events }, index) => ({
    processInstanceKey: instance.state.key,
    revision: index + 1,
    at,
    command: 'completeJob',
    actor: { id: 'test', kind: 'system' },
    events,
  }))
}

const actionsOf = ({ nextActions }: CaseProgress) => nextActions.map(({ action }) => action)
const toldBy = ({ timeline }: CaseProgress) => timeline.map(({ elementId, what }) => `${elementId} ${what}`)

describe('the status of a declaration', () => {
  test('says in both languages what it waits for, and since when', async () => {
    const instance = await started()

    const { state, waitingFor } = await progressOf(instance)

    expect(state).toBe('in-progress')
    expect(waitingFor).toEqual([{ elementId: 'validate', name: { en: 'Validate', zh: '校验' }, since: instance.now }])
  })

  test('brings the errors back and asks for a correction', async () => {
    const instance = await started()
    instance.complete('validate', validation(1, false))

    const progress = await progressOf(instance)

    expect(progress.errors.map(({ item }) => item)).toEqual(['gross_weight'])
    expect(progress.waitingFor.map(({ elementId }) => elementId)).toEqual(['correct'])
    expect(progress.nextActions).toContainEqual({
      action: 'amend',
      name: { en: 'Correct the declaration', zh: '更正申报' },
      elementId: 'correct',
    })
  })

  test('has the errors of the newest version before the process has validated it, and no longer those of the one before', async () => {
    const instance = await started()
    const elements = (await readElements(permitProcess().xml())).get('permit') ?? new Map()
    const wrong = [{ item: 'net_weight', rule: 'FJ0108', text: { en: 'too much', zh: '过大' } }]
    const errorsWith = (version: number) =>
      foldCase({
        service: PERMIT_SERVICE,
        rootInstanceKey: instance.state.key,
        instances: [{ entries: entriesOf(instance), elements }],
        newest: { version, errors: () => wrong },
      }).errors.map(({ item }) => item)

    expect(errorsWith(1)).toEqual(['net_weight'])
    instance.complete('validate', validation(1, false))
    expect(errorsWith(1)).toEqual(['gross_weight'])
    expect(errorsWith(2)).toEqual(['net_weight'])
  })

  test('has no errors left once the next version is valid', async () => {
    const instance = await started()
    instance.complete('validate', validation(1, false))
    instance.message('declaration.amended', 'SW1', { version: 2 })
    instance.complete('validate', validation(2, true))

    const progress = await progressOf(instance)

    expect(progress.errors).toEqual([])
    expect(actionsOf(progress)).toEqual(['withdraw'])
  })

  test('offers the enterprise its own task, and no other', async () => {
    const instance = await started()
    instance.complete('validate', validation(1, true))
    instance.complete('tell-customs')
    instance.message('enterprise.credit-dropped', 'SW1', { creditClass: 'dishonest' })
    instance.message('customs.answer', 'SW1', { customsAnswer: { status: 'documents-wanted', version: 1 } })

    const { nextActions, waitingFor } = await progressOf(instance)

    expect(nextActions.filter(({ action }) => action === 'task')).toMatchObject([
      { elementId: 'supplement', name: { en: 'Send the supplement' } },
    ])
    expect(waitingFor.map(({ elementId }) => elementId).sort()).toEqual(['review', 'supplement'])
  })

  test('sets the clocks when the marked elements are entered or left', async () => {
    const instance = await started()
    const begin = instance.now
    instance.advance(MINUTE)
    instance.complete('validate', validation(1, true))
    instance.advance(MINUTE)
    instance.complete('tell-customs')
    instance.advance(MINUTE)
    instance.message('customs.answer', 'SW1', { customsAnswer: { status: 'accepted', version: 1 } })
    instance.advance(MINUTE)
    instance.complete('issue')

    const progress = await progressOf(instance)

    expect(progress.clocks).toEqual({
      submitted: begin,
      'agency-ack': begin + 2 * MINUTE,
      'agency-decision': begin + 3 * MINUTE,
      released: begin + 4 * MINUTE,
      closed: begin + 4 * MINUTE,
    })
    expect(progress).toMatchObject({
      state: 'granted',
      stateName: { zh: '准予' },
      endedAt: begin + 4 * MINUTE,
      waitingFor: [],
      nextActions: [],
    })
  })

  test.each([
    ['a transaction', (p: ProcessBuilder) => p.transaction('box', (inner) => inner.start('in').userTask('look').end('out'))],
    ['an ad-hoc subprocess', (p: ProcessBuilder) => p.adHoc('box', (inner) => inner.userTask('look'), { activeElements: '=["look"]' })],
    ['repeated work', (p: ProcessBuilder) => p.userTask('look').forEach({ inputCollection: '=[1]' })],
  ])('shows where it waits by what is inside %s', async (_, build) => {
    const model = build(process('boxed').start('received')).end('done')
    const instance = await play(model, { variables: VARIABLES })
    const elements = (await readElements(model.xml())).get('boxed') ?? new Map()

    const { waitingFor } = foldCase({
      service: PERMIT_SERVICE,
      rootInstanceKey: instance.state.key,
      instances: [{ entries: entriesOf(instance), elements }],
    })

    expect(waitingFor.map(({ elementId }) => elementId)).toEqual(['look'])
  })

  test('tells the way so far without the wiring', async () => {
    const instance = await started()
    instance.complete('validate', validation(1, true))
    instance.throwError('tell-customs', 'AGENCY_SILENT')

    const progress = await progressOf(instance)

    expect(progress.state).toBe('lapsed')
    expect(toldBy(progress)).toEqual([
      'validate started',
      'validate finished',
      'tell-customs started',
      'tell-customs ended',
      'silent finished',
    ])
  })

  test('is withdrawn when the withdrawal interrupts', async () => {
    const instance = await started()
    instance.message('declaration.withdrawn', 'SW1', { withdrawal: { reason: 'sold elsewhere' } })

    expect(await progressOf(instance)).toMatchObject({ state: 'withdrawn', waitingFor: [] })
  })

  test('is canceled when an operator ends the instance', async () => {
    const instance = await started()
    instance.must({ type: 'cancelInstance' })

    expect(await progressOf(instance)).toMatchObject({ state: 'canceled', stateName: { zh: '已撤销' } })
  })

  test('looks into the call activities and names when a wait will be over', async () => {
    const parentModel = process('permit').start().callActivity('inspection', { processId: 'inspection', name: 'Inspection' }).end('granted')
    const childModel = process('inspection').start().catchEvent('slot', { duration: 'PT2H' }, { name: 'Wait for the slot' }).end()
    const parent = await play(parentModel)
    const child = await play(childModel)
    // Both plays number from the same prefix; the child's keys must be its own.
    const childEntries: HistoryEntry[] = JSON.parse(JSON.stringify(entriesOf(child)).replaceAll(/1000001\d{7}/g, (key) => `7${key}`))

    const progress = foldCase({
      service: PERMIT_SERVICE,
      rootInstanceKey: parent.state.key,
      instances: [
        { entries: entriesOf(parent), elements: (await readElements(parentModel.xml())).get('permit') ?? new Map() },
        { entries: childEntries, elements: (await readElements(childModel.xml())).get('inspection') ?? new Map() },
      ],
    })

    expect(progress.waitingFor).toMatchObject([{ elementId: 'slot', name: { en: 'Wait for the slot' }, dueAt: child.now + 120 * MINUTE }])
  })
})
