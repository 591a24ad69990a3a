import type { Worker } from 'node:worker_threads'
import type { Forms } from '../contract.ts'
import { startWorker } from '../start-worker.ts'
import { fault, type ImportPlace } from './import-fault.ts'
import { type FileToRead, readFile } from './read-file.ts'
import { type FoundDeclaration, type ItemPlace, MOST_DECLARATIONS, type ReadFile, tooMany } from './read-result.ts'
import type { PlacesWanted, ReadMessage } from './read-worker.ts'
import { TOO_LARGE } from './zip-guard.ts'

/** A file that was read, wherever that was done. */
export interface OpenFile extends Pick<ReadFile, 'declarations' | 'faults'> {
  placesOf(index: number, items: readonly ItemPlace[]): Promise<readonly ImportPlace[]>
  close(): Promise<void>
}

/** Text of this size is read between two requests; what is larger, and every workbook, by a thread of its own. */
export const SMALL_BYTES = 256 * 1024
const WORKER_MEMORY_MB = 1_024
/** In real time: a file that takes longer was made to. */
const READ_WITHIN_MS = 180_000

export async function openFile(file: FileToRead): Promise<OpenFile> {
  if (file.format === 'xlsx' || file.bytes.byteLength > SMALL_BYTES) return readInWorker(file)
  const read = await readFile(file)
  return { ...read, placesOf: async (index, items) => items.map((item) => read.placeOf(index, item)), close: async () => undefined }
}

/** An EDIFACT file, read message by message so that others have their turn. */
export async function openInterchange(forms: Forms, formId: string, bytes: Uint8Array): Promise<OpenFile> {
  const steps = forms.edifactSteps(bytes, formId)
  let rested = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done) return toOpenFile(step.value)
    if (performance.now() - rested < LONGEST_STEP_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    rested = performance.now()
  }
}
const LONGEST_STEP_MS = 10

function toOpenFile(read: ReturnType<Forms['readEdifact']>): OpenFile {
  const declarations = read.declarations.map(({ reference, at, data, faults }): FoundDeclaration => ({ key: reference, at, data, faults }))
  const faults = [...read.faults, ...(declarations.length > MOST_DECLARATIONS ? [tooMany(declarations.length)] : [])]
  return {
    declarations,
    faults,
    // What is wrong with a value the reader itself tells with its segment; what the form lacks has no place but the message.
    placesOf: async (index, items) => items.map(() => declarations[index]?.at ?? {}),
    close: async () => undefined,
  }
}

async function readInWorker(file: FileToRead): Promise<OpenFile> {
  const worker = await startWorker('engine/window/import/read-worker', {
    workerData: file,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
  })
  const declarations: FoundDeclaration[] = []
  const close = async (): Promise<void> => void (await worker.terminate())
  const late = setTimeout(() => void close(), READ_WITHIN_MS)
  try {
    const faults = await new Promise<ReadFile['faults']>((resolve, reject) => {
      worker.on('message', (message: ReadMessage) => {
        if (message.kind === 'declarations') declarations.push(...message.declarations)
        else if (message.kind === 'end') resolve(message.faults)
      })
      worker.on('error', (error: Error & { code?: string }) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve([TOO_LARGE]) : reject(error),
      )
      worker.on('exit', () => resolve([TOO_SLOW]))
    })
    return { declarations, faults, placesOf: askPlaces(worker), close }
  } catch (error) {
    await close()
    throw error
  } finally {
    clearTimeout(late)
  }
}

function askPlaces(worker: Worker): OpenFile['placesOf'] {
  let asked = 0
  const waiting = new Map<number, (places: readonly ImportPlace[]) => void>()
  worker.on('message', (message: ReadMessage) => {
    if (message.kind === 'places') waiting.get(message.id)?.(message.places)
  })
  // A thread that is gone knows no places; the faults themselves are known.
  worker.on('exit', () => {
    for (const answer of waiting.values()) answer([])
  })
  return async (index, items) => {
    asked += 1
    const id = asked
    const places = await new Promise<readonly ImportPlace[]>((resolve) => {
      waiting.set(id, resolve)
      worker.postMessage({ id, index, items } satisfies PlacesWanted)
    })
    waiting.delete(id)
    return places
  }
}

const TOO_SLOW = fault(
  'file.time',
  'Expected a file that is read within three minutes, but this one took longer; cut it into several files',
  '文件读取超过三分钟；请拆分为多个文件',
)
