import { parentPort, workerData } from 'node:worker_threads'
import type { ImportFault, ImportPlace } from './import-fault.ts'
import { type FileToRead, readFile } from './read-file.ts'
import type { FoundDeclaration, ItemPlace } from './read-result.ts'

/** What the worker tells of its file, in this order: declarations, in parts, then the end. Then it answers where things are. */
export type ReadMessage =
  | { readonly kind: 'declarations'; readonly declarations: readonly FoundDeclaration[] }
  | { readonly kind: 'end'; readonly faults: readonly ImportFault[] }
  | { readonly kind: 'places'; readonly id: number; readonly places: readonly ImportPlace[] }
export interface PlacesWanted {
  readonly id: number
  readonly index: number
  readonly items: readonly ItemPlace[]
}

/** What is sent at a time is copied at a time: little enough for nobody to notice. */
const AT_ONCE = 50

async function serve(): Promise<void> {
  const file = await readFile(workerData as FileToRead)
  const send = (message: ReadMessage) => parentPort?.postMessage(message)
  for (let from = 0; from < file.declarations.length; from += AT_ONCE)
    send({ kind: 'declarations', declarations: file.declarations.slice(from, from + AT_ONCE) })
  send({ kind: 'end', faults: file.faults })
  parentPort?.on('message', ({ id, index, items }: PlacesWanted) =>
    send({ kind: 'places', id, places: items.map((item) => file.placeOf(index, item)) }),
  )
}

void serve()
