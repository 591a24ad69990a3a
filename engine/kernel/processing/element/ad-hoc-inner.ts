import type { ElementProcessor } from '../element-processor.ts'

/** The scope around one chosen activity of an ad-hoc subprocess and what follows from it. It ends when nothing is left in it. */
export const adHocInner: ElementProcessor = {
  activate(_step, element) {
    throw new Error(`Expected the scope of a choice in ${element.id} to be made by its ad-hoc subprocess`)
  },
}
