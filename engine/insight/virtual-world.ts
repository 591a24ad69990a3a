import {
  type ChildEnded,
  type ChildRequested,
  type Command,
  type CompiledDecision,
  decide,
  type EngineEvent,
  type EpochMs,
  type EventOf,
  type EventType,
  type ExecutableProcess,
  HELD_UNTIL_RESOLVED,
  type InstanceEnded,
  type InstanceState,
  instanceKeyOf,
  type JobKey,
  type MessageKey,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  planNext,
  planTimer,
  type Rejection,
  type StartTrigger,
  type Variables,
} from '../kernel/index.ts'
import { Agenda } from './agenda.ts'
import { answerCommand, type JobAnswer, type JobOffer, type Offer } from './job-answer.ts'
import { type KeptMessage, Mailbox, type Subscriber, type VirtualMessage } from './mailbox.ts'
import type { VirtualInstance } from './virtual-instance.ts'

export interface WorldOptions {
  readonly now: EpochMs
  /** IANA zone of human times. */
  readonly zone: string
  /** Commands it may carry out in all before it gives up: a process that never comes to rest. */
  readonly stepLimit: number
  /** Undefined leaves the job open. */
  readonly worker?: (offer: JobOffer) => JobAnswer | undefined
  /** Undefined leaves the user task open. */
  readonly person?: (offer: Offer) => Variables | undefined
  readonly decisions?: ReadonlyMap<string, CompiledDecision>
  /** Told what every command did, in the order of the world. */
  readonly observer?: (instance: VirtualInstance, events: readonly EngineEvent[]) => void
}

interface Deployed {
  readonly process: ExecutableProcess
  readonly key: ProcessDefinitionKey
  readonly version: number
}
type StartOrigin = Pick<Extract<Command, { type: 'createInstance' }>, 'startElementId' | 'parent' | 'messageKey'>

/** Thrown when the step limit is used up. */
export class WorldNeverRests extends Error {}

/**
 * An engine in memory, alone with its clock: deploys, runs instances through the kernel, and routes between them what a
 * runtime would (messages, signals, called processes, timers, jobs). Everything happens in one order, first come first
 * served; nothing is stored, and the clock stands until it is advanced.
 *
 * Starting, publishing and broadcasting are queued: `settle` carries out all that can happen at this moment.
 */
export class VirtualWorld {
  readonly instances = new Map<string, VirtualInstance>()
  now: EpochMs
  private readonly options: WorldOptions
  private readonly definitions = new Map<string, Deployed>()
  private readonly agenda = new Agenda<() => void>()
  private readonly mailbox = new Mailbox()
  private queue: (() => void)[] = []
  /** Instance that holds a correlation key of a process started by messages. */
  private readonly startLocks = new Map<string, ProcessInstanceKey>()
  private keys = 0
  private steps = 0
  private readonly reactions: { readonly [T in EventType]?: (instance: VirtualInstance, event: EventOf<T>) => void } = {
    'job.created': (instance, event) => this.offerJob(instance, event.jobKey),
    'job.failed': (instance, event) => this.offerJobAgain(instance, event),
    'job.retriesUpdated': (instance, event) => this.offerJobAgain(instance, event),
    'userTask.created': (instance, event) => this.offerUserTask(instance, event),
    'timer.created': (instance, event) => this.setTimer(instance, event),
    'subscription.opened': (instance, event) => this.subscribe(instance, event),
    'subscription.closed': (_instance, event) => this.mailbox.close(event.subscriptionKey),
    'message.thrown': (_instance, event) => this.publish({ ...event, name: event.messageName }),
    'signal.thrown': (_instance, event) => this.broadcast(event.signalName, event.variables, event.elementInstanceKey),
    'escalation.thrown': (instance, event) => this.tellParentOfEscalation(instance, event),
    'multiInstance.paused': ({ key }, event) => {
      this.queue.push(() => this.run(key, { type: 'continueMultiInstance', elementInstanceKey: event.key }))
    },
    'child.requested': (instance, event) => {
      this.queue.push(() => this.startChild(instance, event))
    },
    'child.cancelRequested': (_instance, { childInstanceKey }) => {
      this.queue.push(() => this.instances.has(childInstanceKey) && this.run(childInstanceKey, { type: 'cancelInstance' }))
    },
    'instance.completed': (instance, event) => this.afterEnd(instance, event),
    'instance.terminated': (instance, event) => this.afterEnd(instance, event),
  }

