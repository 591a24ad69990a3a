import type { ElementType } from '../../record/event.ts'
import { type ListenerDefinition, TASK_EVENTS, type TaskEvent } from '../executable-process.ts'
import { extension, type ModdleElement, many, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'
import { headersOf } from './extension-data.ts'
import { textValue } from './text-value.ts'

const OLD_TASK_EVENTS: Readonly<Record<string, TaskEvent>> = {
  create: 'creating',
  assignment: 'assigning',
  update: 'updating',
  complete: 'completing',
  cancel: 'canceling',
}
const GATEWAYS: ReadonlySet<ElementType> = new Set([
  'exclusiveGateway',
  'parallelGateway',
  'inclusiveGateway',
  'complexGateway',
  'eventBasedGateway',
])

interface Read {
  readonly event: string
  readonly jobType: string
  readonly definition: ListenerDefinition
}

/** Reads execution and task listeners. Those before all repetitions go to the draft: they belong to the body. */
export function addListeners(draft: ProcessDraft, element: ElementDraft, source: ModdleElement, problems: Problems): void {
  addExecutionListeners(draft, element, source, problems)
  addTaskListeners(element, source, problems)
}

function addExecutionListeners(draft: ProcessDraft, element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const container = extension(source, 'zeebe:ExecutionListeners')
  if (!container) return
  const { id } = element
  const known = read(source, many(container, 'listeners'), id, problems)
  for (const { event } of known) {
    const reason = refusal(element, source, event)
    if (reason)
      problems.error(id, 'LISTENER_NOT_ALLOWED', `Expected ${reason.expected}, but ${id} has a listener for '${event}'; ${reason.wayOut}`)
  }
  const of = (wanted: string) => known.filter(({ event }) => event === wanted).map(({ definition }) => definition)
  const [start, end, beforeAll] = [of('start'), of('end'), of('beforeAll')]
  if (start.length > 0) element.startListeners = start
  if (end.length > 0) element.endListeners = end
  if (beforeAll.length > 0) draft.beforeAll.set(id, beforeAll)
}

function refusal(
  element: ElementDraft,
  source: ModdleElement,
  event: string,
): { readonly expected: string; readonly wayOut: string } | undefined {
  const { type } = element
  if (event !== 'start' && event !== 'end' && event !== 'beforeAll')
    return { expected: "execution listeners for 'start', 'end' or 'beforeAll'", wayOut: 'choose one of these' }
  if (type === 'boundaryEvent' && element.event?.kind === 'compensation')
    return { expected: 'no listener on a compensation boundary event', wayOut: 'put it on the handler' }
  if (event === 'start' && (type === 'startEvent' || type === 'boundaryEvent'))
    return { expected: 'no start listener on start and boundary events', wayOut: 'listen to their end' }
  if (event === 'end' && (GATEWAYS.has(type) || (type === 'endEvent' && element.event?.kind === 'error')))
    return { expected: 'no end listener on gateways and error end events', wayOut: 'listen to their start' }
  if (event === 'beforeAll' && (source.loopCharacteristics as ModdleElement | undefined)?.$type !== 'bpmn:MultiInstanceLoopCharacteristics')
    return { expected: "'beforeAll' only on multi-instance activities", wayOut: "listen to 'start'" }
  return undefined
}

function addTaskListeners(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const container = extension(source, 'zeebe:TaskListeners')
  if (!container) return
  const { id } = element
  if (!element.userTask)
    problems.error(
      id,
      'TASK_LISTENER_NOT_ALLOWED',
      `Expected task listeners only on native user tasks, but ${id} is none; add zeebe:userTask to it`,
    )
  const listeners: Partial<Record<TaskEvent, ListenerDefinition[]>> = {}
  for (const { event, definition } of read(source, many(container, 'listeners'), id, problems)) {
    const name = OLD_TASK_EVENTS[event] ?? TASK_EVENTS.find((known) => known === event)
    if (name) listeners[name] = [...(listeners[name] ?? []), definition]
    else
      problems.error(
        id,
        'LISTENER_NOT_ALLOWED',
        `Expected task listeners for ${TASK_EVENTS.join(', ')}, but ${id} has one for '${event}'; choose one of these`,
      )
  }
  if (Object.keys(listeners).length > 0) element.taskListeners = listeners
}

function read(source: ModdleElement, listeners: readonly ModdleElement[], id: string, problems: Problems): Read[] {
  const shared = headersOf(source)
  const seen = new Set<string>()
  return listeners.map((listener) => {
    const event = text(listener, 'eventType') ?? ''
    const jobType = text(listener, 'type') ?? ''
    if (jobType === '')
      problems.error(
        id,
        'LISTENER_TYPE_MISSING',
        `Expected every listener of ${id} to have a job type, but one for '${event}' has none; set it`,
      )
    const key = JSON.stringify([event, jobType])
    if (seen.has(key))
      problems.error(
        id,
        'DUPLICATE_LISTENER',
        `Expected each listener of ${id} once, but two for '${event}' have the job type '${jobType}'; remove one`,
      )
    seen.add(key)
    const headers = listener.headers as ModdleElement | undefined
    const own = headers ? many(headers, 'values').map((header) => [text(header, 'key') ?? '', text(header, 'value') ?? '']) : []
    const definition: ListenerDefinition = {
      jobType: textValue(jobType, id, 'the listener type', problems),
      retries: textValue(text(listener, 'retries') ?? '3', id, 'the listener retries', problems),
      headers: { ...shared, ...Object.fromEntries(own) },
    }
    return { event, jobType, definition }
  })
}
