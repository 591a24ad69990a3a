import { sendMessage } from '../behavior/send-message.ts'
import type { ElementProcessor } from '../element-processor.ts'

export const sendTask: ElementProcessor = { activate: sendMessage }
