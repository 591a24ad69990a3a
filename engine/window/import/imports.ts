import { createHash, randomUUID } from 'node:crypto'
import type { Actor, JsonObject } from '../../kernel/index.ts'
import { type Service, WindowFailure } from '../contract.ts'
import type { Declarations } from '../declaration-record.ts'
import { actorFields, checkKey, getService, type Submission } from '../submission.ts'
import type { WindowParts } from '../window-parts.ts'
import { fault, type ImportFault, MOST_FAULTS } from './import-fault.ts'
import { type ImportRecord, type ImportRow, importStore, toStoredFaults, UNDER_WAY } from './import-record.ts'
import { type OpenFile, openFile, openInterchange, SMALL_BYTES } from './open-file.ts'
import type { FileToRead } from './read-file.ts'
import type { ImportFormat } from './read-result.ts'
import { rowSettler, valueFaults } from './settle-row.ts'

export interface SentFile {
  readonly bytes: Uint8Array
  readonly format: ImportFormat
  readonly fileName?: string
  /** Group that a CSV file, or a workbook of one sheet, holds. */
  readonly group?: string
  readonly charset?: string
}
export interface ImportRequest extends SentFile {
  readonly service: string
  readonly enterprise: string
  /** Where it is declared; needed to declare. */
  readonly operator?: string
  readonly mode: 'check' | 'declare'
  /**
   * Takes what the form finds wrong as well, as long as it has the form's shape: it is declared, and its process waits for an amended version.
   * A CUSDEC message, for one, has no place for what inspection alone asks for. Default: only what is right in all is declared.
   */
  readonly takesIncomplete?: boolean
  readonly idempotencyKey: string
  readonly actor: Actor
}
/** An import with how far it is. */
export interface ImportProgress extends ImportRecord {
  readonly counts: { readonly declared: number; readonly right: number; readonly faulty: number }
}
export interface ReadRows {
  readonly rows: readonly JsonObject[]
  readonly faults: readonly ImportFault[]
}

export interface Imports {
  /** Stores the file and begins with it. The same key and file again gives the same import, which goes on if something had stopped it. */
  start(request: ImportRequest): Promise<{ readonly importId: string; readonly replayed: boolean }>
  /** Resolves when the import has ended, or when it turns out to hold more than `most` declarations. */
  wait(importId: string, most: number): Promise<void>
  find(importId: string): Promise<ImportProgress | undefined>
  list(query: {
    readonly enterprise: string
    readonly from: number
    readonly limit: number
  }): Promise<{ readonly items: readonly ImportProgress[]; readonly total: number }>
  rows(
    importId: string,
    query: { readonly outcome?: ImportRow['outcome']; readonly from: number; readonly limit: number },
  ): Promise<{ readonly items: readonly ImportRow[]; readonly total: number }>
  /** Nothing more is declared; what was declared stays. */
  cancel(importId: string): Promise<void>
  /** Rows of one group of the service's form, for a page; stores nothing. */
  readRows(service: string, group: string, file: SentFile & { readonly columns?: readonly string[] }): Promise<ReadRows>
  /** Goes on with what a crash or a stop left half done. */
  finishPending(): Promise<void>
  /** Stops between two declarations. */
  close(): Promise<void>
}

/** Declarations settled at a time: their commits share a write to disk. */
const AT_ONCE = 8
const MOST_UNDER_WAY = 5
/** How long a file that was only checked is remembered, and one that came without its import. */
const KEPT_MS = 24 * 60 * 60 * 1000
const MOST_LISTED = 1_000

interface Run {
  /** How many declarations the file holds. */
  readonly read: Promise<number>
  readonly finished: Promise<void>
}

