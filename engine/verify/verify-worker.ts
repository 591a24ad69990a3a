import { parentPort } from 'node:worker_threads'
import { verifyDefinition } from './verify-definition.ts'
import type { FromVerifyWorker, ToVerifyWorker } from './verify-protocol.ts'

/** The thread that explores: one file at a time. */
parentPort?.on('message', ({ xml, options }: ToVerifyWorker) => {
  verifyDefinition(xml, options).then(
    (verification) => answer({ verification }),
    (error: unknown) => answer({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})

function answer(message: FromVerifyWorker): void {
  parentPort?.postMessage(message)
}
