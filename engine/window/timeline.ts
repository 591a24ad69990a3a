import type { ElementTransition, ElementType, EngineEvent, EpochMs } from '../kernel/index.ts'
import type { HistoryEntry } from '../store/index.ts'
import type { DeclarationStatus, ItemError, Service, Text, TimelineEntry } from './contract.ts'
import type { ElementCatalogue, ElementInfo } from './element-catalogue.ts'
import { type ElementKind, kindOf, takesTime } from './element-kind.ts'
import { noErrors, type OpenErrors, openErrorsOf, seeVariables } from './open-errors.ts'

/** All that a declaration's status is folded from. */
export interface CaseHistory {
  readonly service: Pick<Service, 'ends' | 'messages' | 'notices' | 'correctionElements'>
  /** The declaration's own process instance; the others are its call activities'. */
  readonly rootInstanceKey: string
  readonly instances: readonly InstanceHistory[]
  /** The newest version as it is stored, and what is wrong with it: it counts until the process has validated it itself. */
  readonly newest?: { readonly version: number; readonly errors: () => readonly ItemError[] }
}
export interface InstanceHistory {
  readonly entries: readonly HistoryEntry[]
  readonly elements: ElementCatalogue
}
/** The part of a status that follows from what happened. */
export type CaseProgress = Pick<
  DeclarationStatus,
  'state' | 'stateName' | 'endedAt' | 'clocks' | 'errors' | 'waitingFor' | 'nextActions' | 'timeline'
>

const IN_PROGRESS_NAME: Text = { en: 'In progress', zh: '办理中' }
const CANCELED: { readonly state: string; readonly name: Text } = { state: 'canceled', name: { en: 'Canceled', zh: '已撤销' } }
const COMPLETED: typeof CANCELED = { state: 'completed', name: { en: 'Completed', zh: '已完成' } }
const AMEND_NAME: Text = { en: 'Amend the declaration', zh: '修改申报' }
const CORRECT_NAME: Text = { en: 'Correct the declaration', zh: '更正申报' }
const WITHDRAW_NAME: Text = { en: 'Withdraw the declaration', zh: '撤回申报' }
/** Candidate group of the tasks that the process gives to the enterprise. */
export const ENTERPRISE_GROUP = 'enterprise'

/** A clock shows when the case first came there; these show the last time, as later agencies and later versions move them. */
const LAST_TIME_COUNTS: ReadonlySet<string> = new Set(['agency-decision', 'released', 'closed'])
/** A case waits at what is inside these. */
const HOLDERS: ReadonlySet<ElementKind> = new Set(['process', 'container', 'wrapper'])

interface LiveElement {
  readonly info: ElementInfo
  readonly since: EpochMs
}
interface Timer {
  readonly elementInstanceKey: string
  readonly dueAt: EpochMs
}
interface Task {
  readonly elementId: string
  readonly name: Text
}
interface Fold {
  readonly live: Map<string, LiveElement>
  readonly timers: Map<string, Timer>
  /** Names of the messages that are listened for, by subscription. */
  readonly listening: Map<string, string>
  /** Open tasks of the enterprise, by key. */
  readonly tasks: Map<string, Task>
  /** Call activities whose process runs. */
  readonly calling: Set<string>
  readonly clocks: Record<string, EpochMs>
  readonly timeline: TimelineEntry[]
  errors: OpenErrors
  /** End events of the declaration's own process, in the order they were reached. */
  readonly ends: string[]
  end?: { readonly at: EpochMs; readonly isCanceled: boolean }
}
interface Moment {
  readonly at: EpochMs
  readonly elements: ElementCatalogue
  readonly isRoot: boolean
  /** True for what an instance is born with: its parent's variables, which are no news. */
  readonly isBirth: boolean
}

