import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { Actor, Variables as EngineVariables } from '../../kernel/index.ts'
import type { UserTaskRow } from '../../store/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing, nullable } from '../schema.ts'
import { OptionalVariables, Row, UserTaskKey } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'
import { userTaskShape } from './shapes.ts'
import { TaskChange } from './task-change.ts'
import { Changeset, taskChanges } from './task-changeset.ts'

const FIELDS: SearchFields = {
  userTaskKey: { column: 'key', kind: 'text' },
  state: { column: 'state', kind: 'enum' },
  assignee: { column: 'assignee', kind: 'text' },
  candidateGroup: { column: 'candidateGroups', kind: 'text' },
  candidateUser: { column: 'candidateUsers', kind: 'text' },
  priority: { column: 'priority', kind: 'integer' },
  elementId: { column: 'elementId', kind: 'text' },
  name: { column: 'name', kind: 'text' },
  elementInstanceKey: { column: 'elementInstanceKey', kind: 'text' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'bpmnProcessId', kind: 'text' },
  creationDate: { column: 'createdAt', kind: 'time' },
  completionDate: { column: 'endedAt', kind: 'time' },
  dueDate: { column: 'dueDate', kind: 'text' },
  followUpDate: { column: 'followUpDate', kind: 'text' },
  businessId: { column: 'businessKey', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
}
const Action = Type.Optional(nullable(Type.String({ maxLength: 255 })))

export function addUserTaskRoutes(app: Api, { engine }: ApiParts): void {
  const changing = new TaskChange(engine)
  app.addHook('preClose', async () => changing.close())
  const shape = (row: UserTaskRow) => userTaskShape(row, engine.definitions.byKey(row.processDefinitionKey))

  app.post(
    '/user-tasks/search',
    {
      config: { guard: 'engine.task.read' },
      schema: { summary: 'Search user tasks', body: searchBodySchema(FIELDS), response: answers({ 200: searchAnswerSchema(Row) }) },
    },
    async (request) => {
      const { items, page } = await searchTable(engine.store, 'userTask', FIELDS, request.body)
      return { items: items.map(shape), page }
    },
  )

  app.get(
    '/user-tasks/:userTaskKey',
    { config: { guard: 'engine.task.read' }, schema: { summary: 'One user task', params: UserTaskKey, response: answers({ 200: Row }) } },
    async (request) => {
      const { userTaskKey } = request.params
      const row = await engine.store.find('userTask', userTaskKey)
      if (!row) throw new ProblemError('NOT_FOUND', `Expected a user task ${userTaskKey}, but there is none`)
      return shape(row)
    },
  )

  app.post(
    '/user-tasks/:userTaskKey/assignment',
    {
      config: { guard: 'engine.task.write' },
      schema: {
        summary: 'Assign a user task',
        params: UserTaskKey,
        body: closed({
          assignee: Type.String({ minLength: 1, maxLength: 255 }),
          allowOverride: Type.Optional(nullable(Type.Boolean())),
          action: Action,
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { assignee, allowOverride, action } = request.body
      const { userTaskKey } = request.params
      await changing.make(userTaskKey, () =>
        engine.assignUserTask(userTaskKey, assignee, allowOverride ?? true, actorOf(request.principal), action ?? undefined),
      )
      return reply.code(204).send()
    },
  )

  app.delete(
    '/user-tasks/:userTaskKey/assignee',
    {
      config: { guard: 'engine.task.write' },
      schema: { summary: 'Unassign a user task', params: UserTaskKey, response: answers({ 204: Nothing }) },
    },
    async (request, reply) => {
      const { userTaskKey } = request.params
      await changing.make(userTaskKey, () => engine.unassignUserTask(userTaskKey, actorOf(request.principal)))
      return reply.code(204).send()
    },
  )

  app.post(
    '/user-tasks/:userTaskKey/completion',
    {
      config: { guard: 'engine.task.write' },
      schema: {
        summary: 'Complete a user task',
        params: UserTaskKey,
        body: closed({ variables: OptionalVariables, action: Action }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { userTaskKey } = request.params
      const variables = (request.body.variables ?? {}) as EngineVariables
      const action = request.body.action ?? undefined
      await changing.make(userTaskKey, () => engine.completeUserTask(userTaskKey, variables, actorOf(request.principal), action))
      return reply.code(204).send()
    },
  )

  app.patch(
    '/user-tasks/:userTaskKey',
    {
      config: { guard: 'engine.task.write' },
      schema: {
        summary: 'Change attributes of a user task; its listeners of updating may deny or correct it',
        params: UserTaskKey,
        body: closed({ changeset: Type.Optional(nullable(Changeset)), action: Action }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { changeset, action } = request.body
      await update(request.params.userTaskKey, changeset ?? {}, actorOf(request.principal), action ?? undefined)
      return reply.code(204).send()
    },
  )

  app.patch(
    '/user-tasks/:userTaskKey/update',
    {
      config: { guard: 'engine.task.write' },
      schema: {
        summary: 'The same with the changeset as the body, as older clients send it',
        params: UserTaskKey,
        body: Changeset,
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await update(request.params.userTaskKey, request.body, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  function update(userTaskKey: string, changeset: Static<typeof Changeset>, actor: Actor, action?: string): Promise<void> {
    return changing.make(userTaskKey, () => engine.updateUserTask(userTaskKey, taskChanges(changeset), actor, action))
  }
}
