import type { Actor, JsonObject } from '../kernel/index.ts'
import type { UserTaskRow } from '../store/index.ts'
import { WindowFailure } from './contract.ts'
import type { Declarations } from './declaration-record.ts'
import { statementsNotMade } from './form-field.ts'
import { ENTERPRISE_GROUP } from './timeline.ts'
import type { WindowParts } from './window-parts.ts'

/** Completes the tasks that a process gives to the enterprise itself. */
export type CompleteEnterpriseTask = (receiptNo: string, taskKey: string, variables: JsonObject, actor: Actor) => Promise<void>

/**
 * An enterprise may answer only what its task's form asks: any other variable would reach into the process, where its
 * credit and the agencies' answers are.
 */
export function enterpriseTask(parts: WindowParts, declarations: Declarations): CompleteEnterpriseTask {
  const { engine, forms, store } = parts

  async function isOf(task: UserTaskRow, rootInstanceKey: string): Promise<boolean> {
    let key: string | undefined = task.processInstanceKey
    while (key !== undefined && key !== rootInstanceKey) key = (await engine.getInstance(key))?.parentProcessInstanceKey
    return key === rootInstanceKey
  }

  function checkAnswer(task: UserTaskRow, variables: JsonObject): void {
    const form = task.externalFormReference === undefined ? undefined : forms.officerForm(task.externalFormReference)
    const fields = new Set(
      Array.isArray(form?.fields) ? form.fields.flatMap((field: JsonObject) => (typeof field.name === 'string' ? field.name : [])) : [],
    )
    const unknown = Object.keys(variables).filter((name) => !fields.has(name))
    if (unknown.length > 0) {
      const expected = fields.size > 0 ? `only the form's fields ${[...fields].join(', ')}` : 'no variables, for the task has no form'
      throw new WindowFailure('INVALID_ARGUMENT', `Expected ${expected}, found ${unknown.join(', ')}`)
    }
    const [missing] = form ? statementsNotMade(form, variables, { now: engine.clock.now(), zone: parts.zone }) : []
    if (!missing) return
    const { name, mustBe, text } = missing
    throw new WindowFailure('INVALID_ARGUMENT', `Expected ${name} to be ${mustBe}, found ${JSON.stringify(variables[name])}: ${text.en}`)
  }

  return async (receiptNo, taskKey, variables, actor) => {
    const { body: record } = await declarations.get(receiptNo)
    const task = await store.find('userTask', taskKey)
    // What is not the enterprise's does not exist for it.
    if (!task?.candidateGroups.includes(ENTERPRISE_GROUP) || !(await isOf(task, record.processInstanceKey))) {
      throw new WindowFailure(
        'NOT_FOUND',
        `Expected a task of the enterprise in declaration ${receiptNo}, but ${taskKey} is none; see nextActions of its status`,
      )
    }
    if (task.state !== 'CREATED') throw new WindowFailure('INVALID_STATE', `Task ${taskKey} is ${task.state.toLowerCase()} already`)
    checkAnswer(task, variables)
    await engine.completeUserTask(taskKey, variables, actor)
  }
}
