import type { Principal } from '../../access/index.ts'
import { officerGroups } from '../../access/index.ts'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { UserTaskRow } from '../../store/index.ts'
import type { ApiParts } from '../api-parts.ts'
import type { DeskTaskDetail } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { officerFormView } from '../officer-form.ts'
import { timelineRows } from '../window/declaration-status-view.ts'
import { deskTask } from './desk-task.ts'
import { routedData } from './routed-data.ts'

/** Process variables every officer may see; all others may hold what another agency said. */
const COMMON_VARIABLES = ['receiptNo', 'version', 'service', 'enterprise', 'operator', 'creditClass']
const EARLIER_DECISIONS = 100

/** All an officer needs for one decision, and no more than the agency may know. */
export async function taskDetail(parts: ApiParts, principal: Principal, row: UserTaskRow, language: Language): Promise<DeskTaskDetail> {
  const { window, settings } = parts
  const form = row.externalFormReference === undefined ? undefined : window.forms.officerForm(row.externalFormReference)
  const status = row.businessKey === undefined ? undefined : await window.status(row.businessKey)
  return {
    task: deskTask(row, settings.zone),
    form: form ? officerFormView(form, language) : null,
    declaration: await declarationOf(parts, principal, row),
    variables: await variablesOf(parts, principal, row),
    history: status ? timelineRows(status.timeline, language, settings.zone) : [],
    decisions: await earlierDecisions(parts, principal, row),
  }
}

async function declarationOf(
  { window, settings }: ApiParts,
  principal: Principal,
  row: UserTaskRow,
): Promise<DeskTaskDetail['declaration']> {
  const receiptNo = row.businessKey
  const declaration = receiptNo === undefined ? undefined : await window.find(receiptNo)
  const service = declaration && window.service(declaration.body.service)
  const found = declaration && (await window.declarationData(declaration.body.receiptNo))
  if (receiptNo === undefined || !service || !found) return null
  const items = routedData(found.data, window.forms.routedItems(service.formId, principal.agency ?? ''))
  return { receiptNo, service: service.id, version: found.version, submittedAt: isoTime(found.submittedAt, settings.zone), items }
}

/** Common ones, the answers of the officer's own agency, and what the task's input mappings put before him. */
async function variablesOf({ engine }: ApiParts, principal: Principal, row: UserTaskRow): Promise<JsonObject> {
  const stored = await engine.store.loadInstance(row.processInstanceKey)
  const local = stored?.state.elements[row.elementInstanceKey]?.variables ?? {}
  const root = stored?.state.elements[row.processInstanceKey]?.variables ?? stored?.state.result ?? {}
  const names = [...COMMON_VARIABLES, `${principal.agency}Answer`]
  const common: [string, Json][] = names.flatMap((name) => (root[name] === undefined ? [] : [[name, root[name]]]))
  return { ...Object.fromEntries(common), ...local }
}

async function earlierDecisions(
  { engine, settings }: ApiParts,
  principal: Principal,
  row: UserTaskRow,
): Promise<DeskTaskDetail['decisions']> {
  if (row.businessKey === undefined) return []
  const page = await engine.store.search('userTask', {
    filter: { businessKey: row.businessKey, state: 'COMPLETED', candidateGroups: { in: officerGroups(principal) } },
    sort: [{ field: 'createdAt', order: 'asc' }],
    limit: EARLIER_DECISIONS,
  })
  return page.items.map((task) => ({
    taskKey: task.key,
    name: task.name,
    completedBy: task.completedBy ?? null,
    at: task.endedAt === undefined ? null : isoTime(task.endedAt, settings.zone),
    submitted: { ...task.submitted },
  }))
}
