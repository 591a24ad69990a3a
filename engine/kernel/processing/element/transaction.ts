import type { ElementInstanceKey } from '../../record/keys.ts'
import { undoNext } from '../behavior/compensate.ts'
import { complete, completeScopeIfDone } from '../behavior/lifecycle.ts'
import { trigger } from '../behavior/trigger.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Step } from '../step.ts'
import { subProcess } from './sub-process.ts'

/** A subprocess that can be cancelled as a whole: what completed in it is undone before it leaves. */
export const transaction: ElementProcessor = {
  ...subProcess,
  afterHandler: goOnCancelling,
  afterChildLeft(step, _element, instance) {
    // While something is being undone, its handler goes on.
    if (instance.compensating?.length === 0) goOnCancelling(step, instance.key)
    else completeScopeIfDone(step, instance.key)
  },
}

/** Undoes the next activity of a cancelled transaction; once nothing is left it leaves by its cancel boundary event. */
export function goOnCancelling(step: Step, key: ElementInstanceKey): void {
  const instance = step.find(key)
  if (!instance?.compensating) return
  // A handler, or a task whose listeners are still asked whether it may go: it is heard of when that is gone.
  if (instance.compensating.length === 0 && instance.children) return
  if (undoNext(step, instance, key)) return
  const element = step.elementOf(instance)
  const boundary = element.boundaryEvents.find(({ event }) => event?.kind === 'cancel')
  if (boundary) trigger(step, instance, boundary, {})
  else complete(step, element, instance)
}
