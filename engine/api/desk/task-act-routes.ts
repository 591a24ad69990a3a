import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import type { JsonObject } from '../../kernel/index.ts'
import { EngineFailure } from '../../runtime/index.ts'
import type { UserTaskRow } from '../../store/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { DeskTask } from '../contract.ts'
import { checkAgainstForm, officerFormView } from '../officer-form.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key, Nothing, Variables } from '../schema.ts'
import { DeskTaskSchema, deskTask, visibleTask } from './desk-task.ts'

const TaskKey = closed({ taskKey: Key })

/** Claim, release, decide: one officer at a time, one decision a task. */
export function addTaskActRoutes(app: Api, { engine, window, settings }: ApiParts): void {
  const zone = settings.zone

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
      if (form) checkAgainstForm(officerFormView(form, language), variables, { now: engine.clock.now(), zone: settings.zone })
      else refuseUnasked(variables)
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

/** @throws ProblemError `TASK_HELD` naming the holder. */
function refuseHeld(row: UserTaskRow, principal: Principal): void {
  if (row.assignee === undefined || row.assignee === principal.name) return
  throw new ProblemError('TASK_HELD', {
    en: `Expected task ${row.key} to be free, but ${row.assignee} holds it; ask for its release`,
    zh: `任务 ${row.key} 已由 ${row.assignee} 领取，请联系其释放`,
  })
}

/** Without a form nothing is asked; whatever came would reach into the process, where the answers of other agencies are. */
function refuseUnasked(variables: JsonObject): void {
  const names = Object.keys(variables)
  if (names.length === 0) return
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected no variables, for the task has no form, but found ${names.join(', ')}`,
    zh: `该任务没有表单，不接受变量：${names.join('、')}`,
  })
}