export function openImports(parts: WindowParts, declarations: Declarations, submit: Submission): Imports {
  const { engine, log } = parts
  const stored = importStore(parts.store)
  const settler = rowSettler(parts, declarations, submit)
  const runs = new Map<string, Run>()
  const cancelled = new Set<string>()
  let isClosing = false
  /** Large files one after the other; a small one waits for none of them. */
  let queue: Promise<unknown> = Promise.resolve()

  const change = (importId: string, fields: Partial<ImportRecord>) =>
    stored.update(importId, (record) => ({ ...record, ...fields, updatedAt: engine.clock.now() }) as ImportRecord)
  const end = async (importId: string, state: ImportRecord['state'], fields: Partial<ImportRecord> = {}): Promise<void> => {
    await change(importId, { ...fields, state, endedAt: engine.clock.now() })
    await stored.dropFile(importId)
  }

  function begin({ importId, size }: ImportRecord): Run {
    const known = runs.get(importId)
    if (known) return known
    let tellRead: (count: number) => void = () => undefined
    const read = new Promise<number>((resolve) => {
      tellRead = resolve
    })
    const work = () => run(importId, tellRead)
    const started = size > SMALL_BYTES ? queue.then(work) : work()
    const finished = started
      .catch(async (error: unknown) => {
        log('error', 'An import is interrupted', { importId, error: String(error) })
        await change(importId, { state: 'interrupted' }).catch(() => undefined)
      })
      .finally(() => {
        tellRead(0)
        runs.delete(importId)
        cancelled.delete(importId)
      })
    if (size > SMALL_BYTES) queue = finished
    runs.set(importId, { read, finished })
    return { read, finished }
  }

  async function run(importId: string, tellRead: (count: number) => void): Promise<void> {
    if (isClosing) return
    const record = (await stored.get(importId))?.body
    if (!record || !UNDER_WAY.includes(record.state)) return
    if (record.cancelWanted) return end(importId, 'cancelled')
    await change(importId, { state: 'reading' })
    const service = parts.services.find(record.service)
    if (!service) return end(importId, 'refused', { faults: toStoredFaults([serviceGone(record.service)]) })
    const file = await open(service, { ...record.reading, format: record.format, bytes: await stored.loadFile(importId) })
    try {
      tellRead(file.declarations.length)
      if (file.faults.length > 0) {
        return await end(importId, 'refused', { faults: toStoredFaults(file.faults), total: file.declarations.length })
      }
      await change(importId, { state: 'working', total: file.declarations.length })
      await settleAll(record, service, file)
    } finally {
      await file.close()
    }
    if (cancelled.has(importId)) await end(importId, 'cancelled')
    else if (!isClosing) await end(importId, 'done')
  }

  async function settleAll(record: ImportRecord, service: Service, file: OpenFile): Promise<void> {
    const { importId } = record
    const settled = await stored.settled(importId)
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < file.declarations.length && !isClosing && !cancelled.has(importId)) {
        const index = next
        next += 1
        if (settled.has(index + 1)) continue
        await stored.addRow(await settler.settle(record, service, file, index))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    // All lanes come to their end before an error is told: none may go on behind it.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane))
    for (const each of ends) if (each.status === 'rejected') throw each.reason
  }

  async function open(service: Service, file: SentFile & Pick<FileToRead, 'columns'>): Promise<OpenFile> {
    const { formId } = service
    if (file.format === 'edifact') return openInterchange(parts.forms, formId, file.bytes)
    const schema = parts.forms.schema(formId)
    if (!schema) throw new Error(`Service ${service.id} has form ${formId}, but there is none`)
    const { bytes, format, group, charset, columns } = file
    return openFile({
      bytes,
      format,
      formId,
      schema,
      ...(group === undefined ? {} : { group }),
      ...(charset === undefined ? {} : { charset }),
      ...(columns === undefined ? {} : { columns }),
    })
  }

  async function withCounts(record: ImportRecord): Promise<ImportProgress> {
    const count = async (outcome: ImportRow['outcome']) =>
      (await stored.findRows({ filter: { importId: record.importId, outcome }, limit: 1 })).total
    const [declared, right, faulty] = await Promise.all([count('declared'), count('right'), count('faulty')])
    return { ...record, counts: { declared, right, faulty } }
  }

  async function refuseTooMany(enterprise: string): Promise<void> {
    const { total } = await stored.find({ filter: { enterprise, state: { in: UNDER_WAY } }, limit: 1 })
    if (total < MOST_UNDER_WAY) return
    throw new WindowFailure(
      'INVALID_STATE',
      `Expected at most ${MOST_UNDER_WAY} imports of an enterprise under way, found ${total}; wait for one to end or cancel it`,
    )
  }

  async function dropOldChecks(): Promise<void> {
    const filter = { mode: 'check', createdAt: { lt: engine.clock.now() - KEPT_MS } }
    const page = await stored.find({ filter, limit: MOST_LISTED })
    for (const { id } of page.items) if (!runs.has(id)) await stored.drop(id)
  }

  function replay(record: ImportRecord, hash: string) {
    if (record.contentHash !== hash) {
      throw new WindowFailure(
        'IDEMPOTENCY_KEY_REUSED',
        `Expected the content that idempotency key ${record.idempotencyKey} was first used for (${record.importId}), found another; choose a new key`,
      )
    }
    if (UNDER_WAY.includes(record.state)) begin(record)
    return { importId: record.importId, replayed: true }
  }

  return {
    async start(request) {
      checkKey(request.idempotencyKey)
      const service = getService(parts.services, request.service)
      if (request.group !== undefined) checkGroup(parts, service, request.group)
      const importKey = `${request.enterprise}/${request.idempotencyKey}`
      const hash = hashOf(request)
      const earlier = await stored.findByKey(importKey)
      if (earlier) return replay(earlier.body, hash)
      await refuseTooMany(request.enterprise)
      await dropOldChecks()
      const record = toRecord(request, { importKey, hash, now: engine.clock.now() })
      if (!(await stored.insert(record, request.bytes))) {
        // Two requests with one key at the same time: the other one was first.
        const first = await stored.findByKey(importKey)
        if (first) return replay(first.body, hash)
        throw new Error(`Import key ${importKey} is taken, but no import has it`)
      }
      begin(record)
      return { importId: record.importId, replayed: false }
    },
    async wait(importId, most) {
      const running = runs.get(importId)
      if (!running) return
      if ((await running.read) <= most) await running.finished
    },
    async find(importId) {
      const found = await stored.get(importId)
      return found && withCounts(found.body)
    },
    async list({ enterprise, from, limit }) {
      const page = await stored.find({ filter: { enterprise }, sort: [{ field: 'createdAt', order: 'desc' }], from, limit })
      return { total: page.total, items: await Promise.all(page.items.map(({ body }) => withCounts(body))) }
    },
    async rows(importId, { outcome, from, limit }) {
      const filter = { importId, ...(outcome === undefined ? {} : { outcome }) }
      const page = await stored.findRows({ filter, sort: [{ field: 'number', order: 'asc' }], from, limit })
      return { total: page.total, items: page.items.map(({ body }) => body) }
    },
    async cancel(importId) {
      cancelled.add(importId)
      await stored.update(importId, (each) => (UNDER_WAY.includes(each.state) ? { ...each, cancelWanted: true } : undefined))
      await runs.get(importId)?.finished
      cancelled.delete(importId)
      // Nothing ran, or what ran was stopped by an error.
      const left = (await stored.get(importId))?.body
      if (left && UNDER_WAY.includes(left.state)) await end(importId, 'cancelled')
    },
    async readRows(serviceId, group, file) {
      const service = getService(parts.services, serviceId)
      checkGroup(parts, service, group)
      const opened = await open(service, { ...file, group })
      try {
        const rows: JsonObject[] = []
        const faults: ImportFault[] = [...opened.faults]
        // A workbook or CSV file is one declaration here; an interchange may spread its rows over several messages.
        for (const [index, { data, faults: found }] of opened.declarations.entries()) {
          const own = (data[group] ?? []) as readonly JsonObject[]
          const errors = parts.forms.validate(service.formId, { [group]: own }, { service: service.id })
          const ofRows = errors.filter((error) => error.group === group || error.item === group).slice(0, MOST_FAULTS)
          for (const each of [...found, ...(await valueFaults(ofRows, opened, index))])
            faults.push(each.row === undefined ? each : { ...each, row: each.row + rows.length })
          rows.push(...own)
        }
        return { rows, faults: faults.slice(0, MOST_FAULTS) }
      } finally {
        await opened.close()
      }
    },
    async finishPending() {
      await dropOldChecks()
      await stored.dropLostFiles(engine.clock.now() - KEPT_MS)
      for (const state of UNDER_WAY) {
        const page = await stored.find({ filter: { state }, sort: [{ field: 'createdAt', order: 'asc' }], limit: MOST_LISTED })
        for (const { body } of page.items) begin(body)
      }
    },
    async close() {
      isClosing = true
      await Promise.all([...runs.values()].map(({ finished }) => finished))
    },
  }
}

