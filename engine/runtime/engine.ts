import {
  type Actor,
  type Command,
  type IncidentKey,
  type InstanceState,
  instanceOf,
  type Json,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  type UserTaskChanges,
  type UserTaskKey,
  type Variables,
  visibleVariables,
} from '../kernel/index.ts'
import { type DefinitionRecord, type HistoryEntry, type InstanceRow, type RowChange, type Store, StoreFailure } from '../store/index.ts'
import { chosen } from './activated-job.ts'
import { Calendars } from './calendars.ts'
import { deployedGroups } from './candidate-groups.ts'
import { ChildInstances, payloadOf } from './child-instances.ts'
import { afterRealMs } from './clock.ts'
import { Completions } from './completions.ts'
import { ConditionStarts } from './condition-starts.ts'
import type * as contract from './contract.ts'
import { EngineFailure } from './contract.ts'
import { Counters } from './counters.ts'
import { Definitions } from './definitions.ts'
import { checkResources, deploy } from './deploy.ts'
import { evaluateDecision } from './evaluate-decision.ts'
import { findStartable } from './find-startable.ts'
import { refuseSamePerson } from './four-eyes.ts'
import { type Committed, InstanceLoop, type OutboxSource } from './instance-loop.ts'
import { JobPolls } from './job-polls.ts'
import { completeCommand, errorCommand, failCommand, Jobs } from './jobs.ts'
import { KeyStock } from './key-stock.ts'
import { MessageStarts } from './message-starts.ts'
import { Messages } from './messages.ts'
import { continueMultiInstances } from './multi-instance-parts.ts'
import { Outbox, type OutboxHandler } from './outbox.ts'
import { checkPayload, DEFAULT_MAX_PAYLOAD_BYTES } from './payload-limit.ts'
import type { OutboxPayloads } from './project-outbox.ts'
import { Publications } from './publications.ts'
import { Signals } from './signals.ts'
import { StartTimers } from './start-timers.ts'
import { StartTriggers } from './start-triggers.ts'
import { Surgery } from './surgery.ts'
import { Timers } from './timers.ts'
import { type PreparedJob, Workers } from './workers.ts'

/** Commands under way above which new work is refused, so that what has begun can finish. */
const MAX_PENDING = 20_000
/** Real time between looks for what other nodes deployed. */
const REFRESH_MS = 5_000

/** Opens an engine on a store and carries on with what was under way. */
export async function openEngine(options: contract.EngineOptions): Promise<contract.Engine> {
  const engine = new RunningEngine(options)
  await engine.open()
  return engine
}

class RunningEngine implements contract.Engine {
  readonly store: Store
  readonly clock: contract.Clock
  readonly definitions: Definitions
  readonly calendars: Calendars
  private readonly options: contract.EngineOptions
  private readonly maxPayloadBytes: number
  private readonly counters = new Counters()
  private readonly keys: KeyStock
  private readonly loop: InstanceLoop
  private readonly jobs: Jobs
  private readonly polls: JobPolls
  private readonly workers: Workers
  private readonly timers: Timers
  private readonly outbox: Outbox
  private readonly triggers: StartTriggers
  private readonly startTimers: StartTimers
  private readonly messageStarts: MessageStarts
  private readonly messages: Messages
  private readonly publications: Publications
  private readonly completions: Completions
  private readonly conditions: ConditionStarts
  private readonly surgery: Surgery
  private readonly listeners = new Set<(entry: HistoryEntry) => void>()
  private deploying: Promise<unknown> = Promise.resolve()
  private stopRefresh: () => void = () => undefined
  private isClosing = false

