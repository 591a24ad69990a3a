import { expect } from 'vitest'
import {
  type Command,
  type CompiledDecision,
  decide,
  type EngineEvent,
  type EpochMs,
  type ExecutableProcess,
  foldEvents,
  type InstanceState,
  instanceKeyOf,
  type Json,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  parseBpmn,
  type Rejection,
  visibleVariables,
} from '../../engine/kernel/index.ts'
import type { ProcessBuilder } from './process-builder.ts'

const START_OF_TESTS: EpochMs = Date.UTC(2026, 2, 1, 0, 0, 0)

export interface PlayOptions {
  readonly variables?: Record<string, Json>
  readonly decisions?: Readonly<Record<string, CompiledDecision>>
  readonly zone?: string
  readonly now?: EpochMs
  readonly startElementId?: string
  /** Elements to begin at instead. */
  readonly startAt?: readonly string[]
}

/** Deploys into memory: fails the test on any problem of the file. */
export async function deployed(source: ProcessBuilder | string): Promise<ExecutableProcess> {
  const parsed = await parseBpmn(typeof source === 'string' ? source : source.xml())
  expect(parsed.problems).toEqual([])
  const [process] = parsed.processes
  if (!process) throw new Error('Expected an executable process in the file')
  return process
}

export async function play(source: ProcessBuilder | string, options: PlayOptions = {}, folding = true): Promise<Play> {
  return new Play(await deployed(source), options, folding)
}

/**
 * One instance, driven by commands. After every command the history is folded anew and compared with the state, and the
 * state goes through JSON, as if the engine had stopped and loaded it again.
 */
export class Play {
  process: ExecutableProcess
  /** Other definitions by key, to migrate to. */
  readonly definitions = new Map<string, ExecutableProcess>()
  readonly history: { at: EpochMs; events: readonly EngineEvent[] }[] = []
  now: EpochMs
  state: InstanceState
  private readonly options: PlayOptions
  private children = 100
  private refusal: Rejection | undefined
  /** Off for runs so long that folding after every command would be most of the time. */
  private readonly folding: boolean

  constructor(process: ExecutableProcess, options: PlayOptions, folding = true) {
    this.folding = folding
    this.process = process
    this.options = options
    this.now = options.now ?? START_OF_TESTS
    this.state = undefined as unknown as InstanceState
    this.run({
      type: 'createInstance',
      processInstanceKey: instanceKeyOf(1_000_001),
      processDefinitionKey: '1' as ProcessDefinitionKey,
      version: 1,
      variables: options.variables ?? {},
      tenantId: '<default>',
      ...(options.startElementId !== undefined && { startElementId: options.startElementId }),
      ...(options.startAt && { startInstructions: options.startAt.map((elementId) => ({ elementId })) }),
    })
  }

  /** Carries a command out; a rejection comes back, and has changed nothing. */
  run(command: Command): Rejection | undefined {
    const before = this.state && JSON.stringify(this.state)
    const decided = decide(this.process, this.state, command, {
      now: this.now,
      zone: this.options.zone ?? 'Asia/Shanghai',
      newInstanceKey: () => instanceKeyOf(++this.children) as ProcessInstanceKey,
      findDecision: (id) => {
        const decision = this.options.decisions?.[id]
        return decision && { key: `key of ${id}`, decision }
      },
      findProcess: (key) => this.definitions.get(key),
    })
    if (decided.rejection) {
      if (!this.state) this.refusal = decided.rejection
      expect(JSON.stringify(decided.state)).toBe(before)
      return decided.rejection
    }
    this.history.push({ at: this.now, events: JSON.parse(JSON.stringify(decided.events)) })
    this.state = JSON.parse(JSON.stringify(decided.state))
    this.process = this.definitions.get(this.state.processDefinitionKey) ?? this.process
    if (this.folding) expect(foldEvents(JSON.parse(JSON.stringify(this.history)))).toEqual(this.state)
    for (const event of decided.events)
      if (event.type === 'multiInstance.paused') this.must({ type: 'continueMultiInstance', elementInstanceKey: event.key })
    return undefined
  }

  /** As `run`, but a rejection fails the test. */
  must(command: Command): void {
    const rejection = this.run(command)
    if (rejection) throw new Error(`${command.type} was rejected: ${rejection.code} ${rejection.message}\n${this.log()}`)
  }

  /** A refused start leaves no state. */
  get wasRefused(): Rejection | undefined {
    return this.refusal
  }

  modify(change: Partial<Omit<Extract<Command, { type: 'modifyInstance' }>, 'type'>>): Rejection | undefined {
    return this.run({ type: 'modifyInstance', activate: [], terminate: [], ...change })
  }

