import { Type } from 'typebox'
import type { JsonObject } from '../../kernel/index.ts'
import type { UserTaskRow } from '../../store/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { EnterpriseTask } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import { checkAgainstForm, OfficerFormSchema, officerFormView } from '../officer-form.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, Key, Nothing, nullable, Time, Variables } from '../schema.ts'
import { ReceiptNo } from './declaration-routes.ts'
import { ownDeclaration } from './own-declaration.ts'

const MOST_OPEN_TASKS = 100
const TaskSchema = Type.Object(
  {
    taskKey: Type.String(),
    elementId: Type.String(),
    name: Type.String(),
    createdAt: Time,
    dueAt: nullable(Type.String()),
    form: OfficerFormSchema,
  },
  { title: 'EnterpriseTask' },
)

/** Tasks that the process gives to the enterprise itself. */
export function addEnterpriseTaskRoutes(app: Api, { engine, window, settings }: ApiParts): void {
  const formOf = (task: UserTaskRow): JsonObject | undefined =>
    task.externalFormReference === undefined ? undefined : window.forms.officerForm(task.externalFormReference)

  app.get(
    '/declarations/:receiptNo/tasks',
    {
      config: { guard: 'window.task.read' },
      schema: {
        summary: 'What the enterprise has to do',
        params: ReceiptNo,
        response: answers({ 200: Type.Object({ items: Type.Array(TaskSchema) }) }),
      },
    },
    async (request) => {
      const { receiptNo } = request.params
      await ownDeclaration(window, request.principal, receiptNo)
      const page = await engine.store.search('userTask', {
        filter: { businessKey: receiptNo, state: 'CREATED', candidateGroups: 'enterprise' },
        sort: [{ field: 'createdAt', order: 'asc' }],
        limit: MOST_OPEN_TASKS,
      })
      const items = page.items.map((task): EnterpriseTask => {
        const form = formOf(task)
        return {
          taskKey: task.key,
          elementId: task.elementId,
          name: task.name,
          createdAt: isoTime(task.createdAt, settings.zone),
          dueAt: task.dueDate ?? null,
          form: form ? officerFormView(form, request.language) : null,
        }
      })
      return { items }
    },
  )

  app.post(
    '/declarations/:receiptNo/tasks/:taskKey/completion',
    {
      config: { guard: 'window.task.complete' },
      schema: {
        summary: 'Do a task',
        params: closed({ receiptNo: Type.String({ maxLength: 64 }), taskKey: Key }),
        body: closed({ variables: Type.Optional(Variables) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { receiptNo, taskKey } = request.params
      const variables = (request.body.variables ?? {}) as JsonObject
      await ownDeclaration(window, request.principal, receiptNo)
      const task = await engine.store.find('userTask', taskKey)
      if (!task || task.businessKey !== receiptNo || !task.candidateGroups.includes('enterprise'))
        throw notFound({ en: `a task ${taskKey}`, zh: `任务 ${taskKey}` })
      if (task.state !== 'CREATED')
        throw new ProblemError('ALREADY_DECIDED', {
          en: `Expected an open task, but ${taskKey} is ${task.state.toLowerCase()}`,
          zh: `任务 ${taskKey} 已办结或已取消`,
        })
      const form = formOf(task)
      if (form) checkAgainstForm(officerFormView(form, request.language), variables, { now: engine.clock.now(), zone: settings.zone })
      await window.completeTask(receiptNo, taskKey, variables, actorOf(request.principal))
      return reply.code(204).send()
    },
  )
}
