import { escapeXml } from './process-diagram.ts'
import type { CatchOptions, JobOptions, ListenerOptions, Mappings, PublishOptions, UserTaskOptions } from './process-options.ts'

export function filterXml({ variableNames, variableEvents }: CatchOptions): string {
  if ((variableNames ?? variableEvents) === undefined) return ''
  return `<bpmn:extensionElements><zeebe:conditionalFilter${attributesXml({ variableNames, variableEvents })} /></bpmn:extensionElements>`
}

export function attributesXml(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
}

export function listenersXml(tag: string, listeners: readonly (string | ListenerOptions)[]): string {
  const rows = listeners.map((listener) => {
    const [event, type] = typeof listener === 'string' ? listener.split(':') : [listener.event, listener.type]
    const { retries, headers } = typeof listener === 'string' ? ({} as Partial<ListenerOptions>) : listener
    return `<zeebe:${tag}${attributesXml({ eventType: event, type, retries })}>${headersXml(headers).join('')}</zeebe:${tag}>`
  })
  return `<zeebe:${tag}s>${rows.join('')}</zeebe:${tag}s>`
}

export function headersXml(headers: Readonly<Record<string, string>> | undefined): string[] {
  if (!headers) return []
  const rows = Object.entries(headers).map(([key, value]) => `<zeebe:header${attributesXml({ key, value })} />`)
  return [`<zeebe:taskHeaders>${rows.join('')}</zeebe:taskHeaders>`]
}

export function workExtensions(options: Partial<JobOptions> & Partial<PublishOptions>): string[] {
  const { type, retries, correlationKey, messageId, timeToLive } = options
  if (type !== undefined) return [`<zeebe:taskDefinition${attributesXml({ type, retries })} />`, ...headersXml(options.headers)]
  if (options.message !== undefined) return [`<zeebe:publishMessage${attributesXml({ correlationKey, messageId, timeToLive })} />`]
  return []
}

export function userTaskExtensions(options: UserTaskOptions): string[] {
  const { assignee, candidateGroups, candidateUsers, dueDate, followUpDate, priority, formId, externalReference } = options
  const extensions = options.byJob ? [] : ['<zeebe:userTask />']
  if (assignee ?? candidateGroups ?? candidateUsers) {
    extensions.push(`<zeebe:assignmentDefinition${attributesXml({ assignee, candidateGroups, candidateUsers })} />`)
  }
  if (dueDate ?? followUpDate) extensions.push(`<zeebe:taskSchedule${attributesXml({ dueDate, followUpDate })} />`)
  if (priority !== undefined) extensions.push(`<zeebe:priorityDefinition${attributesXml({ priority })} />`)
  if (formId ?? externalReference) extensions.push(`<zeebe:formDefinition${attributesXml({ formId, externalReference })} />`)
  return [...extensions, ...headersXml(options.headers)]
}

export function mappingExtensions(options: Mappings): string[] {
  const rows = (tag: string, mappings: Readonly<Record<string, string>> | undefined) =>
    Object.entries(mappings ?? {}).map(([target, source]) => `<zeebe:${tag}${attributesXml({ source, target })} />`)
  const io = [...rows('input', options.inputs), ...rows('output', options.outputs)]
  const properties = Object.entries(options.properties ?? {}).map(([name, value]) => `<zeebe:property${attributesXml({ name, value })} />`)
  return [
    ...(io.length > 0 ? [`<zeebe:ioMapping>${io.join('')}</zeebe:ioMapping>`] : []),
    ...(properties.length > 0 ? [`<zeebe:properties>${properties.join('')}</zeebe:properties>`] : []),
  ]
}
