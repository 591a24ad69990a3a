import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseDmn } from '../../engine/kernel/decision/index.ts'
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
  type MessageKey,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  parseBpmn,
  type Variables,
  visibleVariables,
} from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'

/** Process definitions and decisions of some folders of `processes/`, ready to run. */
export interface Library {
  readonly processes: ReadonlyMap<string, ExecutableProcess>
  readonly decisions: ReadonlyMap<string, CompiledDecision>
}

/** Reads every BPMN and DMN file of the folders. Throws when one has a problem. */
export async function loadLibrary(folders: readonly string[]): Promise<Library> {
  const processes = new Map<string, ExecutableProcess>()
  const decisions = new Map<string, CompiledDecision>()
  for (const folder of folders) {
    const path = join(projectRoot(), 'processes', folder)
    for (const file of readdirSync(path)) {
      const text = () => readFileSync(join(path, file), 'utf8')
      if (file.endsWith('.bpmn')) {
        const { processes: found, problems } = await parseBpmn(text())
        if (problems.length > 0) throw new Error(`${file}: ${problems.map((p) => p.message).join('\n')}`)
        for (const process of found) processes.set(process.bpmnProcessId, process)
      }
      if (file.endsWith('.dmn')) {
        const parsed = await parseDmn(text())
        if (parsed.problems.length > 0 || !parsed.decisions) throw new Error(`${file}: ${parsed.problems.map((p) => p.message).join('\n')}`)
        for (const [id, decision] of parsed.decisions.decisions) decisions.set(id, decision)
      }
    }
  }
  return { processes, decisions }
}

interface Instance {
  readonly key: ProcessInstanceKey
  readonly process: ExecutableProcess
  readonly history: { at: EpochMs; events: readonly EngineEvent[] }[]
  state: InstanceState
}
interface Message {
  readonly key: MessageKey
  readonly name: string
  readonly correlationKey: string
  readonly variables: Variables
  readonly expiresAt: EpochMs
  /** Process ids that have taken it. */
  readonly taken: Set<string>
}

/**
 * Plays one declaration through real definitions and decisions, its call activities included, on a clock that stands
 * still until it is moved. Stands in for runtime and outside world: hands messages to subscriptions, ends children in
 * their parents, fires timers in their order.
 */
export class ProcessPlay {
  now: EpochMs
  /** What agencies and the window were asked to do, in order: job type and header `message` or `document`. */
  readonly sent: string[] = []
  private readonly library: Library
  private readonly instances = new Map<string, Instance>()
  private readonly buffer: Message[] = []
  private readonly rootKey: ProcessInstanceKey
  private lastKey = 1_000_000
  private messages = 0

  constructor(library: Library, bpmnProcessId: string, variables: Variables, now: EpochMs) {
    this.library = library
    this.now = now
    this.rootKey = this.create(bpmnProcessId, this.newKey(), variables)
  }

