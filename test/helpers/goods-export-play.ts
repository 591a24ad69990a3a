import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject, Variables } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { compileFacts, evaluateFacts } from '../../engine/window/declaration-facts.ts'
import { greenDeclaration } from '../fixtures/goods-declarations.ts'
import { loadLibrary, ProcessPlay } from './process-play.ts'

export const RECEIPT = 'GX26030100000017'
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** Green goods sail well after this. */
const NOW = Date.parse('2026-05-18T09:00:00+08:00')

const library = await loadLibrary(['goods-export', 'shared'])
const service = JSON.parse(readFileSync(join(projectRoot(), 'processes/goods-export/service.json'), 'utf8')) as {
  readonly ends: Record<string, { readonly state: string }>
  readonly facts: Record<string, string>
}
const facts = compileFacts(service.facts).expressions

interface Case {
  readonly data?: JsonObject
  readonly creditClass?: string
  /** Half is drawn by nobody. */
  readonly randomDraw?: number
  /** What the window finds wrong with the data as it was captured. */
  readonly errors?: readonly JsonObject[]
}

/** One declaration of goods for export, played by the people and systems around it. */
export class GoodsExportPlay extends ProcessPlay {
  data: JsonObject
  version = 1
  private readonly randomDraw: number

  constructor({ data = greenDeclaration(), creditClass = 'general', randomDraw = 0.5, errors = [] }: Case = {}) {
    const variables: Variables = {
      receiptNo: RECEIPT,
      version: 1,
      service: 'goods-export',
      enterprise: '91350200MA2DEM017J',
      operator: 'OP-XM',
      creditClass,
      facts: { ...factsOf(data, NOW), randomDraw },
    }
    super(library, 'goods-export', variables, NOW)
    this.data = data
    this.randomDraw = randomDraw
    this.validate('check-capture', errors)
  }

  get containers(): Json {
    return (this.data.containers as readonly JsonObject[]).map((container) => container.container_no as string)
  }
  state(): string {
    const end = this.end()
    return end === undefined ? 'in-progress' : (service.ends[end]?.state ?? `unlisted end ${end}`)
  }

  /** What the window's validation says of the newest version. */
  validate(elementId: string, errors: readonly JsonObject[] = []): void {
    const { version, randomDraw } = this
    const valid = errors.length === 0
    this.complete(elementId, {
      valid,
      errors,
      version,
      facts: { ...factsOf(this.data, this.now), randomDraw },
      validation: { valid, errors, version },
    })
  }
  amend(data: JsonObject = this.data): void {
    this.data = data
    this.version += 1
    this.publish('declaration.amended', { version: this.version })
  }
  withdraw(): void {
    this.publish('declaration.withdrawn', { withdrawal: { reason: 'The buyer cancelled' } })
  }

  /** Transport, origin inspection and certificate, as far as they are asked for. */
  prepare(): void {
    this.complete('announce-container')
    this.publish('terminal.gate-in', { gateIn: { containers: this.containers } })
    this.complete('apply-inspection')
    this.publish('inspection.answer', { inspectionAnswer: { status: 'accepted', reference: '300000000000001', version: this.version } })
  }
  sign(): void {
    this.completeTask('confirm-and-sign', { decision: 'sign', signatory: 'Chen', declaredTrue: true })
  }
  /** To the point where both agencies are asked. */
  declare(): void {
    this.prepare()
    this.sign()
    this.validate('validate')
  }
  answer(agency: 'customs' | 'inspection', status: string, more: JsonObject = {}): void {
    this.publish(`${agency}.answer`, { [`${agency}Answer`]: { status, reference: `${agency}-1`, version: this.version, ...more } })
  }
  /** Both agencies take the declaration and answer. */
  review(customs = 'accepted', inspection = 'accepted'): void {
    this.complete('customs-declare')
    this.complete('inspection-declare')
    this.answer('customs', customs)
    this.answer('inspection', inspection)
  }
  /** To the point where the inspectors write their record. */
  openBoxes(): void {
    this.complete('request-slot')
    this.publish('terminal.slot-offer', { slotOffer: { bay: 'X3' } })
    this.completeTask('slot-confirm', { decision: 'confirm' })
    this.complete('move-order')
    this.publish('terminal.moved', { moved: { bay: 'X3' } })
  }
  record(decision: string): void {
    this.completeTask('joint-record', { decision, method: 'open', customsInspector: 'Chen', inspectionInspector: 'Xu' })
  }
  release(): void {
    this.complete('release-terminal')
    this.complete('release-carrier')
    this.complete('release-note')
  }
  load(containers: Json = this.containers): void {
    this.completeTask('yard', { decision: 'received', sealIntact: true })
    this.publish('terminal.loaded', { loaded: { containers } })
  }
  sail(containers: Json = this.containers): void {
    this.publish('carrier.sailed', { sailed: { containers, sailedAt: '2026-05-22T20:00:00+08:00' } })
  }
  prove(): void {
    this.complete('proof-safe')
    this.complete('proof-tax')
    this.complete('exit-proof')
  }
  /** From the release to the end. */
  ship(): void {
    this.release()
    this.load()
    this.sail()
    this.prove()
  }
}

function factsOf(data: JsonObject, now: number): Variables {
  return evaluateFacts(facts, { receiptNo: RECEIPT, data }, { now, zone: 'Asia/Shanghai' })
}
