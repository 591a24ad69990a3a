import type { Element, ExecutableProcess } from '../../model/executable-process.ts'
import type { Processors } from '../element-processor.ts'
import { STEP_BUDGET, type Step } from '../step.ts'
import { enter, place } from './lifecycle.ts'

const known = new WeakMap<ExecutableProcess, readonly Element[]>()

/** Joins of the process that wait until all else is quiet. */
function quietJoins(process: ExecutableProcess, processors: Processors): readonly Element[] {
  const before = known.get(process)
  if (before) return before
  const joins = [...process.elements.values()].filter((element) => processors[element.type].joinWhenQuiet && element.incoming.length > 1)
  known.set(process, joins)
  return joins
}

/** Waiting elements that may be looked at for one element of the step budget. */
const LOOKS = 1_000

/** Lets one join fire whose time has come; what it sets going may change the answer for the others. */
export function fireQuietJoins(step: Step): void {
  const joins = quietJoins(step.process, step.processors)
  // An incident stopped the command; resolving it looks here again.
  if (joins.length === 0 || step.entered > STEP_BUDGET) return
  const all = Object.values(step.state.elements)
  for (const scope of all) {
    if ((!scope.tokens && !scope.fired) || scope.state !== 'active') continue
    for (const join of joins) {
      if (join.scopeId !== scope.elementId) continue
      const flows = step.processors[join.type].joinWhenQuiet?.(step, join, scope.key)
      if (!flows) continue
      // A loop that leaves something waiting each time looks at more and more: the budget must still end it soon.
      step.entered = Math.max(step.entered, Math.min(STEP_BUDGET, step.entered + Math.floor(all.length / LOOKS)))
      step.later(() => {
        const instance = place(step, join, scope.key, { flows })
        step.processors[join.type].afterJoined?.(step, join, instance)
        enter(step, join, instance)
      })
      return
    }
  }
}