  /** Completes the open job of an element; throws when there is none. */
  complete(elementId: string, variables: Variables = {}): void {
    const { instance, job } = this.job(elementId)
    this.run(instance, { type: 'completeJob', jobKey: job.key, variables })
  }
  throwError(elementId: string, errorCode: string): void {
    const { instance, job } = this.job(elementId)
    this.run(instance, { type: 'throwJobError', jobKey: job.key, errorCode, errorMessage: errorCode })
  }
  completeTask(elementId: string, variables: Variables = {}): void {
    for (const instance of this.live()) {
      const task = Object.values(instance.state.userTasks).find((open) => open.elementId === elementId)
      if (!task) continue
      this.run(instance, { type: 'completeUserTask', userTaskKey: task.key, variables })
      return
    }
    throw new Error(`Expected an open user task ${elementId}, but waiting are: ${this.waiting().join(', ')}`)
  }
  /** Publishes as an outside system does; kept until it finds a subscription or a week has passed. */
  publish(name: string, variables: Variables = {}, timeToLiveMs = 7 * 24 * 3_600_000): void {
    const correlationKey = String(this.variables().receiptNo)
    this.offer({ name, correlationKey, variables, expiresAt: this.now + timeToLiveMs, key: this.nextMessageKey(), taken: new Set() })
  }
  /** Moves the clock and fires what falls due on the way, earliest first. */
  advance(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const [next] = this.live()
        .flatMap((instance) => Object.values(instance.state.timers).map((timer) => ({ instance, timer })))
        .filter(({ timer }) => timer.dueAt <= until)
        .sort((a, b) => a.timer.dueAt - b.timer.dueAt)
      if (!next) break
      this.now = Math.max(this.now, next.timer.dueAt)
      this.run(next.instance, { type: 'triggerTimer', timerKey: next.timer.key })
    }
    this.now = until
  }

  /** What waits, sorted: innermost elements of every live instance. */
  waiting(): string[] {
    return this.live()
      .flatMap((instance) => Object.values(instance.state.elements))
      .filter((element) => element.scopeKey !== undefined && !element.children)
      .map((element) => element.elementId)
      .sort()
  }
  /** Ids of the elements that completed, children's included, in order of their instance. */
  completed(): string[] {
    return [...this.instances.values()].flatMap(({ history }) =>
      history.flatMap(({ events }) => events.flatMap((event) => (event.type === 'element.completed' ? [event.elementId] : []))),
    )
  }
  /** The end event that ended the declaration; undefined while it runs. */
  end(): string | undefined {
    return this.root().state.status === 'active' ? undefined : this.root().state.endElementId
  }
  incidents(): string[] {
    return this.live().flatMap(({ state }) =>
      Object.values(state.incidents).map((incident) => `${incident.elementId}: ${incident.message}`),
    )
  }
  variables(): Variables {
    const { state } = this.root()
    return state.status === 'active' ? visibleVariables(state, state.key) : {}
  }
  /** The task's form and groups, for a claim about who decides. */
  task(elementId: string): Extract<EngineEvent, { type: 'userTask.created' }> | undefined {
    const events = [...this.instances.values()].flatMap(({ history }) => history.flatMap((entry) => entry.events))
    return events.findLast((event) => event.type === 'userTask.created' && event.elementId === elementId) as never
  }
  /** True when nothing of any instance is left to wait for. */
  isEmpty(): boolean {
    return [...this.instances.values()].every(({ state }) =>
      [state.elements, state.jobs, state.userTasks, state.timers, state.subscriptions, state.incidents].every(
        (rows) => Object.keys(rows).length === 0,
      ),
    )
  }

  /** True when the events of every instance, folded anew, give the state it has. */
  folds(): boolean {
    return [...this.instances.values()].every(({ history, state }) =>
      isDeepStrictEqual(foldEvents(JSON.parse(JSON.stringify(history))), state),
    )
  }

  private root(): Instance {
    return this.instance(this.rootKey)
  }
  private instance(key: string): Instance {
    const found = this.instances.get(key)
    if (!found) throw new Error(`Expected an instance ${key}`)
    return found
  }
  private live(): Instance[] {
    return [...this.instances.values()].filter(({ state }) => state.status === 'active')
  }
  private job(elementId: string) {
    for (const instance of this.live()) {
      const job = Object.values(instance.state.jobs).find((open) => open.elementId === elementId)
      if (job) return { instance, job }
    }
    throw new Error(`Expected an open job of ${elementId}, but waiting are: ${this.waiting().join(', ')} ${this.incidents().join('; ')}`)
  }
  private newKey(): ProcessInstanceKey {
    return instanceKeyOf(++this.lastKey)
  }
  private nextMessageKey(): MessageKey {
    return `m${++this.messages}` as MessageKey
  }

  private create(
    bpmnProcessId: string,
    key: ProcessInstanceKey,
    variables: Variables,
    parent?: InstanceState['parent'],
  ): ProcessInstanceKey {
    const process = this.library.processes.get(bpmnProcessId)
    if (!process) throw new Error(`Expected a definition of ${bpmnProcessId}`)
    const instance: Instance = { key, process, history: [], state: undefined as unknown as InstanceState }
    this.instances.set(key, instance)
    this.run(instance, {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: '1' as ProcessDefinitionKey,
      version: 1,
      variables,
      tenantId: '<default>',
      ...(parent && { parent }),
    })
    return key
  }

  private run(instance: Instance, command: Command): void {
    const decided = decide(instance.process, instance.state, command, {
      now: this.now,
      zone: 'Asia/Shanghai',
      newInstanceKey: () => this.newKey(),
      findDecision: (id) => {
        const decision = this.library.decisions.get(id)
        return decision && { key: id, decision }
      },
    })
    if (decided.rejection) throw new Error(`${command.type} was rejected: ${decided.rejection.message}`)
    instance.history.push({ at: this.now, events: decided.events })
    instance.state = decided.state
    for (const event of decided.events) this.follow(instance, event)
    this.drain()
  }

  /** What the runtime does with an event: outbox, children, jobs. */
  private follow(instance: Instance, event: EngineEvent): void {
    if (event.type === 'job.created') {
      const { message, document } = event.customHeaders
      const said = message ?? document
      this.sent.push(said === undefined ? event.jobType : `${event.jobType} ${said}`)
    }
    if (event.type === 'message.thrown') {
      const { messageName, correlationKey, variables, timeToLiveMs } = event
      this.offer({
        name: messageName,
        correlationKey,
        variables,
        expiresAt: this.now + timeToLiveMs,
        key: this.nextMessageKey(),
        taken: new Set(),
      })
    }
    if (event.type === 'child.requested') {
      const { childInstanceKey, bpmnProcessId, variables, elementInstanceKey, depth } = event
      this.create(bpmnProcessId, childInstanceKey, variables, { processInstanceKey: instance.key, elementInstanceKey, depth })
    }
    if (event.type === 'child.cancelRequested') {
      const child = this.instance(event.childInstanceKey)
      if (child.state.status === 'active') this.run(child, { type: 'cancelInstance' })
    }
    if (event.type === 'instance.completed' || event.type === 'instance.terminated') this.tellParent(instance, event)
  }

  private tellParent(child: Instance, event: Extract<EngineEvent, { type: 'instance.completed' | 'instance.terminated' }>): void {
    const { parent } = child.state
    const waiting = parent && this.instance(parent.processInstanceKey)
    if (!parent || !waiting?.state.elements[parent.elementInstanceKey]) return
    const variables = event.variables ?? {}
    const ended =
      event.type === 'instance.completed'
        ? ({ kind: 'completed', variables } as const)
        : event.error
          ? ({ kind: 'error', ...event.error, variables } as const)
          : ({ kind: 'terminated' } as const)
    this.run(waiting, { type: 'childEnded', elementInstanceKey: parent.elementInstanceKey, childInstanceKey: child.key, outcome: ended })
  }

  private offer(message: Message): void {
    this.buffer.push(message)
    this.drain()
  }

  /** Gives each message to at most one instance of every process that listens. */
  private drain(): void {
    for (const message of [...this.buffer]) {
      for (const instance of this.live()) {
        if (!instance.state || message.taken.has(instance.process.bpmnProcessId)) continue
        const listening = Object.values(instance.state.subscriptions).find(
          ({ messageName, correlationKey }) => messageName === message.name && correlationKey === message.correlationKey,
        )
        if (!listening) continue
        message.taken.add(instance.process.bpmnProcessId)
        this.run(instance, {
          type: 'correlateMessage',
          subscriptionKey: listening.key,
          messageKey: message.key,
          variables: message.variables,
        })
      }
    }
    const kept = this.buffer.filter((message) => message.expiresAt > this.now && message.taken.size === 0)
    this.buffer.splice(0, this.buffer.length, ...kept)
  }
}
