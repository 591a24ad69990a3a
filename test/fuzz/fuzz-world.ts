import { isDeepStrictEqual } from 'node:util'
import {
  type Command,
  type Decided,
  decide,
  type EngineEvent,
  type EpochMs,
  type ExecutableProcess,
  foldEvents,
  type InstanceState,
  instanceKeyOf,
  type MessageKey,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  type Rejection,
} from '../../engine/kernel/index.ts'
import { Finding } from './finding.ts'
import { findDecision } from './fuzz-decision.ts'
import { expectOneEnd, expectSound } from './invariants.ts'

interface Carried {
  readonly command: Command
  readonly now: EpochMs
  /** The last instance key used before. */
  readonly keys: number
  /** Of the definition it was carried out on. */
  readonly definition: string
  readonly events: string
}
export interface FuzzInstance {
  readonly key: ProcessInstanceKey
  definition: string
  state: InstanceState
  /** The state as it would be stored: each command begins with it, as after a restart. */
  saved: string
  readonly carried: Carried[]
}

/** Something an instance must be told, in any order, perhaps twice. */
export interface Post {
  readonly to: ProcessInstanceKey
  readonly command: Command
  /** Starts a child of this definition. */
  readonly starts?: string
}

type Origin = Pick<Extract<Command, { type: 'createInstance' }>, 'variables' | 'parent' | 'startElementId' | 'startInstructions'>

const ZONE = 'Asia/Shanghai'
const MOST_ROUTED = 2_000
const START: EpochMs = Date.UTC(2026, 2, 1)

/**
 * Instances of a few definitions and what they have to tell each other. Every command begins with the state as it was
 * stored; after it everything that must always hold is looked at.
 */
export class FuzzWorld {
  readonly instances = new Map<ProcessInstanceKey, FuzzInstance>()
  readonly posts: Post[] = []
  now = START
  commands = 0
  private keys = 1_000_000
  private readonly definitions: ReadonlyMap<string, ExecutableProcess>

  /** @param definitions by definition key */
  constructor(definitions: ReadonlyMap<string, ExecutableProcess>) {
    this.definitions = definitions
  }

  /** False: it was refused. */
  start(definition: string, origin: Omit<Origin, 'parent'>): boolean {
    const key = instanceKeyOf(++this.keys)
    return this.create(key, definition, origin) === undefined
  }

  get live(): readonly FuzzInstance[] {
    return [...this.instances.values()].filter(({ state }) => state.status === 'active')
  }

  processOf(definition: string): ExecutableProcess {
    const process = this.definitions.get(definition)
    if (!process) throw new Error(`Expected definition ${definition}, but there is none`)
    return process
  }

  /** Carries out a command; a rejection comes back and has changed nothing. */
  run(instance: FuzzInstance, command: Command): Rejection | undefined {
    this.commands++
    const { definition } = instance
    const keys = this.keys
    // It was read from what is stored after the command before, and nobody else holds it.
    const before = instance.saved === '' ? undefined : instance.state
    const decided = this.decide(definition, before, command, this.now, () => ++this.keys)
    if (decided.rejection) {
      if (instance.saved !== '' && JSON.stringify(decided.state) !== instance.saved)
        throw new Finding('rejected-but-changed', `${command.type} was rejected (${decided.rejection.message}), but changed the state`)
      return decided.rejection
    }
    expectOneEnd(decided.events)
    instance.saved = JSON.stringify(decided.state)
    instance.state = JSON.parse(instance.saved)
    instance.definition = instance.state.processDefinitionKey
    instance.carried.push({ command, now: this.now, keys, definition, events: JSON.stringify(decided.events) })
    expectSound(this.processOf(instance.definition), instance.state)
    // Of a model that ran away, what it tells others is of no interest any more.
    for (const event of decided.events.slice(0, MOST_ROUTED)) this.route(instance, event)
    return undefined
  }

  /** Delivers the post at `index`; told twice it is refused or changes nothing that counts. */
  deliver(index: number): void {
    const [post] = this.posts.splice(index, 1)
    if (!post) return
    if (post.starts !== undefined) this.startChild(post, post.starts)
    else {
      const instance = this.instances.get(post.to)
      if (instance?.state.status === 'active') this.run(instance, post.command)
    }
  }

  /** The history of each instance, folded, is its state. */
  expectFolded(): void {
    for (const { carried, state, key } of this.instances.values()) {
      const history = carried.map(({ now, events }) => ({ at: now, events: JSON.parse(events) as EngineEvent[] }))
      if (!isDeepStrictEqual(JSON.parse(JSON.stringify(foldEvents(history))), state))
        throw new Finding('folding-differs', `The folded events of ${key} are not its state`)
    }
  }

