import type { JsonObject } from '../../record/json.ts'
import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import { elementTypeOf } from './element-type.ts'

/** `fromAi(toolCall.city, "description", "type")`: a value that whoever chooses an activity is to fill in (Camunda 8.8). */
const FROM_AI = /\bfromAi\(\s*([\w.]+)\s*(?:,\s*"((?:[^"\\]|\\.)*)")?\s*(?:,\s*"((?:[^"\\]|\\.)*)")?/g

/** What may be chosen in an ad-hoc subprocess: activities that no flow leads to, as told in `adHocSubProcessElements`. */
export function choicesOf(source: ModdleElement): readonly JsonObject[] {
  const content = many(source, 'flowElements')
  const targets = new Set(content.flatMap((flow) => one(flow, 'targetRef')?.id ?? []))
  return content
    .filter((element) => isChoice(element) && element.id !== undefined && !targets.has(element.id))
    .map((element) => {
      const [documentation] = many(element, 'documentation')
      const told = documentation && text(documentation, 'text')
      return {
        elementId: element.id ?? '',
        elementName: element.name ?? element.id ?? '',
        ...(told === undefined ? {} : { documentation: told }),
        parameters: parametersOf(element),
      }
    })
}

function isChoice(element: ModdleElement): boolean {
  const type = elementTypeOf(element)
  return (
    type !== 'picture' && !['sequenceFlow', 'boundaryEvent', 'eventSubProcess'].includes(String(type)) && element.isForCompensation !== true
  )
}

function parametersOf(element: ModdleElement): JsonObject[] {
  const mapping = extension(element, 'zeebe:IoMapping')
  const sources = (mapping ? many(mapping, 'inputParameters') : []).map((input) => text(input, 'source') ?? '')
  return sources.flatMap((source) =>
    [...source.matchAll(FROM_AI)].map(([, path = '', description, type]) => ({
      name: path.slice(path.lastIndexOf('.') + 1),
      ...(description === undefined ? {} : { description }),
      type: type ?? 'string',
    })),
  )
}