  constructor(options: contract.EngineOptions) {
    const { store, clock, zone, log } = options
    this.options = options
    this.store = store
    this.clock = clock
    this.maxPayloadBytes = options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES
    const { counters, maxPayloadBytes } = this
    this.definitions = new Definitions(store)
    this.calendars = new Calendars(store, options.calendar)
    this.keys = new KeyStock(store)
    const { definitions, keys } = this
    const hooks = { prepare: this.prepare.bind(this), committed: this.committed.bind(this) }
    this.loop = new InstanceLoop({ store, clock, zone, calendars: this.calendars, definitions, keys, counters, hooks })
    const { loop } = this
    this.jobs = new Jobs({ store, clock, loop, counters, maxPayloadBytes })
    this.polls = new JobPolls({ store, clock, jobs: this.jobs })
    this.workers = new Workers({ store, clock, jobs: this.jobs, log })
    this.timers = new Timers({ store, clock, loop, counters, log })
    this.outbox = new Outbox({ store, clock, counters, log })
    this.startTimers = new StartTimers({ store, clock, zone, loop, keys, counters, log })
    this.triggers = new StartTriggers(store, definitions, (definition, triggers) => this.startTimers.replace(definition, triggers))
    this.messageStarts = new MessageStarts({ store, loop, keys, triggers: this.triggers, definitions, counters, log })
    this.messages = new Messages({ store, clock, loop, starts: this.messageStarts, counters, log })
    const signals = new Signals({ store, clock, loop, keys, triggers: this.triggers, counters, log })
    this.publications = new Publications({ clock, keys, outbox: this.outbox, messages: this.messages, signals, maxPayloadBytes, log })
    this.conditions = new ConditionStarts({ clock, zone, loop, keys, triggers: this.triggers, definitions, maxPayloadBytes })
    this.completions = new Completions(loop)
    this.surgery = new Surgery({ store, loop, definitions, maxPayloadBytes })
    new ChildInstances({ store, loop, definitions }).register(this.outbox)
    continueMultiInstances(this.outbox, loop)
    this.outbox.handle('matchMessages', (row) => this.messages.match(payloadOf(row)))
    this.outbox.handle('releaseStart', (row) =>
      this.messages.releaseStart(payloadOf<OutboxPayloads['releaseStart']>(row).processInstanceKey),
    )
  }

  async open(): Promise<void> {
    await this.definitions.refresh()
    await this.calendars.refresh()
    await this.triggers.load()
    await this.messages.recover()
    this.timers.start()
    this.startTimers.start()
    this.messages.start()
    this.outbox.start()
    this.refreshSlowly()
  }

  deploy(request: contract.DeployRequest): Promise<contract.DeployResult> {
    return this.guarded(async () => {
      const { store, clock, definitions, keys } = this
      const deployment = this.deploying.then(() => deploy({ store, clock, definitions, keys, zone: this.options.zone }, request))
      this.deploying = deployment.catch(() => undefined)
      const result = await deployment
      await this.triggers.update()
      return result
    })
  }

  checkDeployment(request: contract.DeployRequest): Promise<readonly contract.DeployedProblem[]> {
    return this.guarded(async () => {
      const { store, clock, definitions, keys } = this
      return (await checkResources({ store, clock, definitions, keys, zone: this.options.zone }, request)).problems
    })
  }

  candidateGroups(): Promise<ReadonlyMap<string, readonly string[]>> {
    return deployedGroups(this.definitions)
  }

  createInstance(request: contract.CreateInstanceRequest): Promise<contract.CreatedInstance> {
    return this.guarded(async () => {
      this.refuseWhenBusy()
      checkPayload(request.variables, this.maxPayloadBytes)
      const definition = await findStartable(this.definitions, request)
      const key = request.processInstanceKey ?? (await this.keys.take())
      const { awaitCompletion } = request
      const ended = awaitCompletion && this.completions.wait(key, awaitCompletion.timeoutMs)
      // Whoever waits hears of a failure below; the waiting itself must not be an unhandled rejection meanwhile.
      ended?.catch(() => undefined)
      const created = await this.startInstance(key, definition, request)
      if (!ended) return created
      await this.completions.check(key)
      return { ...created, variables: chosen(await ended, awaitCompletion?.fetchVariables) }
    })
  }

  newInstanceKey(): Promise<ProcessInstanceKey> {
    return this.guarded(() => this.keys.take())
  }

  cancelInstance(key: string, actor: Actor): Promise<void> {
    return this.submit(key as ProcessInstanceKey, { type: 'cancelInstance' }, actor)
  }

  setVariables(scopeKey: string, variables: Variables, local: boolean, actor: Actor): Promise<void> {
    return this.submit(instanceOf(scopeKey), { type: 'setVariables', scopeKey: scopeKey as ProcessInstanceKey, variables, local }, actor)
  }