  /** The same commands give the same events again, this time without ever storing the state. */
  expectRepeatable(): void {
    for (const { carried } of this.instances.values()) {
      let state: InstanceState | undefined
      for (const { command, now, keys, definition, events } of carried) {
        let next = keys
        const again = this.decide(definition, state, structuredClone(command), now, () => ++next)
        state = again.state
        if (JSON.stringify(again.events) !== events)
          throw new Finding(
            'not-repeatable',
            `${command.type} gave other events without a restart before it:\n${JSON.stringify(again.events)}\n${events}`,
          )
      }
    }
  }

  private decide(definition: string, state: InstanceState | undefined, command: Command, now: EpochMs, nextKey: () => number): Decided {
    try {
      return decide(this.processOf(definition), state, command, {
        now,
        zone: ZONE,
        newInstanceKey: () => instanceKeyOf(nextKey()),
        findDecision,
        findProcess: (key) => this.definitions.get(key),
      })
    } catch (error) {
      throw new Finding('threw', `${command.type}: ${error instanceof Error ? error.message : error}`)
    }
  }

  private create(key: ProcessInstanceKey, definition: string, origin: Origin): Rejection | undefined {
    const instance: FuzzInstance = { key, definition, state: undefined as unknown as InstanceState, saved: '', carried: [] }
    const rejection = this.run(instance, {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: definition as ProcessDefinitionKey,
      version: 1,
      tenantId: '<default>',
      ...origin,
    })
    // Its first events may have posted something to it already; nothing is delivered before it is known.
    if (!rejection) this.instances.set(key, instance)
    return rejection
  }

  private startChild({ to, command }: Post, definition: string): void {
    if (command.type !== 'createInstance' || !command.parent) throw new Error('Expected the start of a child')
    const { parent, variables } = command
    const waiting = this.instances.get(parent.processInstanceKey)?.state.elements[parent.elementInstanceKey]
    if (waiting?.childInstanceKey !== to) return
    this.create(to, definition, { parent, variables })
  }

  private route({ key, state }: FuzzInstance, event: EngineEvent): void {
    const { parent } = state
    switch (event.type) {
      case 'child.requested':
        this.posts.push({
          to: event.childInstanceKey,
          starts: event.bpmnProcessId,
          command: {
            type: 'createInstance',
            processInstanceKey: event.childInstanceKey,
            processDefinitionKey: event.bpmnProcessId as ProcessDefinitionKey,
            version: 1,
            tenantId: '<default>',
            variables: event.variables,
            parent: { processInstanceKey: key, elementInstanceKey: event.elementInstanceKey, depth: event.depth },
          },
        })
        return
      case 'child.cancelRequested':
        this.posts.push({ to: event.childInstanceKey, command: { type: 'cancelInstance' } })
        return
      case 'multiInstance.paused':
        this.posts.push({ to: key, command: { type: 'continueMultiInstance', elementInstanceKey: event.key } })
        return
      case 'message.thrown':
        this.publish(event)
        return
      case 'signal.thrown':
        this.broadcast(event)
        return
      case 'escalation.thrown':
        if (parent && event.caughtBy === undefined)
          this.posts.push({
            to: parent.processInstanceKey,
            command: {
              type: 'childEscalated',
              elementInstanceKey: parent.elementInstanceKey,
              childInstanceKey: key,
              escalationCode: event.escalationCode,
              variables: event.variables ?? {},
            },
          })
        return
      case 'instance.completed':
      case 'instance.terminated': {
        if (!parent) return
        const variables = event.variables ?? {}
        const outcome = event.error
          ? ({ kind: 'error', ...event.error, variables } as const)
          : event.type === 'instance.completed'
            ? ({ kind: 'completed', variables } as const)
            : ({ kind: 'terminated' } as const)
        const { processInstanceKey, elementInstanceKey } = parent
        this.posts.push({ to: processInstanceKey, command: { type: 'childEnded', elementInstanceKey, childInstanceKey: key, outcome } })
      }
    }
  }

  /** One subscriber of each definition takes a message. */
  private publish(event: Extract<EngineEvent, { type: 'message.thrown' }>): void {
    for (const { key, state } of this.live) {
      const open = Object.values(state.subscriptions).find(
        ({ kind, messageName }) => kind === undefined && messageName === event.messageName,
      )
      if (open)
        this.posts.push({
          to: key,
          command: {
            type: 'correlateMessage',
            subscriptionKey: open.key,
            messageKey: `m${this.commands}` as MessageKey,
            variables: event.variables,
          },
        })
    }
  }

  private broadcast(event: Extract<EngineEvent, { type: 'signal.thrown' }>): void {
    for (const { key, state } of this.live)
      for (const open of Object.values(state.subscriptions))
        if (open.kind === 'signal' && open.messageName === event.signalName)
          this.posts.push({
            to: key,
            command: { type: 'triggerSignal', subscriptionKey: open.key, signalKey: event.elementInstanceKey, variables: event.variables },
          })
  }
}