  constructor(options: WorldOptions) {
    this.options = options
    this.now = options.now
  }

  /** Makes processes known and sets their start timers. A process id that is known gets a new version. */
  deploy(processes: readonly ExecutableProcess[]): void {
    for (const process of processes) {
      const version = (this.definitions.get(process.bpmnProcessId)?.version ?? 0) + 1
      const deployed = { process, version, key: String(++this.keys) as ProcessDefinitionKey }
      this.definitions.set(process.bpmnProcessId, deployed)
      for (const trigger of process.startTriggers) if (trigger.kind === 'timer') this.setStartTimer(deployed, trigger)
    }
  }

  /** Queues the start of an instance. Its key tells it from then on; it is in `instances` once settled. */
  start(bpmnProcessId: string, variables: Variables): ProcessInstanceKey {
    const deployed = this.definitions.get(bpmnProcessId)
    if (!deployed) throw new Error(`Expected process ${bpmnProcessId} to be deployed, but it is not`)
    const key = this.newKey()
    this.queue.push(() => this.create(deployed, key, variables, {}))
    return key
  }

  publish(message: VirtualMessage): void {
    const key = `m${++this.keys}` as MessageKey
    const kept = { ...message, key, expiresAt: this.now + message.timeToLiveMs, takenBy: new Set<string>() }
    this.queue.push(() => this.deliver(kept))
  }

  broadcast(signalName: string, variables: Variables, signalKey: string = `s${++this.keys}`): void {
    this.queue.push(() => {
      for (const { subscriptionKey, processInstanceKey } of this.mailbox.waitingForSignal(signalName))
        this.run(processInstanceKey, { type: 'triggerSignal', subscriptionKey, signalKey, variables })
      this.startBy((trigger) => trigger.kind === 'signal' && trigger.signalName === signalName, variables, {})
    })
  }

  /** Carries out one command at once; a rejection comes back and has changed nothing. What follows from it is queued. */
  run(key: ProcessInstanceKey, command: Command): Rejection | undefined {
    const instance = this.instances.get(key)
    if (!instance) throw new Error(`Expected instance ${key} to exist, but it does not`)
    return this.carryOut(instance, command)
  }

  /** Carries out all that can happen at this moment. */
  settle(): void {
    for (let done = 0; done < this.queue.length; ) {
      this.queue[done++]?.()
      if (done === this.queue.length) {
        this.queue = []
        done = 0
      }
    }
  }

  /** Settles, then moves the clock and lets happen what falls due on the way, earliest first. */
  advance(ms: number): void {
    this.settle()
    const until = this.now + ms
    for (let due = this.agenda.take(until); due; due = this.agenda.take(until)) {
      this.now = Math.max(this.now, due.at)
      due.item()
      this.settle()
    }
    this.now = until
  }

  private newKey(): ProcessInstanceKey {
    return instanceKeyOf(1_000_000 + ++this.keys)
  }

  private create(deployed: Deployed, key: ProcessInstanceKey, variables: Variables, origin: StartOrigin): Rejection | undefined {
    const instance: VirtualInstance = { key, process: deployed.process, state: undefined as unknown as InstanceState, history: [] }
    this.instances.set(key, instance)
    const rejection = this.carryOut(instance, {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: deployed.key,
      version: deployed.version,
      variables,
      tenantId: '<default>',
      ...origin,
    })
    if (rejection) this.instances.delete(key)
    return rejection
  }

  private carryOut(instance: VirtualInstance, command: Command): Rejection | undefined {
    if (++this.steps > this.options.stepLimit)
      throw new WorldNeverRests(`Expected the instances to come to rest within ${this.options.stepLimit} commands, but they go on`)
    const { decisions, zone } = this.options
    const decided = decide(instance.process, instance.state, command, {
      now: this.now,
      zone,
      newInstanceKey: () => this.newKey(),
      findDecision: (id) => {
        const decision = decisions?.get(id)
        return decision && { key: id, decision }
      },
    })
    if (decided.rejection) return decided.rejection
    instance.state = decided.state
    instance.history.push({ at: this.now, events: decided.events })
    this.options.observer?.(instance, decided.events)
    for (const event of decided.events) this.route(instance, event)
    return undefined
  }

