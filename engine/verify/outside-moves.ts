import {
  type Command,
  definitionsOf,
  type Element,
  type EpochMs,
  type ExecutableProcess,
  type InstanceState,
  type MessageKey,
} from '../kernel/index.ts'
import type { PathStep } from './contract.ts'

/** Something from outside that may happen in a state. */
export interface OutsideMove {
  readonly kind: PathStep['kind']
  readonly elementId: string
  readonly command: Command
  /** The element instance that waits for it. */
  readonly at: string
  /** For a timer: it must be this late. */
  readonly now?: EpochMs
  /** The conditional event that becomes true. */
  readonly trueEvent?: string
  /** Known to lead to an incident when nothing catches what is thrown; then it is no path. */
  readonly mustBeCaught?: boolean
}

/** Codes that are caught when they are thrown in a place. */
export interface CaughtCodes {
  readonly errors: readonly string[]
  readonly escalations: readonly string[]
}

/** By element: codes it could throw that it or something around it catches. */
export function caughtCodes(process: ExecutableProcess): (elementId: string) => CaughtCodes {
  const catches = [...process.elements.values()].filter(({ type }) => type === 'boundaryEvent' || type === 'startEvent')
  const known = new Map<string, CaughtCodes>()
  return (elementId) => {
    const found = known.get(elementId) ?? codesAround(process, catches, elementId)
    known.set(elementId, found)
    return found
  }
}

function codesAround(process: ExecutableProcess, catches: readonly Element[], elementId: string): CaughtCodes {
  const errors = new Set<string>()
  const escalations = new Set<string>()
  for (let id: string | undefined = elementId; id !== undefined; id = process.elements.get(id)?.scopeId) {
    for (const { attachedToId, scopeId, event } of catches) {
      const isAside = attachedToId === undefined && process.elements.get(scopeId ?? '')?.scopeId === id
      if (attachedToId !== id && !isAside) continue
      for (const definition of definitionsOf(event)) {
        if (definition.kind === 'error') errors.add(textOf(definition.errorCode))
        if (definition.kind === 'escalation') escalations.add(textOf(definition.code))
      }
    }
  }
  return { errors: [...errors], escalations: [...escalations] }
}
const textOf = (text: { readonly kind: string; readonly text?: string } | undefined) => text?.text ?? 'ANY'

/** Everything that workers, people, the clock and others may do next; of a catch event that does not interrupt only once at a time. */
export function outsideMoves(
  process: ExecutableProcess,
  state: InstanceState,
  codesOf: (elementId: string) => CaughtCodes,
  step: number,
): readonly OutsideMove[] {
  const moves: OutsideMove[] = []
  for (const { key, elementId, elementInstanceKey: at } of Object.values(state.jobs)) {
    moves.push({ kind: 'complete', elementId, at, command: { type: 'completeJob', jobKey: key, variables: {} } })
    for (const errorCode of codesOf(elementId).errors)
      moves.push({ kind: 'error', elementId, at, command: { type: 'throwJobError', jobKey: key, errorCode }, mustBeCaught: true })
  }
  for (const { key, elementId, elementInstanceKey: at } of Object.values(state.userTasks))
    moves.push({ kind: 'complete', elementId, at, command: { type: 'completeUserTask', userTaskKey: key, variables: {} } })
  for (const { key, elementId, kind, elementInstanceKey } of Object.values(state.subscriptions)) {
    const own = isWaitedFor(state, elementInstanceKey, elementId)
    const command: Command =
      kind === 'signal'
        ? { type: 'triggerSignal', subscriptionKey: key, signalKey: `s${step}`, variables: {} }
        : { type: 'correlateMessage', subscriptionKey: key, messageKey: `m${step}` as MessageKey, variables: {} }
    moves.push({ kind: own ? 'complete' : 'trigger', elementId, at: elementInstanceKey, command })
  }
  for (const { key, elementId, dueAt, elementInstanceKey } of Object.values(state.timers)) {
    const own = isWaitedFor(state, elementInstanceKey, elementId)
    moves.push({
      kind: own ? 'complete' : 'trigger',
      elementId,
      at: elementInstanceKey,
      command: { type: 'triggerTimer', timerKey: key },
      now: dueAt,
    })
  }
  for (const instance of Object.values(state.elements)) {
    for (const trueEvent of instance.conditions ?? []) {
      const command: Command = { type: 'setVariables', scopeKey: instance.key, variables: { changed: step }, local: true }
      moves.push({
        kind: isWaitedFor(state, instance.key, trueEvent) ? 'complete' : 'trigger',
        elementId: trueEvent,
        at: instance.key,
        command,
        trueEvent,
      })
    }
    if (instance.childInstanceKey !== undefined)
      moves.push(...childMoves(instance.elementId, instance.key, instance.childInstanceKey, codesOf(instance.elementId)))
  }
  return moves.filter((move) => !runsAlready(process, state, move))
}

/** A token waits at the event itself, or at the event-based gateway before it. */
function isWaitedFor({ elements }: InstanceState, waitingKey: string, elementId: string): boolean {
  const waiting = elements[waitingKey]
  return waiting?.elementId === elementId || waiting?.elementType === 'eventBasedGateway'
}

function childMoves(
  elementId: string,
  elementInstanceKey: InstanceState['elements'][string]['key'],
  childInstanceKey: NonNullable<InstanceState['elements'][string]['childInstanceKey']>,
  codes: CaughtCodes,
): readonly OutsideMove[] {
  const at = elementInstanceKey
  const ended = { type: 'childEnded', elementInstanceKey, childInstanceKey } as const
  return [
    { kind: 'complete', elementId, at, command: { ...ended, outcome: { kind: 'completed', variables: {} } } },
    ...codes.errors.map((errorCode): OutsideMove => {
      const outcome = { kind: 'error', errorCode, errorMessage: '', variables: {} } as const
      return { kind: 'error', elementId, at, command: { ...ended, outcome }, mustBeCaught: true }
    }),
    ...codes.escalations.map((escalationCode): OutsideMove => {
      const command: Command = { type: 'childEscalated', elementInstanceKey, childInstanceKey, escalationCode, variables: {} }
      return { kind: 'escalation', elementId, at, command, mustBeCaught: true }
    }),
  ]
}

/** What follows from the event is still under way: once more would only be the same again, without end. */
function runsAlready(process: ExecutableProcess, state: InstanceState, { elementId, kind }: OutsideMove): boolean {
  const element = process.elements.get(elementId)
  if (kind !== 'trigger' || element?.interrupting !== false) return false
  const behind = element.type === 'startEvent' ? new Set([element.scopeId]) : followersOf(process, elementId)
  return Object.values(state.elements).some((instance) => behind.has(instance.elementId))
}

/** Elements that a token from here can get to. */
export function followersOf(process: ExecutableProcess, elementId: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const open = [elementId]
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const { targetId } of process.elements.get(id)?.outgoing ?? [])
      if (!reached.has(targetId)) {
        reached.add(targetId)
        open.push(targetId)
      }
  return reached
}