/** @throws WindowFailure when the form has no such group. */
function checkGroup({ forms }: WindowParts, service: Service, group: string): void {
  const properties = (forms.schema(service.formId)?.properties ?? {}) as JsonObject
  const groups = Object.keys(properties).filter((name) => (properties[name] as JsonObject)['x-group'] !== undefined)
  if (groups.includes(group)) return
  throw new WindowFailure('NOT_FOUND', `Expected a group of form ${service.formId} (${groups.join(', ') || 'none'}), found ${group}`)
}

function serviceGone(service: string): ImportFault {
  return fault(
    'file.service',
    `Expected a service that is offered, but ${service} no longer is; nothing was declared`,
    `服务 ${service} 已停止办理；未提交任何申报`,
  )
}

function hashOf({ bytes, service, operator, mode, format, group, takesIncomplete }: ImportRequest): string {
  const wanted = JSON.stringify([service, operator ?? '', mode, format, group ?? '', takesIncomplete ?? false])
  return createHash('sha256').update(wanted).update('\n').update(bytes).digest('hex')
}

function toRecord(request: ImportRequest, made: { importKey: string; hash: string; now: number }): ImportRecord {
  const { group, charset } = request
  return {
    importId: `IM${randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()}`,
    enterprise: request.enterprise,
    service: request.service,
    operator: request.operator ?? '',
    mode: request.mode,
    takesIncomplete: request.takesIncomplete ?? false,
    format: request.format,
    fileName: request.fileName ?? '',
    size: request.bytes.byteLength,
    reading: { ...(group === undefined ? {} : { group }), ...(charset === undefined ? {} : { charset }) },
    state: 'waiting',
    total: null,
    faults: [],
    actor: actorFields(request.actor),
    createdAt: made.now,
    updatedAt: made.now,
    endedAt: null,
    cancelWanted: false,
    idempotencyKey: request.idempotencyKey,
    importKey: made.importKey,
    contentHash: made.hash,
  }
}
