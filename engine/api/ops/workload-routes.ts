import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { isoTime } from '../iso-time.ts'
import { notFound } from '../problem.ts'
import { answers, closed, nullable, Time, Variables } from '../schema.ts'

const BUSY_GAUGES = ['commands.pending', 'jobs.inFlight', 'jobs.looking', 'timers.firing', 'outbox.active']
const Element = Type.Object({ key: Type.String(), elementId: Type.String() })
const Instance = Type.Object({
  processInstanceKey: Type.String(),
  parentProcessInstanceKey: Type.Optional(Type.String()),
  bpmnProcessId: Type.String(),
  version: Type.Integer(),
  isActive: Type.Boolean(),
  endElementId: Type.Optional(Type.String()),
  endedAt: Type.Optional(Time),
  waiting: Type.Array(Element),
  userTasks: Type.Array(
    Type.Object({
      key: Type.String(),
      elementId: Type.String(),
      formId: Type.Optional(Type.String()),
      candidateGroups: Type.Array(Type.String()),
    }),
  ),
  incidents: Type.Array(Type.Object({ elementId: Type.String(), message: Type.String() })),
  variables: Variables,
})
const Tree = Type.Object({
  receiptNo: Type.String(),
  service: Type.String(),
  enterprise: Type.String(),
  openedBy: Type.Optional(Type.String()),
  state: Type.String(),
  instances: Type.Array(Instance),
  opened: Type.Array(Type.Object({}, { description: 'Cases it opened, of the same shape' })),
})

/** Commits that are remembered for who asks what has changed. */
const REMEMBERED = 20_000

/** What is under way on this node, and in one case. */
export function addWorkloadRoutes(app: Api, { engine, window, settings }: ApiParts): void {
  const committed: string[] = []
  let forgotten = 0
  const stop = engine.onCommitted(({ processInstanceKey }) => {
    committed.push(processInstanceKey)
    if (committed.length > REMEMBERED) forgotten += committed.splice(0, REMEMBERED / 2).length
  })
  app.addHook('onClose', async () => stop())
  /** Instances that went on since the cursor; undefined when that is too long ago to know. */
  const changedSince = (cursor: number | undefined): readonly string[] | undefined =>
    cursor === undefined || cursor < forgotten ? undefined : [...new Set(committed.slice(cursor - forgotten))]

  app.get(
    '/workload',
    {
      config: { guard: 'ops.workload.read' },
      schema: {
        summary: 'What is under way now, what went on since, and when something falls due next',
        querystring: closed({
          since: Type.Optional(Type.Integer({ minimum: 0, description: '`cursor` of an earlier answer of this node' })),
        }),
        response: answers({
          200: Type.Object({
            at: Time,
            busy: Type.Integer({ description: 'Commands, jobs, timers and outbox rows under way or due on this node; 0: at rest' }),
            nextDueAt: nullable(Time),
            cursor: Type.Integer(),
            changed: nullable(
              Type.Array(Type.String(), { description: 'Process instances that went on since; null: too long ago to know, look at all' }),
            ),
          }),
        }),
      },
    },
    async (request) => {
      const { store, clock } = engine
      // Before the gauges are read: what is committed after it comes with the next answer.
      const cursor = forgotten + committed.length
      const changed = changedSince(request.query.since) ?? null
      const now = clock.now()
      const [outbox, timers] = await Promise.all([store.dueOutbox(now, 10), store.dueTimers(now, 10)])
      const metrics = engine.metrics()
      const running = BUSY_GAUGES.reduce((sum, gauge) => sum + (metrics[gauge] ?? 0), 0)
      const failed = await store.search('job', { filter: { state: 'FAILED' }, sort: [{ field: 'availableAt', order: 'asc' }], limit: 1 })
      const moments = [await store.nextTimerAt(), await store.nextOutboxAt(), failed.items[0]?.availableAt].filter((at) => at !== undefined)
      return {
        at: isoTime(now, settings.zone),
        busy: running + outbox.length + timers.length,
        nextDueAt: moments.length === 0 ? null : isoTime(Math.min(...moments), settings.zone),
        cursor,
        changed: changed === null ? null : [...changed],
      }
    },
  )

  app.get(
    '/declarations/:receiptNo/tree',
    {
      config: { guard: 'ops.declaration.read' },
      schema: {
        summary: 'Everything that runs for a declaration: its instance, those it called, the cases it opened',
        params: closed({ receiptNo: Type.String({ maxLength: 64 }) }),
        response: answers({ 200: Tree }),
      },
    },
    async (request) => {
      const { receiptNo } = request.params
      const tree = await window.caseTree(receiptNo)
      if (!tree) throw notFound({ en: `a declaration with receipt number ${receiptNo}`, zh: `回执号为 ${receiptNo} 的申报` })
      return withTimes(tree, settings.zone)
    },
  )
}

type CaseTree = NonNullable<Awaited<ReturnType<ApiParts['window']['caseTree']>>>
function withTimes(tree: CaseTree, zone: string): Omit<CaseTree, 'instances' | 'opened'> & { instances: never; opened: never } {
  const instances = tree.instances.map(({ endedAt, ...rest }) => ({
    ...rest,
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt, zone) }),
  }))
  return { ...tree, instances: instances as never, opened: tree.opened.map((one) => withTimes(one, zone)) as never }
}
