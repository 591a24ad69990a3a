import { BpmnModdle } from 'bpmn-moddle'
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' }
import type { ModdleElement } from './moddle.ts'
import type { Problems } from './problems.ts'
import { refuseSeveralLoopMarkers } from './validate/loop-markers.ts'

const WHOLE_FILE = 'definitions'

/** The Zeebe descriptor lacks the engine's own publishing of messages (dialect: send task, message throw and end events). */
const PUBLISH_MESSAGE = {
  name: 'PublishMessage',
  superClass: ['Element'],
  meta: { allowedIn: ['bpmn:SendTask', 'bpmn:IntermediateThrowEvent', 'bpmn:EndEvent'] },
  properties: ['correlationKey', 'messageId', 'timeToLive'].map((name) => ({ name, type: 'String', isAttr: true })),
}
/** Knows the language, nothing of a file: building it takes as long as reading a small one. */
const MODDLE = new BpmnModdle({ zeebe: { ...zeebe, types: [...zeebe.types, PUBLISH_MESSAGE] } })

/** Reads BPMN XML with the Zeebe dialect; `undefined` when it cannot be read at all (the problems say why). */
export async function readXml(xml: string, problems: Problems): Promise<ModdleElement | undefined> {
  const declaration = /<!(DOCTYPE|ENTITY)/i.exec(xml)
  if (declaration) {
    problems.error(
      WHOLE_FILE,
      'DOCTYPE_REFUSED',
      `Expected BPMN XML without document type, but found <!${declaration[1]?.toUpperCase()}; remove it, entities are never expanded`,
      lineAt(xml, declaration.index),
    )
    return undefined
  }
  try {
    const { rootElement, warnings } = await MODDLE.fromXML(xml)
    for (const warning of warnings) report(warning, xml, problems)
    refuseSeveralLoopMarkers(xml, problems)
    return rootElement as unknown as ModdleElement
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    problems.error(
      WHOLE_FILE,
      'NOT_BPMN',
      `Expected a BPMN 2.0 file, but ${firstLine(message)}${nested(message)}; export it again as BPMN XML`,
      lineOf(message),
    )
    return undefined
  }
}

function report(
  warning: { readonly message: string; readonly element?: unknown; readonly property?: string },
  xml: string,
  problems: Problems,
): void {
  const { message } = warning
  const elementId = (warning.element as { id?: string } | undefined)?.id ?? ownerAt(xml, lineOf(message))
  const duplicate = /duplicate ID <([^>]*)>/.exec(message)?.[1]
  const unknown = /unparsable content <([^>]*)> detected/.exec(message)?.[1]
  const unresolved = /unresolved reference <([^>]*)>/.exec(message)?.[1]
  const illegal = /illegal ID <([^>]*)>/.exec(message)?.[1]
  if (duplicate !== undefined) {
    problems.error(
      duplicate,
      'DUPLICATE_ID',
      `Expected every id once, but '${duplicate}' stands on two elements; give the second another id`,
      lineOf(message),
    )
  } else if (illegal !== undefined) {
    problems.error(
      illegal,
      'ILLEGAL_ID',
      `Expected an id that starts with a letter or underscore and has no spaces, but found '${illegal}'; rename it`,
      lineOf(message),
    )
  } else if (unresolved !== undefined) {
    reportReference(elementId, warning.property ?? '', unresolved, problems)
  } else if (unknown?.includes(':') && !bpmnPrefixes(xml).includes(unknown.split(':')[0] ?? '')) {
    problems.error(
      elementId,
      'UNKNOWN_EXTENSION',
      `Expected only extensions of the Zeebe dialect, but found <${unknown}>; remove it or correct its name`,
      lineOf(message),
    )
  } else if (unknown !== undefined) {
    problems.error(
      elementId,
      'UNKNOWN_ELEMENT',
      `Expected BPMN 2.0 elements, but found <${unknown}>${nested(message)}; remove it`,
      lineOf(message),
    )
  } else problems.warn(elementId, 'XML_WARNING', firstLine(message), lineOf(message))
}

/** References that decide what a process does. Others (data, documentation, the picture) only spoil what is shown. */
const FOLLOWED =
  /(sourceRef|targetRef|attachedToRef|messageRef|errorRef|escalationRef|signalRef|activityRef|eventDefinitionRef|default|incoming|outgoing)$/

/** A flow or event that points nowhere cannot run. */
function reportReference(elementId: string, property: string, target: string, problems: Problems): void {
  const message = `Expected ${property || 'a reference'} of ${elementId} to name an element of the file, but there is no '${target}'; connect it again`
  const severity = !property.startsWith('bpmndi:') && FOLLOWED.test(property) ? 'error' : 'warn'
  problems[severity](elementId, 'UNRESOLVED_REFERENCE', message)
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}

function nested(message: string): string {
  const inner = /nested error: (.*)$/m.exec(message)?.[1]
  return inner ? ` (${inner})` : ''
}

/** The parser counts lines from 0. */
function lineOf(message: string): number | undefined {
  const line = /line: (\d+)/.exec(message)?.[1]
  return line === undefined ? undefined : Number(line) + 1
}

/** The prefixes a file uses for BPMN itself and its diagrams. */
function bpmnPrefixes(xml: string): readonly string[] {
  return [...xml.matchAll(/xmlns:([\w-]+)\s*=\s*["']http:\/\/www\.omg\.org\/spec\/(?:BPMN|DD)\//g)].map((match) => match[1] ?? '')
}

/** The id that stands last before a line: the element whose content the parser could not read. */
function ownerAt(xml: string, line: number | undefined): string {
  if (line === undefined) return WHOLE_FILE
  const before = xml.split('\n').slice(0, line).join('\n')
  return [...before.matchAll(/\sid="([^"]+)"/g)].at(-1)?.[1] ?? WHOLE_FILE
}

function lineAt(textBefore: string, index: number): number {
  return textBefore.slice(0, index).split('\n').length
}
