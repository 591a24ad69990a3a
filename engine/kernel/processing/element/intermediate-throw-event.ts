import { goOnCompensating } from '../behavior/throw-compensation.ts'
import { throwEvent } from '../behavior/throw-event.ts'
import type { ElementProcessor } from '../element-processor.ts'

export const intermediateThrowEvent: ElementProcessor = { activate: throwEvent, afterHandler: goOnCompensating }
