import type { Element } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import { STEP_BUDGET, type Step } from '../step.ts'
import { enter, place } from './lifecycle.ts'

/** Waiting elements that may be looked at for one element of the step budget. */
const LOOKS = 1_000

/** Lets one join fire whose time has come; what it sets going may change the answer for the others. */
export function fireQuietJoins(step: Step): void {
  const { movedTokens } = step
  // An incident stopped the command; resolving it looks here again.
  if (!movedTokens || step.entered > STEP_BUDGET) return
  for (let key = movedTokens.take(step.state); key !== undefined; key = movedTokens.take(step.state)) {
    const scope = step.find(key)
    if (scope?.state !== 'active' || !(scope.tokens || scope.fired)) continue
    for (const join of step.quietJoins) if (join.scopeId === scope.elementId && fire(step, join, scope.key)) return
  }
}

function fire(step: Step, join: Element, scopeKey: ElementInstanceKey): boolean {
  const flows = step.processors[join.type].joinWhenQuiet?.(step, join, scopeKey)
  if (!flows) return false
  // A loop that leaves something waiting each time looks at more and more: the budget must still end it soon.
  const looks = Math.floor(Object.keys(step.state.elements).length / LOOKS)
  step.entered = Math.max(step.entered, Math.min(STEP_BUDGET, step.entered + looks))
  step.later(() => {
    const instance = place(step, join, scopeKey, { flows })
    step.processors[join.type].afterJoined?.(step, join, instance)
    enter(step, join, instance)
  })
  return true
}