  /** What one event asks of the world around its instance. */
  private route(instance: VirtualInstance, event: EngineEvent): void {
    const reaction = this.reactions[event.type] as ((instance: VirtualInstance, event: EngineEvent) => void) | undefined
    reaction?.(instance, event)
  }

  private offerJobAgain(
    instance: VirtualInstance,
    { jobKey, availableAt }: Pick<EventOf<'job.retriesUpdated'>, 'jobKey' | 'availableAt'>,
  ): void {
    if (availableAt !== undefined && availableAt !== HELD_UNTIL_RESOLVED)
      this.agenda.add(availableAt, () => this.offerJob(instance, jobKey))
  }

  private offerJob(instance: VirtualInstance, jobKey: JobKey): void {
    this.queue.push(() => {
      const job = instance.state.jobs[jobKey]
      if (!job || job.retries < 1) return
      const { elementInstanceKey, elementId, jobType, customHeaders: headers } = job
      const answer = this.options.worker?.({ instance, elementInstanceKey, elementId, jobType, headers })
      if (!answer) return
      const give = () => {
        if (instance.state.jobs[jobKey]) this.run(instance.key, answerCommand(jobKey, answer))
      }
      if (answer.afterMs === undefined) this.queue.push(give)
      else this.agenda.add(this.now + answer.afterMs, give)
    })
  }

  private setTimer(instance: VirtualInstance, { timerKey, dueAt }: EventOf<'timer.created'>): void {
    this.agenda.add(dueAt, () => {
      if (instance.state.timers[timerKey]) this.run(instance.key, { type: 'triggerTimer', timerKey })
    })
  }

  private subscribe({ key, process }: VirtualInstance, event: EventOf<'subscription.opened'>): void {
    const subscriber = this.mailbox.open(event, key, process.bpmnProcessId)
    if (event.kind === undefined) this.queue.push(() => this.catchUp(subscriber, event.messageName))
  }

  private offerUserTask(instance: VirtualInstance, event: EventOf<'userTask.created'>): void {
    const { userTaskKey, elementInstanceKey, elementId, customHeaders: headers } = event
    this.queue.push(() => {
      if (!instance.state.userTasks[userTaskKey]) return
      const variables = this.options.person?.({ instance, elementInstanceKey, elementId, headers })
      if (variables) this.run(instance.key, { type: 'completeUserTask', userTaskKey, variables })
    })
  }

  private deliver(message: KeptMessage): void {
    for (const subscriber of this.mailbox.waitingForMessage(message)) this.hand(message, subscriber)
    this.startByMessage(message)
    if (message.timeToLiveMs > 0) this.mailbox.keep(message)
  }

  private hand(message: KeptMessage, { bpmnProcessId, processInstanceKey, subscriptionKey }: Subscriber): void {
    if (message.takenBy.has(bpmnProcessId)) return
    const { key: messageKey, variables } = message
    if (!this.run(processInstanceKey, { type: 'correlateMessage', subscriptionKey, messageKey, variables }))
      message.takenBy.add(bpmnProcessId)
  }

  /** Gives a new subscriber what was buffered for it. */
  private catchUp(subscriber: Subscriber, name: string): void {
    const { correlationKey, bpmnProcessId } = subscriber
    for (const message of this.mailbox.buffered({ name, correlationKey }, bpmnProcessId, this.now)) this.hand(message, subscriber)
  }

  private startByMessage(message: KeptMessage): void {
    const free = (bpmnProcessId: string) =>
      !message.takenBy.has(bpmnProcessId) && (message.correlationKey === '' || !this.startLocks.has(lockOf(bpmnProcessId, message)))
    const started = this.startBy(
      (trigger, bpmnProcessId) => trigger.kind === 'message' && trigger.messageName === message.name && free(bpmnProcessId),
      message.variables,
      { messageKey: message.key },
    )
    for (const { process, key } of started) {
      message.takenBy.add(process.bpmnProcessId)
      if (message.correlationKey !== '') this.startLocks.set(lockOf(process.bpmnProcessId, message), key)
    }
  }

