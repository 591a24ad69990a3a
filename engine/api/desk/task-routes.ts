import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { officerGroups } from '../../access/index.ts'
import type { JsonObject } from '../../kernel/index.ts'
import { EngineFailure } from '../../runtime/index.ts'
import type { Condition, UserTaskRow } from '../../store/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { DeskTask, DeskTaskDetail, DeskTaskList } from '../contract.ts'
import { checkAgainstForm, OfficerFormSchema, officerFormView } from '../officer-form.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, From, Key, Limit, Nothing, nullable, PageInfo, Time, Variables } from '../schema.ts'
import { TimelineRowSchema } from '../window/declaration-status-view.ts'
import { DeskTaskSchema, deskTask, visibleTask } from './desk-task.ts'
import { taskDetail } from './task-detail.ts'

const TaskKey = closed({ taskKey: Key })
const ListQuery = closed({
  view: Type.Enum(['mine', 'group', 'all'], {
    default: 'all',
    description: 'mine: claimed by me; group: claimed by nobody; all: both, and those of colleagues',
  }),
  state: Type.Enum(['open', 'done'], { default: 'open' }),
  group: Type.Optional(Type.String({ maxLength: 100 })),
  elementId: Type.Optional(Type.String({ maxLength: 255 })),
  process: Type.Optional(Type.String({ maxLength: 255 })),
  receiptNo: Type.Optional(Type.String({ maxLength: 64 })),
  sort: Type.Enum(['createdAt', 'priority', 'dueDate', 'name'], { default: 'createdAt' }),
  order: Type.Enum(['asc', 'desc'], { default: 'asc' }),
  from: From,
  limit: Limit,
})
const DetailSchema = Type.Object({
  task: DeskTaskSchema,
  form: OfficerFormSchema,
  declaration: nullable(
    Type.Object({ receiptNo: Type.String(), service: Type.String(), version: Type.Integer(), submittedAt: Time, items: Variables }),
  ),
  variables: Variables,
  history: Type.Array(TimelineRowSchema),
  decisions: Type.Array(
    Type.Object({
      taskKey: Type.String(),
      name: Type.String(),
      completedBy: nullable(Type.String()),
      at: nullable(Time),
      submitted: Variables,
    }),
  ),
})
type Filter = Record<string, Condition>

