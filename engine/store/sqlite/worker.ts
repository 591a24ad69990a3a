import { parentPort, workerData } from 'node:worker_threads'
import { type OpenDatabase, openForReading, openForWriting } from './database.ts'
import type { FromWorker, Outcome, ToWorker, WorkerCall, WorkerOptions } from './protocol.ts'
import { Reader } from './reader.ts'
import { failureData } from './sql-failure.ts'
import { Writer } from './writer.ts'

const CHECKPOINT_EVERY_MS = 500

const options = workerData as WorkerOptions

function answer(message: FromWorker): void {
  parentPort?.postMessage(message)
}

function serve(database: OpenDatabase, run: (calls: readonly WorkerCall[]) => readonly Outcome[], stop: () => void): void {
  parentPort?.on('message', (message: ToWorker) => {
    if (message !== 'close') {
      answer({ outcomes: run(message.calls) })
      return
    }
    stop()
    database.close()
    answer('closed')
    parentPort?.close()
  })
  answer('ready')
}

try {
  if (options.role === 'writer') {
    const database = openForWriting(options.file, options.maxPages)
    const writer = new Writer(database.db)
    serve(
      database,
      (calls) => writer.run(calls),
      () => {},
    )
  } else {
    const database = openForReading(options.file)
    const reader = new Reader(database.db)
    const timer = setInterval(() => reader.checkpoint(), CHECKPOINT_EVERY_MS)
    serve(
      database,
      (calls) => reader.run(calls),
      () => clearInterval(timer),
    )
  }
} catch (error) {
  answer({ failure: failureData(error) })
  parentPort?.close()
}