  activateJobs(request: contract.ActivateJobsRequest): Promise<readonly contract.ActivatedJob[]> {
    return this.guarded(() => this.polls.activate(request))
  }

  completeJob(jobKey: string, answer: Parameters<contract.Engine['completeJob']>[1], actor: Actor): Promise<void> {
    return this.guarded(() => this.jobs.answer(completeCommand(jobKey, answer), answer.leaseToken, actor))
  }

  failJob(jobKey: string, answer: Parameters<contract.Engine['failJob']>[1], actor: Actor): Promise<void> {
    return this.guarded(() => this.jobs.answer(failCommand(jobKey, answer), answer.leaseToken, actor))
  }

  throwJobError(jobKey: string, answer: Parameters<contract.Engine['throwJobError']>[1], actor: Actor): Promise<void> {
    return this.guarded(() => this.jobs.answer(errorCommand(jobKey, answer), answer.leaseToken, actor))
  }

  updateJob(jobKey: string, changes: { readonly retries?: number; readonly timeoutMs?: number }, actor: Actor): Promise<void> {
    return this.guarded(() => this.jobs.update(jobKey, changes, actor))
  }

  addWorker(worker: contract.InProcessWorker): () => Promise<void> {
    if (this.isClosing) throw new EngineFailure('UNAVAILABLE', 'The engine is closing and takes no more workers')
    return this.workers.add(worker)
  }

  async assignUserTask(userTaskKey: string, assignee: string, allowOverride: boolean, actor: Actor, action?: string): Promise<void> {
    await this.guarded(() => refuseSamePerson(this, userTaskKey, assignee))
    await this.submit(
      instanceOf(userTaskKey),
      { type: 'assignUserTask', userTaskKey: userTaskKey as UserTaskKey, assignee, allowOverride, ...(action !== undefined && { action }) },
      actor,
    )
  }

  unassignUserTask(userTaskKey: string, actor: Actor): Promise<void> {
    return this.submit(instanceOf(userTaskKey), { type: 'unassignUserTask', userTaskKey: userTaskKey as UserTaskKey }, actor)
  }

  updateUserTask(userTaskKey: string, changes: UserTaskChanges, actor: Actor, action?: string): Promise<void> {
    return this.submit(
      instanceOf(userTaskKey),
      { type: 'updateUserTask', userTaskKey: userTaskKey as UserTaskKey, changes, ...(action !== undefined && { action }) },
      actor,
    )
  }

  async completeUserTask(userTaskKey: string, variables: Variables, actor: Actor, action?: string): Promise<void> {
    await this.guarded(() => refuseSamePerson(this, userTaskKey, actor.id))
    await this.submit(
      instanceOf(userTaskKey),
      { type: 'completeUserTask', userTaskKey: userTaskKey as UserTaskKey, variables, ...(action !== undefined && { action }) },
      actor,
    )
  }

  publishMessage(request: contract.PublishMessageRequest, actor: Actor): Promise<{ readonly messageKey: string }> {
    return this.guarded(() => {
      this.refuseWhenBusy()
      return this.publications.publish(request, actor)
    })
  }

  correlateMessage(request: contract.CorrelateMessageRequest, actor: Actor): Promise<contract.CorrelatedMessage> {
    return this.guarded(() => {
      this.refuseWhenBusy()
      return this.publications.correlate(request, actor)
    })
  }

  evaluateConditions(request: contract.EvaluateConditionsRequest, actor: Actor): Promise<contract.EvaluatedConditions> {
    return this.guarded(() => {
      this.refuseWhenBusy()
      return this.conditions.evaluate(request, actor)
    })
  }

  evaluateDecision(request: contract.EvaluateDecisionRequest): Promise<contract.EvaluatedDecision> {
    const { definitions, clock, maxPayloadBytes } = this
    return this.guarded(() => evaluateDecision({ definitions, clock, zone: this.options.zone, maxPayloadBytes }, request))
  }

  broadcastSignal(request: contract.BroadcastSignalRequest, actor: Actor): Promise<{ readonly signalKey: string }> {
    return this.guarded(() => {
      this.refuseWhenBusy()
      return this.publications.broadcast(request, actor)
    })
  }

