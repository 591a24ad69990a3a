import { describe, expect, test } from 'vitest'
import type { EngineEvent, ProcessInstanceKey } from '../../engine/kernel/index.ts'
import type { HistoryEntry, InstanceRow } from '../../engine/store/index.ts'
import type { ElementCatalogues } from '../../engine/window/element-catalogue.ts'
import { readElements } from '../../engine/window/element-catalogue.ts'
import type { ServiceCatalogue } from '../../engine/window/service-catalogue.ts'
import { webhookSource } from '../../engine/window/webhook-source.ts'
import { PERMIT_SERVICE, permitProcess } from './fixtures/permit.ts'

const KEY = '10000010000000' as ProcessInstanceKey
const ROW: InstanceRow = {
  key: KEY,
  processInstanceKey: KEY,
  processDefinitionKey: '5',
  bpmnProcessId: 'permit',
  version: 1,
  tenantId: '<default>',
  state: 'ACTIVE',
  startedAt: 1,
  hasIncident: false,
  businessKey: 'SW1',
}
const catalogue: ServiceCatalogue = { all: () => [PERMIT_SERVICE], find: () => PERMIT_SERVICE, facts: () => new Map() }
const services = () => catalogue
const elements = (await readElements(permitProcess().xml())).get('permit') ?? new Map()
const atHand: ElementCatalogues = { load: async () => elements, peek: () => elements }
const notAtHand: ElementCatalogues = { load: async () => elements, peek: () => undefined }

const entry = (...events: EngineEvent[]): HistoryEntry => ({
  processInstanceKey: KEY,
  revision: 7,
  at: 1000,
  command: 'completeJob',
  actor: { id: 'a', kind: 'system' },
  events,
})
const completed = (elementId: string): EngineEvent => ({ type: 'element.completed', key: KEY, elementId })
const activated = (elementId: string): EngineEvent => ({ type: 'element.activated', key: KEY, elementId })

describe('what a commit means to the enterprise', () => {
  test('is the webhook of each element that completed, with an id a repeat shares', () => {
    const rows = webhookSource(atHand, services)(entry(completed('validate'), completed('issue')), ROW)

    expect(rows).toMatchObject([{ kind: 'window.webhook-event', payload: { id: `${KEY}-7-0`, event: 'declaration.released', at: 1000 } }])
  })

  test('is a wish for correction when a correction element begins to wait', () => {
    const rows = webhookSource(atHand, services)(entry(activated('correct')), ROW)

    expect(rows.map(({ payload }) => payload)).toMatchObject([{ event: 'declaration.correction-wanted' }])
  })

  test('is the end of the declaration when its own instance ends', () => {
    const ended: EngineEvent = { type: 'instance.completed', at: 1000, endElementId: 'granted' }

    expect(webhookSource(atHand, services)(entry(ended), ROW)).toMatchObject([
      { kind: 'window.declaration-ended', payload: { receiptNo: 'SW1' } },
    ])
    expect(webhookSource(atHand, services)(entry(ended), { ...ROW, parentProcessInstanceKey: KEY })).toEqual([])
  })

  test('is looked up later when the definition is not at hand', () => {
    const rows = webhookSource(notAtHand, services)(entry(completed('issue')), ROW)

    expect(rows).toMatchObject([{ kind: 'window.webhook-lookup', payload: { completed: ['issue'], processDefinitionKey: '5' } }])
  })

  test('is nothing for an instance that is no declaration', () => {
    const { businessKey: _, ...unnamed } = ROW

    expect(webhookSource(atHand, services)(entry(completed('issue')), unnamed)).toEqual([])
  })
})
