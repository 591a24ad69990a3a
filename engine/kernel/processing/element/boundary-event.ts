import type { ElementProcessor } from '../element-processor.ts'

/** Only a trigger puts a token in (see behavior/trigger.ts); no flow leads here. */
export const boundaryEvent: ElementProcessor = {
  activate(_step, element) {
    throw new Error(`Expected boundary event ${element.id} to be entered by its trigger, but a flow led into it`)
  },
}