/** What the declaration's history says of where it is. Same history, same answer; reads no clock. */
export function foldCase(history: CaseHistory): CaseProgress {
  const fold: Fold = {
    live: new Map(),
    timers: new Map(),
    listening: new Map(),
    tasks: new Map(),
    calling: new Set(),
    clocks: {},
    timeline: [],
    ends: [],
    errors: noErrors(),
  }
  for (const { entry, elements } of inOrder(history.instances)) {
    const isBirth = entry.events.some((event) => event.type === 'instance.created')
    const moment = { at: entry.at, elements, isRoot: entry.processInstanceKey === history.rootInstanceKey, isBirth }
    for (const event of entry.events) see(fold, event, moment)
  }
  const { newest, service } = history
  if (newest && newest.version > fold.errors.version && !fold.end)
    fold.errors = { version: newest.version, ofValidation: newest.errors(), ofAgencies: new Map() }
  return toProgress(fold, service)
}

function inOrder(instances: readonly InstanceHistory[]): { readonly entry: HistoryEntry; readonly elements: ElementCatalogue }[] {
  const all = instances.flatMap(({ entries, elements }) => entries.map((entry) => ({ entry, elements })))
  // The sort is stable: entries of one instance stay in their order.
  return instances.length === 1 ? all : all.sort((a, b) => a.entry.at - b.entry.at)
}

function see(fold: Fold, event: EngineEvent, moment: Moment): void {
  switch (event.type) {
    case 'element.activating':
      fold.live.set(event.key, { info: infoOf(event.elementId, event.elementType, moment), since: moment.at })
      return
    case 'element.activated':
    case 'element.completed':
    case 'element.terminated':
      seeTransition(fold, event, moment)
      return
    case 'variables.set':
      if (moment.isRoot || !moment.isBirth) fold.errors = seeVariables(fold.errors, event.variables)
      return
    case 'timer.created':
      fold.timers.set(event.timerKey, { elementInstanceKey: event.elementInstanceKey, dueAt: event.dueAt })
      return
    case 'timer.triggered':
    case 'timer.canceled':
      fold.timers.delete(event.timerKey)
      return
    case 'subscription.opened':
      fold.listening.set(event.subscriptionKey, event.messageName)
      return
    case 'subscription.closed':
      fold.listening.delete(event.subscriptionKey)
      return
    case 'userTask.created':
      if (event.candidateGroups.includes(ENTERPRISE_GROUP)) {
        fold.tasks.set(event.userTaskKey, { elementId: event.elementId, name: infoOf(event.elementId, 'userTask', moment).name })
      }
      return
    case 'userTask.completed':
    case 'userTask.canceled':
      fold.tasks.delete(event.userTaskKey)
      return
    case 'child.requested':
      fold.calling.add(event.elementInstanceKey)
      return
    case 'child.ended':
      fold.calling.delete(event.elementInstanceKey)
      return
    case 'incident.created': {
      const type = fold.live.get(event.elementInstanceKey)?.info.type ?? 'task'
      tell(fold, 'incident', infoOf(event.elementId, type, moment), moment.at)
      return
    }
    case 'instance.completed':
    case 'instance.terminated':
      if (moment.isRoot) fold.end = { at: event.at, isCanceled: event.type === 'instance.terminated' }
      return
    default:
      return
  }
}

function seeTransition(fold: Fold, event: ElementTransition, moment: Moment): void {
  const info = fold.live.get(event.key)?.info
  // The process itself is not entered by a token.
  if (!info) return
  if (event.type === 'element.activated') {
    setClock(fold, info, 'activated', moment.at)
    if (takesTime(info.type)) tell(fold, 'started', info, moment.at)
    return
  }
  fold.live.delete(event.key)
  fold.calling.delete(event.key)
  if (event.type === 'element.completed') {
    setClock(fold, info, 'completed', moment.at)
    if (info.type === 'endEvent' && moment.isRoot) fold.ends.push(info.id)
    if (takesTime(info.type) || kindOf(info.type) === 'event') tell(fold, 'finished', info, moment.at)
  } else if (takesTime(info.type)) tell(fold, 'ended', info, moment.at)
}

function infoOf(elementId: string, type: ElementType, moment: Moment): ElementInfo {
  const known = moment.elements.get(elementId)
  // The type that ran counts: what stands around the runs of a repeated element bears the element's id.
  return known ? { ...known, type } : { id: elementId, name: { en: elementId, zh: elementId }, named: true, type }
}

function setClock(fold: Fold, info: ElementInfo, on: 'activated' | 'completed', at: EpochMs): void {
  const { clock } = info
  if (clock?.on !== on) return
  if (fold.clocks[clock.name] === undefined || LAST_TIME_COUNTS.has(clock.name)) fold.clocks[clock.name] = at
}