export function addTaskRoutes(app: Api, parts: ApiParts): void {
  const { engine, window, settings } = parts
  const zone = settings.zone
  const count = async (filter: Filter): Promise<number> => (await engine.store.search('userTask', { filter, limit: 1 })).total

  app.get(
    '/tasks',
    {
      config: { guard: 'desk.task.read' },
      schema: {
        summary: 'Task list of the officer',
        querystring: ListQuery,
        response: answers({
          200: Type.Object({
            items: Type.Array(DeskTaskSchema),
            page: PageInfo,
            counts: Type.Object({ mine: Type.Integer(), group: Type.Integer(), all: Type.Integer() }),
          }),
        }),
      },
    },
    async (request): Promise<DeskTaskList> => {
      const { principal, query } = request
      const groups = officerGroups(principal)
      const { from, limit } = query
      if (groups.length === 0) return { items: [], page: { from, limit, total: 0 }, counts: { mine: 0, group: 0, all: 0 } }
      const open: Filter = { candidateGroups: { in: groups }, state: 'CREATED' }
      const filter: Filter = {
        ...views(principal)[query.view],
        // A group that is not his finds nothing.
        candidateGroups: query.group === undefined ? { in: groups } : { in: groups.filter((group) => group === query.group) },
        state: query.state === 'open' ? 'CREATED' : 'COMPLETED',
        ...(query.elementId === undefined ? {} : { elementId: query.elementId }),
        ...(query.process === undefined ? {} : { bpmnProcessId: query.process }),
        ...(query.receiptNo === undefined ? {} : { businessKey: query.receiptNo }),
      }
      const [page, mine, group, all] = await Promise.all([
        engine.store.search('userTask', { filter, sort: [{ field: query.sort, order: query.order }], from, limit }),
        count({ ...open, ...views(principal).mine }),
        count({ ...open, ...views(principal).group }),
        count(open),
      ])
      return { items: page.items.map((row) => deskTask(row, zone)), page: { from, limit, total: page.total }, counts: { mine, group, all } }
    },
  )

  app.get(
    '/tasks/:taskKey',
    {
      config: { guard: 'desk.task.read' },
      schema: { summary: 'One task, with all that is needed to decide it', params: TaskKey, response: answers({ 200: DetailSchema }) },
    },
    async (request): Promise<DeskTaskDetail> =>
      taskDetail(parts, request.principal, await visibleTask(engine, request.principal, request.params.taskKey), request.language),
  )

  app.post(
    '/tasks/:taskKey/claim',
    {
      config: { guard: 'desk.task.claim' },
      schema: { summary: 'Take a task; taking it twice changes nothing', params: TaskKey, response: answers({ 200: DeskTaskSchema }) },
    },
    async (request): Promise<DeskTask> => {
      const { principal } = request
      const row = await openTask(request.params.taskKey, principal)
      if (row.assignee === undefined) {
        await engine.assignUserTask(row.key, principal.name, false, actorOf(principal)).catch(async (error: unknown) => {
          if (error instanceof EngineFailure && error.code === 'INVALID_STATE') refuseHeld(await openTask(row.key, principal), principal)
          else throw error
        })
      } else refuseHeld(row, principal)
      return deskTask(await visibleTask(engine, principal, row.key), zone)
    },
  )

  app.post(
    '/tasks/:taskKey/release',
    {
      config: { guard: 'desk.task.release' },
      schema: { summary: 'Give a claimed task back to the group', params: TaskKey, response: answers({ 200: DeskTaskSchema }) },
    },
    async (request): Promise<DeskTask> => {
      const { principal } = request
      const row = await openTask(request.params.taskKey, principal)
      if (row.assignee !== undefined) {
        refuseHeld(row, principal)
        await engine.unassignUserTask(row.key, actorOf(principal))
      }
      return deskTask(await visibleTask(engine, principal, row.key), zone)
    },
  )

  app.post(
    '/tasks/:taskKey/completion',
    {
      config: { guard: 'desk.task.complete' },
      schema: {
        summary: 'Decide',
        params: TaskKey,
        body: closed({ variables: Type.Optional(Variables) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { principal, language } = request
      const variables = (request.body.variables ?? {}) as JsonObject
      const row = await openTask(request.params.taskKey, principal)
      if (row.assignee === undefined) {
        throw new ProblemError('TASK_NOT_CLAIMED', {
          en: `Expected you to hold task ${row.key}, but nobody does; claim it first`,
          zh: `任务 ${row.key} 尚未领取，请先领取`,
        })
      }
      refuseHeld(row, principal)
      const form = row.externalFormReference === undefined ? undefined : window.forms.officerForm(row.externalFormReference)
      if (form) checkAgainstForm(officerFormView(form, language), variables)
      await engine.completeUserTask(row.key, variables, actorOf(principal)).catch(async (error: unknown) => {
        // Someone was faster between the look and the act.
        if (error instanceof EngineFailure && (error.code === 'NOT_FOUND' || error.code === 'INVALID_STATE'))
          await openTask(row.key, principal)
        throw error
      })
      return reply.code(204).send()
    },
  )

  /** @throws ProblemError `ALREADY_DECIDED`, telling by whom. */
  async function openTask(taskKey: string, principal: Principal): Promise<UserTaskRow> {
    const row = await visibleTask(engine, principal, taskKey)
    if (row.state === 'COMPLETED') {
      const by = row.completedBy ?? 'someone'
      throw new ProblemError('ALREADY_DECIDED', {
        en: `Expected an open task, but ${by} decided task ${taskKey} already; reload the task list`,
        zh: `任务 ${taskKey} 已由 ${by} 办结，请刷新任务列表`,
      })
    }
    if (row.state === 'CANCELED') {
      throw new ProblemError('ALREADY_DECIDED', {
        en: `Expected an open task, but the process took task ${taskKey} back; reload the task list`,
        zh: `任务 ${taskKey} 已被流程撤销，请刷新任务列表`,
      })
    }
    return row
  }
}

function views(principal: Principal): { readonly mine: Filter; readonly group: Filter; readonly all: Filter } {
  return { mine: { assignee: principal.name }, group: { assignee: { exists: false } }, all: {} }
}

/** @throws ProblemError `TASK_HELD` naming the holder. */
function refuseHeld(row: UserTaskRow, principal: Principal): void {
  if (row.assignee === undefined || row.assignee === principal.name) return
  throw new ProblemError('TASK_HELD', {
    en: `Expected task ${row.key} to be free, but ${row.assignee} holds it; ask for its release`,
    zh: `任务 ${row.key} 已由 ${row.assignee} 领取，请联系其释放`,
  })
}
