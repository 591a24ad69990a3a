import { awaitTrigger } from '../behavior/await-trigger.ts'
import type { ElementProcessor } from '../element-processor.ts'

export const intermediateCatchEvent: ElementProcessor = { activate: awaitTrigger }