  resolveIncident(incidentKey: string, actor: Actor): Promise<void> {
    return this.submit(instanceOf(incidentKey), { type: 'resolveIncident', incidentKey: incidentKey as IncidentKey }, actor)
  }

  activateAdHoc(elementInstanceKey: string, request: contract.AdHocRequest, actor: Actor): Promise<void> {
    return this.guarded(() => this.surgery.activateAdHoc(elementInstanceKey, request, actor))
  }

  modifyInstance(key: string, change: contract.Modification, actor: Actor): Promise<void> {
    return this.guarded(() => this.surgery.modify(key, change, actor))
  }

  suspendInstance(key: string, actor: Actor): Promise<void> {
    return this.submit(key as ProcessInstanceKey, { type: 'suspendInstance' }, actor)
  }

  resumeInstance(key: string, actor: Actor): Promise<void> {
    return this.submit(key as ProcessInstanceKey, { type: 'resumeInstance' }, actor)
  }

  migrateInstance(key: string, plan: contract.MigrationPlan, actor: Actor): Promise<void> {
    return this.guarded(() => this.surgery.migrate(key, plan, actor))
  }

  checkMigration(key: string, plan: contract.MigrationPlan): Promise<contract.InstanceMigrationReport> {
    return this.guarded(() => this.surgery.check(key, plan))
  }

  migrateAll(request: contract.MigrateAllRequest): Promise<contract.MigrationReport> {
    return this.guarded(() => this.surgery.migrateAll(request))
  }

  restartInstance(key: string, request: contract.RestartRequest): Promise<contract.CreatedInstance> {
    return this.guarded(() => this.surgery.restart(key, request, (creation) => this.createInstance(creation)))
  }

  getInstance(key: string): Promise<InstanceRow | undefined> {
    return this.guarded(() => this.store.find('instance', key))
  }

  getVariables(scopeKey: string): Promise<Record<string, Json>> {
    return this.guarded(() =>
      this.loop.read(instanceOf(scopeKey), (state) => {
        const isThere = state && (state.status === 'active' ? state.elements[scopeKey] !== undefined : scopeKey === state.key)
        if (!isThere)
          throw new EngineFailure('NOT_FOUND', `Expected a process instance or a live element instance ${scopeKey}, but there is none`)
        return visibleVariables(state, scopeKey)
      }),
    )
  }

  getHistory(key: string): Promise<readonly HistoryEntry[]> {
    return this.guarded(() => this.store.loadHistory(key as ProcessInstanceKey))
  }

  addOutboxSource(source: OutboxSource): void {
    this.loop.outboxSources.push(source)
  }

  addOutboxHandler(kind: string, handler: OutboxHandler): void {
    this.outbox.handle(kind, handler)
  }

