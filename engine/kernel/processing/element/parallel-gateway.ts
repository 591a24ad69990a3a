import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Takes one token from every incoming flow and puts one on every outgoing; a surplus token stays for the next round (BPMN 2.0.2 §13.4.1). */
export const parallelGateway: ElementProcessor = {
  join(step, element, scopeKey) {
    const tokens = step.get(scopeKey).tokens ?? {}
    return element.incoming.every((flow) => tokens[flow.id]) ? element.incoming.map((flow) => flow.id) : undefined
  },
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
}