  /** Migrates to another definition; `mapping` names what is mapped, `same` what keeps its id. */
  async migrate(
    target: ProcessBuilder | string,
    { mapping = {}, same = [] }: { readonly mapping?: Readonly<Record<string, string>>; readonly same?: readonly string[] },
  ): Promise<Rejection | undefined> {
    const key = String(this.definitions.size + 2)
    this.definitions.set(key, await deployed(target))
    const pairs = [...Object.entries(mapping), ...same.map((id) => [id, id] as const)]
    return this.run({
      type: 'migrateInstance',
      targetProcessDefinitionKey: key as ProcessDefinitionKey,
      version: Number(key),
      mapping: pairs.map(([sourceElementId, targetElementId]) => ({ sourceElementId, targetElementId })),
    })
  }

  /** Live instances of an element, in order of birth. */
  live(elementId: string) {
    return Object.values(this.state.elements).filter((entry) => entry.elementId === elementId && entry.scopeKey !== undefined)
  }

  get events(): readonly EngineEvent[] {
    return this.history.flatMap((entry) => entry.events)
  }

  job(elementId: string, index = 0) {
    const job = Object.values(this.state.jobs).filter((entry) => entry.elementId === elementId)[index]
    if (!job)
      throw new Error(
        `Expected an open job of ${elementId}, but open are: ${Object.values(this.state.jobs).map((entry) => entry.elementId)}\n${this.log()}`,
      )
    return job
  }
  complete(elementId: string, variables: Record<string, Json> = {}): void {
    this.must({ type: 'completeJob', jobKey: this.job(elementId).key, variables })
  }
  throwError(elementId: string, errorCode: string, variables: Record<string, Json> = {}): void {
    this.must({ type: 'throwJobError', jobKey: this.job(elementId).key, errorCode, variables })
  }
  completeUserTask(elementId: string, variables: Record<string, Json> = {}): void {
    const task = Object.values(this.state.userTasks).find((entry) => entry.elementId === elementId)
    if (!task) throw new Error(`Expected an open user task ${elementId}\n${this.log()}`)
    this.must({ type: 'completeUserTask', userTaskKey: task.key, variables })
  }
  /** Moves the clock and fires what is due, earliest first. */
  advance(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const due = Object.values(this.state.timers)
        .filter((timer) => timer.dueAt <= until)
        .sort((a, b) => a.dueAt - b.dueAt)[0]
      if (!due || this.state.status !== 'active') break
      this.now = Math.max(this.now, due.dueAt)
      this.must({ type: 'triggerTimer', timerKey: due.key })
    }
    this.now = until
  }
  message(
    name: string,
    correlationKey: string,
    variables: Record<string, Json> = {},
    messageKey = `m${this.history.length}`,
  ): Rejection | undefined {
    const subscription = Object.values(this.state.subscriptions).find(
      (entry) => entry.messageName === name && entry.correlationKey === correlationKey,
    )
    if (!subscription) throw new Error(`Expected a subscription to ${name} for ${correlationKey}\n${this.log()}`)
    return this.run({ type: 'correlateMessage', subscriptionKey: subscription.key, messageKey: messageKey as never, variables })
  }
  childEnded(outcome: Extract<Command, { type: 'childEnded' }>['outcome']): void {
    const waiting = Object.values(this.state.elements).find((entry) => entry.childInstanceKey !== undefined)
    if (!waiting?.childInstanceKey) throw new Error(`Expected a call activity that waits\n${this.log()}`)
    this.must({ type: 'childEnded', elementInstanceKey: waiting.key, childInstanceKey: waiting.childInstanceKey, outcome })
  }

  variables(): Record<string, Json> {
    return visibleVariables(this.state, this.state.key)
  }
  /** Elements that completed, in order. */
  completed(): string[] {
    return this.events.flatMap((event) => (event.type === 'element.completed' ? [event.elementId] : []))
  }
  flows(): string[] {
    return this.events.flatMap((event) => (event.type === 'flow.taken' ? [event.flowId] : []))
  }
  /** Elements that wait, sorted. */
  waiting(): string[] {
    return Object.values(this.state.elements)
      .filter((entry) => entry.scopeKey !== undefined && !entry.children)
      .map((entry) => entry.elementId)
      .sort()
  }
  incidents() {
    return Object.values(this.state.incidents)
  }
  resolve(): void {
    const [incident] = this.incidents()
    if (!incident) throw new Error(`Expected an incident\n${this.log()}`)
    this.must({ type: 'resolveIncident', incidentKey: incident.key })
  }
  /** The history, one event a line, for a failing test. */
  log(): string {
    return this.events.map((event) => `  ${event.type} ${JSON.stringify({ ...event, type: undefined })}`).join('\n')
  }
}

/** What a state must look like once its instance has ended. */
export function expectNothingLeft(state: InstanceState): void {
  const { elements, jobs, userTasks, timers, subscriptions, incidents } = state
  expect({ elements, jobs, userTasks, timers, subscriptions, incidents }).toEqual({
    elements: {},
    jobs: {},
    userTasks: {},
    timers: {},
    subscriptions: {},
    incidents: {},
  })
}
