import { chooseAll } from '../behavior/choose-flows.ts'
import { complete } from '../behavior/lifecycle.ts'
import { isAwaited } from '../behavior/reachability.ts'
import type { ElementProcessor } from '../element-processor.ts'

/**
 * Splits onto every flow whose condition holds. Joins what can still come: it fires when a token waits at the door and no
 * token elsewhere can reach an empty incoming flow without being able to reach one that has a token already
 * (BPMN 2.0.2 §13.4.3). So it is looked at again whenever tokens come or go, also by interruption.
 */
export const inclusiveGateway: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
  chooseFlows: chooseAll,
  join(_step, element) {
    return element.incoming.length > 1 ? undefined : element.incoming.map((flow) => flow.id)
  },
  joinWhenQuiet(step, element, scopeKey) {
    const tokens = step.get(scopeKey).tokens ?? {}
    const filled = element.incoming.filter((flow) => tokens[flow.id])
    if (filled.length === 0) return undefined
    const empty = element.incoming.filter((flow) => !tokens[flow.id])
    return isAwaited(step, element, scopeKey, empty, filled) ? undefined : filled.map((flow) => flow.id)
  },
}
