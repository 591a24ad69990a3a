import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { officerGroups } from '../../access/index.ts'
import type { Condition } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { DeskTaskDetail, DeskTaskList } from '../contract.ts'
import { OfficerFormSchema } from '../officer-form.ts'
import { answers, closed, From, Key, Limit, nullable, PageInfo, Time, Variables } from '../schema.ts'
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
const DetailSchema = Type.Object(
  {
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
  },
  { title: 'DeskTaskDetail' },
)
type Filter = Record<string, Condition>

export function addTaskRoutes(app: Api, parts: ApiParts): void {
  const { engine, settings } = parts
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
}

function views(principal: Principal): { readonly mine: Filter; readonly group: Filter; readonly all: Filter } {
  return { mine: { assignee: principal.name }, group: { assignee: { exists: false } }, all: {} }
}
