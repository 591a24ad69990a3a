import { awaitTrigger } from '../behavior/await-trigger.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Waits for its message. */
export const receiveTask: ElementProcessor = { activate: awaitTrigger }
