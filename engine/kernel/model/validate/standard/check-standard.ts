import type { ModdleElement } from '../../moddle.ts'
import type { Problems } from '../../problems.ts'
import { COLLABORATION_RULES } from './collaboration-rules.ts'
import { DATA_RULES } from './data-rules.ts'
import { EVENT_RULES } from './event-rules.ts'
import { EXPRESSION_RULES } from './expression-rules.ts'
import { FLOW_RULES } from './flow-rules.ts'
import { idOf, ModelView, typeOf } from './model-view.ts'

const RULES = [...FLOW_RULES, ...EVENT_RULES, ...COLLABORATION_RULES, ...DATA_RULES, ...EXPRESSION_RULES]

/**
 * Holds a file to the rules of the standard that go beyond what its elements need to run. Processes that are only pictures
 * may break them.
 */
export function checkStandard(definitions: ModdleElement, problems: Problems): void {
  const model = new ModelView(definitions)
  for (const element of model.elements) {
    const type = typeOf(element)
    refuseUnknownAttributes(element, problems)
    if (!element.$type.startsWith('bpmn:') || !model.isExecutable(element)) continue
    for (const rule of RULES) {
      if (!rule.on.includes(type) || (rule.isForPlainFiles && !model.isPlain)) continue
      const complaint = rule.check(element, model)
      if (complaint) problems.error(idOf(blamed(element)), rule.name, `${complaint} (BPMN 2.0.2 ${rule.clause})`)
    }
  }
}

/** The schema of BPMN and its diagrams is closed: only attributes of other namespaces are free (BPMN 2.0.2 §8.2.3). */
function refuseUnknownAttributes(element: ModdleElement, problems: Problems): void {
  if (element.$descriptor?.isGeneric || !/^(bpmn|bpmndi|dc|di):/.test(element.$type)) return
  for (const name of Object.keys((element.$attrs ?? {}) as object)) {
    if (name.includes(':') || name === 'xmlns') continue
    problems.error(
      idOf(element),
      'UNKNOWN_ATTRIBUTE',
      `Expected only attributes of BPMN on ${idOf(element)}, but found '${name}' on its ${typeOf(element)}; remove it or put it into a namespace of its own`,
    )
  }
}

/** What the modeller can click on: the event, not its definition. */
function blamed(element: ModdleElement): ModdleElement {
  const isInsideEvent = typeOf(element).endsWith('EventDefinition') && typeOf(element.$parent).endsWith('Event')
  return (isInsideEvent && element.$parent) || element
}
