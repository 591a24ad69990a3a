import { definitionsOf, type ExecutableProcess, type SequenceFlow } from '../executable-process.ts'
import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { linkCompensation } from './compensation.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'
import { transformElement } from './element.ts'
import { elementTypeOf } from './element-type.ts'
import { linkLinks } from './link.ts'
import { addListeners } from './listeners.ts'
import { linkAdHocScopes, linkLoops, readLoop } from './loop.ts'
import { startTriggersOf } from './start-triggers.ts'
import { compileFeel } from './text-value.ts'

/** Builds one process with all its elements linked. Problems are collected; what could not be read is left out. */
export function transformProcess(source: ModdleElement, problems: Problems): ExecutableProcess {
  const draft: ProcessDraft = {
    elements: new Map(),
    flows: new Map(),
    multiInstances: new Map(),
    standardLoops: new Map(),
    beforeAll: new Map(),
  }
  const bpmnProcessId = source.id ?? ''
  if (bpmnProcessId === '')
    problems.error('definitions', 'PROCESS_WITHOUT_ID', 'Expected every process to have an id, but one has none; give it one')
  const root = transformElement(source, bpmnProcessId, 'process', undefined, problems)
  addListeners(draft, root, source, problems)
  const scopes: [ModdleElement, ElementDraft][] = [[source, root]]
  const containers: ModdleElement[] = []
  for (let next = scopes.shift(); next; next = scopes.shift()) {
    containers.push(next[0])
    scopes.push(...addContent(draft, next[0], next[1], problems))
  }
  linkAttachments(draft, root, problems)
  linkCompensation(draft, containers, problems)
  linkLinks(draft, problems)
  linkAdHocScopes(draft)
  linkLoops(draft)
  const versionTag = extension(source, 'zeebe:VersionTag')
  const tag = versionTag && text(versionTag, 'value')
  return {
    bpmnProcessId,
    name: source.name ?? bpmnProcessId,
    ...(tag !== undefined && { versionTag: tag }),
    root,
    elements: draft.elements,
    flows: draft.flows,
    startTriggers: startTriggersOf(draft, root, problems),
    hasConditions: [...draft.elements.values()].some(({ event }) => definitionsOf(event).some(({ kind }) => kind === 'condition')),
  }
}

/** Adds the elements and flows directly inside a container; returns the containers among them. */
function addContent(draft: ProcessDraft, source: ModdleElement, scope: ElementDraft, problems: Problems): [ModdleElement, ElementDraft][] {
  const inner: [ModdleElement, ElementDraft][] = []
  const flowElements = many(source, 'flowElements')
  for (const child of flowElements) {
    const type = elementTypeOf(child)
    if (type === 'picture') continue
    const kind = child.$type.replace('bpmn:', '')
    if (child.id === undefined)
      problems.error(
        scope.id,
        'ELEMENT_WITHOUT_ID',
        `Expected every element of ${scope.id} to have an id, but a ${kind} has none; give it one`,
      )
    else if (type === undefined)
      problems.error(
        child.id,
        'UNSUPPORTED_ELEMENT',
        `Expected an executable element, but ${child.id} is a ${kind}; it is not executable, model it with other elements`,
      )
    else {
      const element = transformElement(child, child.id, type, scope.id, problems)
      draft.elements.set(child.id, element)
      readLoop(draft, child, child.id, problems)
      addListeners(draft, element, child, problems)
      if (type === 'subProcess' || type === 'eventSubProcess' || type === 'transaction' || type === 'adHocSubProcess')
        inner.push([child, element])
      if (type === 'eventSubProcess') scope.eventSubProcesses.push(element)
      if (type === 'startEvent' && isEntry(element, scope)) scope.startEvent = element
    }
  }
  for (const child of flowElements) if (child.$type === 'bpmn:SequenceFlow') addFlow(draft, child, problems)
  return inner
}

/** A none start enters a container; an event subprocess is entered by its typed start. */
function isEntry(start: ElementDraft, scope: ElementDraft): boolean {
  return scope.type === 'eventSubProcess' ? start.event?.kind !== 'none' : start.event?.kind === 'none'
}

function addFlow(draft: ProcessDraft, source: ModdleElement, problems: Problems): void {
  const sourceId = one(source, 'sourceRef')?.id
  const targetId = one(source, 'targetRef')?.id
  const from = draft.elements.get(sourceId ?? '')
  const to = draft.elements.get(targetId ?? '')
  const id = source.id ?? `${sourceId}-${targetId}`
  // An unresolved end is a problem already; one at an element that is not executable goes with it.
  if (!from || !to) return
  if (from.scopeId !== to.scopeId)
    problems.error(
      id,
      'FLOW_CROSSES_SCOPE',
      `Expected flow ${id} to stay inside one subprocess, but it leads from ${from.id} to ${to.id}; connect elements of the same level`,
    )
  const condition = one(source, 'conditionExpression')
  const body = condition && text(condition, 'body')?.trim()
  const flow: SequenceFlow = {
    id,
    sourceId: from.id,
    targetId: to.id,
    ...(body && { condition: compileFeel(body.startsWith('=') ? body.slice(1) : body, id, 'the condition', problems) }),
  }
  if (body && !body.startsWith('='))
    problems.error(
      id,
      'EXPRESSION_EXPECTED',
      `Expected the condition of ${id} to start with '=', but found '${body}'; write '=${body}' if it is FEEL`,
    )
  draft.flows.set(id, flow)
  from.outgoing.push(flow)
  to.incoming.push(flow)
}

function linkAttachments(draft: ProcessDraft, root: ElementDraft, problems: Problems): void {
  for (const element of draft.elements.values()) {
    if (element.attachedToId === undefined) continue
    const host = draft.elements.get(element.attachedToId)
    if (host) host.boundaryEvents.push(element)
    else
      problems.error(
        element.id,
        'BOUNDARY_NOT_ATTACHED',
        `Expected boundary event ${element.id} to be attached to an executable activity of ${root.id}, but ${element.attachedToId} is none; attach it to another`,
      )
  }
}