  onCommitted(listener: (entry: HistoryEntry) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      ...this.counters.all(),
      'commands.pending': this.loop.pending,
      'instances.hot': this.loop.hotInstances,
      'jobs.inFlight': this.workers.inFlight,
      'jobs.polls': this.polls.waiting,
      'jobs.looking': this.polls.looking + this.workers.looking,
      'timers.firing': Number(this.timers.isFiring) + Number(this.startTimers.isFiring),
      'outbox.active': this.outbox.active,
      'outbox.pending': this.outbox.pending,
      'completions.waiting': this.completions.waiting,
      'definitions.known': this.definitions.all().length,
    }
  }

  async close(): Promise<void> {
    if (this.isClosing) return
    this.isClosing = true
    this.stopRefresh()
    this.polls.close()
    this.completions.close()
    await Promise.all([this.workers.close(), this.timers.close(), this.startTimers.close(), this.messages.close(), this.deploying])
    await this.outbox.close()
    await this.loop.idle()
  }

  /** New jobs go to workers of this node in the commit that makes them. */
  private prepare(
    changes: readonly RowChange[],
    state: InstanceState,
  ): { readonly changes: readonly RowChange[]; settle(isDurable: boolean): void } {
    const prepared: PreparedJob[] = []
    const rows = changes.map((change) => {
      const isNewJob = change.table === 'job' && change.op === 'put' && state.jobs[change.row.key] !== undefined
      const job = isNewJob && !state.suspended && !this.isClosing ? this.workers.prepare(change.row) : undefined
      if (!job) return change
      prepared.push(job)
      return { table: 'job', op: 'put', row: job.row } as const
    })
    return {
      changes: rows,
      settle: (isDurable) => {
        for (const job of prepared) job.settle(isDurable, state)
      },
    }
  }

  private committed(committed: Committed): void {
    const { entry, state, changes, outbox } = committed
    for (const event of entry.events) {
      if (event.type === 'timer.created') this.timers.added(event.dueAt)
      else if (event.type === 'instance.resumed') for (const { dueAt } of Object.values(state.timers)) this.timers.added(dueAt)
      else if (event.type === 'instance.created') this.counters.add('instances.created')
      else if (event.type === 'incident.created') this.counters.add('incidents.created')
      else if (event.type === 'instance.completed' || event.type === 'instance.terminated')
        this.counters.add(event.type === 'instance.completed' ? 'instances.completed' : 'instances.terminated')
    }
    this.wakeForJobs(changes, state)
    this.outbox.accept(outbox)
    this.completions.committed(committed)
    for (const listener of this.listeners) {
      try {
        listener(entry)
      } catch (error) {
        this.options.log('error', 'A listener of commits failed', { error: String(error) })
      }
    }
  }

  private wakeForJobs(changes: readonly RowChange[], state: InstanceState): void {
    for (const change of changes) {
      if (change.table !== 'job' || change.op === 'delete') continue
      if (change.op === 'put' && change.row.leaseToken !== undefined) continue
      const type = change.op === 'put' ? change.row.type : state.jobs[change.key]?.jobType
      if (type === undefined) continue
      this.workers.wake(type)
      this.polls.wake(type)
    }
  }

  private async startInstance(
    key: ProcessInstanceKey,
    definition: DefinitionRecord,
    request: contract.CreateInstanceRequest,
  ): Promise<contract.CreatedInstance> {
    const { variables, actor, businessKey } = request
    const command: Command = {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: definition.key as ProcessDefinitionKey,
      version: definition.version,
      variables,
      tenantId: definition.tenantId,
      ...(businessKey !== undefined && { businessKey }),
      ...(request.startInstructions && { startInstructions: request.startInstructions }),
    }
    try {
      const { state } = await this.loop.submit({ key, command, actor })
      return created(state)
    } catch (error) {
      const isRepeated = error instanceof EngineFailure && error.code === 'ALREADY_EXISTS' && request.processInstanceKey !== undefined
      const first = isRepeated ? await this.loop.read(key, (state) => state && created(state)) : undefined
      if (first) return first
      throw error
    }
  }

  private submit(key: ProcessInstanceKey, command: Command, actor: Actor): Promise<void> {
    return this.guarded(async () => {
      if ('variables' in command && command.variables) checkPayload(command.variables, this.maxPayloadBytes)
      await this.loop.submit({ key, command, actor })
    })
  }

  /** Callers see EngineFailure only: a store that cannot be used is a busy engine. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosing)
      throw new EngineFailure('UNAVAILABLE', 'The engine is closing and takes no more commands; ask another node, or again when it is back')
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error
      throw new EngineFailure('UNAVAILABLE', `The store could not be used: ${error.message}. Try again.`, { cause: error })
    }
  }

  private refuseWhenBusy(): void {
    if (this.loop.pending < MAX_PENDING) return
    throw new EngineFailure(
      'RESOURCE_EXHAUSTED',
      `Expected fewer than ${MAX_PENDING} commands under way, but found ${this.loop.pending}; try again in a moment`,
    )
  }

  private refreshSlowly(): void {
    this.stopRefresh = afterRealMs(REFRESH_MS, () => {
      this.definitions
        .refresh()
        .then(() => this.triggers.update())
        .then(() => this.calendars.refresh())
        .catch((error) =>
          this.options.log('warn', 'Definitions or calendars could not be read; it is tried again', { error: String(error) }),
        )
      this.refreshSlowly()
    })
  }
}

function created(state: InstanceState): contract.CreatedInstance {
  const { key, processDefinitionKey, bpmnProcessId, version, tenantId } = state
  return { processInstanceKey: key, processDefinitionKey, bpmnProcessId, version, tenantId }
}