  private startBy(
    matches: (trigger: StartTrigger, bpmnProcessId: string) => boolean,
    variables: Variables,
    origin: StartOrigin,
  ): readonly VirtualInstance[] {
    return [...this.definitions.values()].flatMap((deployed) => {
      const trigger = deployed.process.startTriggers.find((candidate) => matches(candidate, deployed.process.bpmnProcessId))
      if (!trigger) return []
      const key = this.newKey()
      this.create(deployed, key, variables, { ...origin, startElementId: trigger.elementId })
      return this.instances.get(key) ?? []
    })
  }

  private setStartTimer(deployed: Deployed, { elementId, timer }: Extract<StartTrigger, { kind: 'timer' }>): void {
    const plan = planTimer(timer.kind, timer.value, this.now, this.options.zone)
    if (!plan.ok) return
    const fire = (dueAt: EpochMs, repetitions: number, cycle: string | undefined): void => {
      // A newer version's timers have taken its place.
      if (this.definitions.get(deployed.process.bpmnProcessId) !== deployed) return
      this.create(deployed, this.newKey(), {}, { startElementId: elementId })
      const next = cycle === undefined ? undefined : planNext(cycle, repetitions, dueAt, this.now, this.options.zone)
      if (next) this.agenda.add(next.dueAt, () => fire(next.dueAt, next.repetitions ?? 0, next.cycle))
    }
    const { dueAt, repetitions = 0, cycle } = plan.value
    this.agenda.add(dueAt, () => fire(dueAt, repetitions, cycle))
  }

  private startChild(parent: VirtualInstance, event: ChildRequested): void {
    const { elementInstanceKey, childInstanceKey, depth } = event
    if (parent.state.elements[elementInstanceKey]?.childInstanceKey !== childInstanceKey) return
    const called = this.definitions.get(event.bpmnProcessId)
    const refusal = called
      ? this.create(called, childInstanceKey, event.variables, { parent: { processInstanceKey: parent.key, elementInstanceKey, depth } })
          ?.message
      : `Expected process ${event.bpmnProcessId} to be deployed, but it is not`
    if (refusal !== undefined)
      this.tellParent(parent.key, { elementInstanceKey, childInstanceKey, outcome: { kind: 'notStarted', reason: refusal } })
  }

  private tellParent(parentKey: ProcessInstanceKey, ended: Omit<ChildEnded, 'type'>): void {
    this.queue.push(() => this.run(parentKey, { type: 'childEnded', ...ended }))
  }

  private tellParentOfEscalation({ key, state }: VirtualInstance, event: EventOf<'escalation.thrown'>): void {
    const { parent } = state
    if (!parent || event.caughtBy !== undefined) return
    const { escalationCode, variables = {} } = event
    const { processInstanceKey, elementInstanceKey } = parent
    this.queue.push(() =>
      this.run(processInstanceKey, { type: 'childEscalated', elementInstanceKey, childInstanceKey: key, escalationCode, variables }),
    )
  }

  private afterEnd({ key, process, state }: VirtualInstance, event: InstanceEnded): void {
    const { parent } = state
    if (parent)
      this.tellParent(parent.processInstanceKey, {
        elementInstanceKey: parent.elementInstanceKey,
        childInstanceKey: key,
        outcome: outcomeOf(event),
      })
    for (const [lock, holder] of this.startLocks) if (holder === key) this.release(lock, process.bpmnProcessId)
  }

  /** The next message of a correlation key may start an instance, now that the one before has ended. */
  private release(lock: string, bpmnProcessId: string): void {
    this.startLocks.delete(lock)
    const names = this.definitions
      .get(bpmnProcessId)
      ?.process.startTriggers.flatMap((trigger) => (trigger.kind === 'message' ? trigger.messageName : []))
    const correlationKey = lock.slice(bpmnProcessId.length + 1)
    this.queue.push(() => {
      for (const name of names ?? [])
        for (const message of this.mailbox.buffered({ name, correlationKey }, bpmnProcessId, this.now)) this.startByMessage(message)
    })
  }
}

function lockOf(bpmnProcessId: string, { correlationKey }: Pick<VirtualMessage, 'correlationKey'>): string {
  return `${bpmnProcessId} ${correlationKey}`
}

function outcomeOf(event: InstanceEnded): ChildEnded['outcome'] {
  const variables = event.variables ?? {}
  if (event.error) return { kind: 'error', ...event.error, variables }
  return event.type === 'instance.completed' ? { kind: 'completed', variables } : { kind: 'terminated' }
}