/** What has no name is wiring that people need not see; so is the process itself, whose end is the declaration's. */
function tell(fold: Fold, what: TimelineEntry['what'], info: ElementInfo, at: EpochMs): void {
  if ((info.named && info.type !== 'process') || what === 'incident')
    fold.timeline.push({ at, elementId: info.id, name: info.name, what, elementType: info.type })
}

function toProgress(fold: Fold, service: CaseHistory['service']): CaseProgress {
  const { clocks, timeline, end } = fold
  const errors = openErrorsOf(fold.errors)
  if (!end) {
    return {
      state: 'in-progress',
      stateName: IN_PROGRESS_NAME,
      clocks,
      errors,
      waitingFor: waitingFor(fold),
      nextActions: nextActions(fold, service),
      timeline,
    }
  }
  const ended = endOf(fold, end.isCanceled, service)
  return {
    state: ended.state,
    stateName: ended.name,
    endedAt: end.at,
    clocks: clocks.closed === undefined ? { ...clocks, closed: end.at } : clocks,
    errors,
    waitingFor: [],
    nextActions: [],
    timeline,
  }
}

/**
 * The service lists the end events that end a declaration. They may lie in an event subprocess (a withdrawal), and others
 * are reached on the way (the end of a subprocess), so the last listed one counts. Without one, the last of all names the end.
 */
function endOf(fold: Fold, isCanceled: boolean, service: CaseHistory['service']): { readonly state: string; readonly name: Text } {
  if (isCanceled) return CANCELED
  const elementId = fold.ends.findLast((id) => service.ends[id] !== undefined) ?? fold.ends.at(-1)
  if (elementId === undefined) return COMPLETED
  const told = fold.timeline.findLast((entry) => entry.elementId === elementId)
  return service.ends[elementId] ?? { state: elementId, name: told?.name ?? { en: elementId, zh: elementId } }
}

/** What people call a state; a declaration whose service has changed since may be in one that has no name any more. */
export function stateNameOf(state: string, ends: Service['ends']): Text {
  if (state === 'in-progress') return IN_PROGRESS_NAME
  const known = [...Object.values(ends), CANCELED, COMPLETED].find((end) => end.state === state)
  return known?.name ?? { en: state, zh: state }
}

function waitingFor(fold: Fold): DeclarationStatus['waitingFor'] {
  const dueAt = new Map<string, EpochMs>()
  for (const timer of fold.timers.values()) {
    dueAt.set(timer.elementInstanceKey, Math.min(timer.dueAt, dueAt.get(timer.elementInstanceKey) ?? Number.POSITIVE_INFINITY))
  }
  return [...fold.live]
    .filter(([key, { info }]) => !HOLDERS.has(kindOf(info.type)) && !fold.calling.has(key))
    .map(([key, { info, since }]) => {
      const due = dueAt.get(key)
      const { id: elementId, name, agencyId } = info
      return { elementId, name, since, ...(due === undefined ? {} : { dueAt: due }), ...(agencyId === undefined ? {} : { agencyId }) }
    })
}

/** The enterprise may amend and withdraw while the process listens for it. */
function nextActions(fold: Fold, service: CaseHistory['service']): DeclarationStatus['nextActions'] {
  const listening = new Set(fold.listening.values())
  const correcting = [...fold.live.values()].find(({ info }) => service.correctionElements.includes(info.id))
  const actions: DeclarationStatus['nextActions'][number][] = [...fold.tasks].map(([taskKey, { name, elementId }]) => ({
    action: 'task',
    name,
    taskKey,
    elementId,
  }))
  if (correcting) actions.push({ action: 'amend', name: CORRECT_NAME, elementId: correcting.info.id })
  else if (listening.has(service.messages.amended)) actions.push({ action: 'amend', name: AMEND_NAME })
  if (listening.has(service.messages.withdrawn)) actions.push({ action: 'withdraw', name: WITHDRAW_NAME })
  for (const [kind, { name, message }] of Object.entries(service.notices ?? {}))
    if (listening.has(message)) actions.push({ action: `notice:${kind}`, name })
  return actions
}
