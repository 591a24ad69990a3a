import type { Element, SequenceFlow } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type Chosen, chooseAll, holds } from '../behavior/choose-flows.ts'
import { complete } from '../behavior/lifecycle.ts'
import { isAwaited } from '../behavior/reachability.ts'
import { setLocal } from '../behavior/variables.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Step } from '../step.ts'

/**
 * Fires when its activation condition over `activationCount` (tokens at the door) holds, then waits for what can still come
 * on the other flows, takes it without a word and begins anew. Conditions behind it see `waitingForStart`: a flow whose
 * condition holds while that is false gets a token on the reset, too (BPMN 2.0.2 §13.4.5). Without condition: every flow.
 */
export const complexGateway: ElementProcessor = {
  join(_step, element) {
    return element.incoming.length > 1 ? undefined : element.incoming.map((flow) => flow.id)
  },
  joinWhenQuiet(step, element, scopeKey) {
    const { tokens = {}, fired } = step.get(scopeKey)
    const taken = fired?.[element.id]
    const filled = element.incoming.filter((flow) => tokens[flow.id])
    if (!taken) return filled.length > 0 && startsNow(step, element, scopeKey, filled.length) ? filled.map((flow) => flow.id) : undefined
    const others = element.incoming.filter((flow) => !taken.includes(flow.id))
    const missing = others.filter((flow) => !tokens[flow.id])
    const arrived = others.filter((flow) => tokens[flow.id])
    return isAwaited(step, element, scopeKey, missing, arrived) ? undefined : arrived.map((flow) => flow.id)
  },
  afterJoined: announce,
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
  chooseFlows(step, element, instance): Chosen {
    if (instance.variables?.waitingForStart !== false) return chooseAll(step, element, instance)
    const flows: SequenceFlow[] = []
    for (const flow of element.outgoing) {
      if (!flow.condition) continue
      const taken = holds(step, element, flow, instance)
      if (!taken.ok) return taken.failure
      if (taken.value) flows.push(flow)
    }
    return { flows }
  },
}

function startsNow(step: Step, element: Element, scopeKey: ElementInstanceKey, activationCount: number): boolean {
  if (!element.activationCondition) return activationCount === element.incoming.length
  const variables = step.scope(scopeKey)
  const result = element.activationCondition.evaluate((name) => (name === 'activationCount' ? activationCount : variables(name)), step.env)
  return result.ok && result.value === true
}

/** Notes whether this was the start or the reset; the conditions behind see it. */
function announce(step: Step, element: Element, instance: ElementInstance): void {
  const scopeKey = instance.scopeKey as ElementInstanceKey
  const waitingForStart = step.get(scopeKey).fired?.[element.id] === undefined
  const taken = instance.cameBy ?? []
  step.emit({ type: waitingForStart ? 'complexGateway.fired' : 'complexGateway.reset', key: scopeKey, elementId: element.id, flows: taken })
  setLocal(step, instance.key, { waitingForStart })
}
