import { type ExecutableProcess, parseBpmn, parseDmn } from '../../kernel/index.ts'
import type { Service, Text } from '../contract.ts'
import { AGENCY_JOB } from '../element-catalogue.ts'
import type { FileProblem, FileSet } from '../file-set.ts'
import { TEMPLATE_FORMATS } from '../forms/template-format.ts'

/** What a service may speak of. */
export interface KnownThings {
  /** Files of `forms/`, by their paths in it. */
  readonly forms: FileSet
  readonly agencies: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  /** Id of another service, or `shared`, whose model holds that process or decision. */
  readonly ownerOf: (kind: 'process' | 'decision', id: string) => string | undefined
  /** True when a process or decision of that id is deployed. */
  readonly isDeployed: (kind: 'process' | 'decision', id: string) => boolean
}
type Models = readonly { readonly name: string; readonly content: string }[]
type ModelElement = ExecutableProcess['root']
/** `place` in a file, and what of it is missing. */
interface Wanted {
  readonly file: string
  readonly place: string
  readonly holds: boolean
  readonly text: Text
}

/** Texts with these are places outside the house, of which nothing is known here. */
const ELSEWHERE = /[:/]/

/** Everything that a service names and that is not there. */
export async function missingReferences(service: Service, models: Models, known: KnownThings): Promise<readonly FileProblem[]> {
  const parsed = await Promise.all(
    models.map(async ({ name, content }) => ({ file: `processes/${name}`, ...(await readModel(name, content)) })),
  )
  const own = {
    processes: new Set(parsed.flatMap(({ processes }) => processes.map(({ bpmnProcessId }) => bpmnProcessId))),
    decisions: new Set(parsed.flatMap(({ decisions }) => decisions)),
    elements: parsed.flatMap(({ processes }) => processes.flatMap(elementsOf)),
  }
  const wanted = [
    ...ofServiceFile(service, known, own),
    ...parsed.flatMap(({ file, processes, decisions }) => [
      ...processes.flatMap(({ bpmnProcessId }) => notTaken(file, 'process', bpmnProcessId, known)),
      ...decisions.flatMap((id) => notTaken(file, 'decision', id, known)),
      ...processes.flatMap(elementsOf).flatMap((element) => ofElement(file, element, { service, known, own })),
    ]),
  ]
  return wanted.filter(({ holds }) => !holds).map(({ file, place, text }): FileProblem => ({ file, place, rule: 'REFERENCE', text }))
}

interface Own {
  readonly processes: ReadonlySet<string>
  readonly decisions: ReadonlySet<string>
  readonly elements: readonly ModelElement[]
}

async function readModel(
  name: string,
  content: string,
): Promise<{ readonly processes: readonly ExecutableProcess[]; readonly decisions: readonly string[] }> {
  if (name.endsWith('.bpmn')) return { processes: (await parseBpmn(content)).processes, decisions: [] }
  const { decisions } = await parseDmn(content)
  return { processes: [], decisions: [...(decisions?.decisions.keys() ?? [])] }
}

function elementsOf(process: ExecutableProcess): readonly ModelElement[] {
  return [...process.elements.values()].flatMap((element) => {
    const inner = element.multiInstance?.inner ?? element.standardLoop?.inner
    return inner ? [element, inner] : [element]
  })
}

function ofServiceFile(service: Service, known: KnownThings, own: Own): readonly Wanted[] {
  const file = `processes/${service.id}/service.json`
  const ends = new Set(own.elements.filter(({ type }) => type === 'endEvent').map(({ id }) => id))
  const elements = new Set(own.elements.map(({ id }) => id))
  const form = (place: string, formId: string): Wanted => ({ file, place, holds: hasForm(known, formId), text: noForm(formId) })
  return [
    form('/formId', service.formId),
    ...Object.entries(service.notices ?? {}).map(([kind, { formId }]) => form(`/notices/${kind}/formId`, formId)),
    ...Object.keys(service.documents).map((id) => ({
      file,
      place: `/documents/${id}`,
      holds: hasDocument(known, id),
      text: noDocument(id),
    })),
    ...service.agencies.map((id, index) => ({
      file,
      place: `/agencies/${index}`,
      holds: known.agencies.has(id),
      text: noAgency(id, known),
    })),
    {
      file,
      place: '/bpmnProcessId',
      holds: own.processes.has(service.bpmnProcessId),
      text: {
        en: `Expected a process of this service's models, found ${service.bpmnProcessId}; they hold ${list(own.processes)}`,
        zh: `本服务的模型中没有流程 ${service.bpmnProcessId}；现有：${list(own.processes)}`,
      },
    },
    ...Object.keys(service.ends).map((id) => ({
      file,
      place: `/ends/${id}`,
      holds: ends.has(id),
      text: {
        en: `Expected the id of an end event of this service's models, found ${id}; they have ${list(ends)}`,
        zh: `本服务的模型中没有结束事件 ${id}；现有：${list(ends)}`,
      },
    })),
    ...service.correctionElements.map((id, index) => ({
      file,
      place: `/correctionElements/${index}`,
      holds: elements.has(id),
      text: {
        en: `Expected an element of this service's models, found ${id}; mend the id`,
        zh: `本服务的模型中没有元素 ${id}；请改正编号`,
      },
    })),
  ]
}

/** What is another's must not be replaced in passing. */
function notTaken(file: string, kind: 'process' | 'decision', id: string, known: KnownThings): readonly Wanted[] {
  const owner = known.ownerOf(kind, id)
  if (owner === undefined) return []
  const text = {
    en: `Expected a ${kind} id that no other service has, found ${id} of processes/${owner}; rename it`,
    zh: `${kind === 'process' ? '流程' : '决策'}编号 ${id} 已属于 processes/${owner}；请改名`,
  }
  return [{ file, place: id, holds: false, text }]
}

function ofElement(
  file: string,
  element: ModelElement,
  { service, known, own }: { readonly service: Service; readonly known: KnownThings; readonly own: Own },
): readonly Wanted[] {
  const { id: place, job, userTask, calledElement, calledDecision } = element
  const wanted: Wanted[] = []
  const want = (holds: boolean, text: Text) => wanted.push({ file, place, holds, text })
  const jobType = job?.jobType.kind === 'literal' ? job.jobType.text : ''
  const { message, document, service: opened } = job?.headers ?? {}
  if (jobType.startsWith(AGENCY_JOB)) {
    const agency = jobType.slice(AGENCY_JOB.length)
    want(known.agencies.has(agency), noAgency(agency, known))
    want(service.agencies.includes(agency), {
      en: `Expected agency ${agency}, to which this task writes, among the agencies of service.json; add it there`,
      zh: `本任务向机构 ${agency} 发送报文，但 service.json 的 agencies 未列出；请补充`,
    })
    if (message !== undefined) want(hasTemplate(known, `messages/${agency}/${message}`), noMessage(agency, message))
  }
  if (jobType === 'window.issue-document' && document !== undefined) {
    want(document in service.documents, {
      en: `Expected document ${document} among the documents of service.json; add it there with its names`,
      zh: `文书 ${document} 未在 service.json 的 documents 中列出；请补充及其名称`,
    })
    want(hasDocument(known, document), noDocument(document))
  }
  if (jobType === 'window.open-case' && opened !== undefined)
    want(known.services.has(opened) || opened === service.id, {
      en: `Expected a service that is offered, found ${opened}; deploy it first`,
      zh: `服务 ${opened} 不存在；请先部署`,
    })
  for (const formId of formsOf(userTask))
    want(known.forms.has(`decisions/${formId}.form.json`), {
      en: `Expected a form of forms/decisions, found ${formId}; add forms/decisions/${formId}.form.json`,
      zh: `forms/decisions 中没有表单 ${formId}；请加入 forms/decisions/${formId}.form.json`,
    })
  const called = calledElement?.processId.kind === 'literal' ? calledElement.processId.text : undefined
  if (called !== undefined)
    want(own.processes.has(called) || known.isDeployed('process', called), {
      en: `Expected a process that is deployed, found ${called}; add its .bpmn`,
      zh: `流程 ${called} 未部署；请加入其 .bpmn`,
    })
  const decided = calledDecision?.decisionId.kind === 'literal' ? calledDecision.decisionId.text : undefined
  if (decided !== undefined)
    want(own.decisions.has(decided) || known.isDeployed('decision', decided), {
      en: `Expected a decision that is deployed, found ${decided}; add its .dmn`,
      zh: `决策 ${decided} 未部署；请加入其 .dmn`,
    })
  return wanted
}

function formsOf(userTask: ModelElement['userTask']): readonly string[] {
  const reference = userTask?.externalReference?.kind === 'literal' ? userTask.externalReference.text : ''
  return [userTask?.formId ?? '', ELSEWHERE.test(reference) ? '' : reference].filter((formId) => formId !== '')
}

function hasForm({ forms }: KnownThings, formId: string): boolean {
  return forms.has(`declarations/${formId}.schema.json`)
}
function hasDocument(known: KnownThings, id: string): boolean {
  return hasTemplate(known, `documents/${id}`)
}
/** A message may be named with the ending of its EDIFACT version. */
function hasTemplate({ forms }: KnownThings, path: string): boolean {
  return forms.has(`${path}.hbs`) || TEMPLATE_FORMATS.some(({ extension }) => forms.has(`${path}.${extension}.hbs`))
}

const list = (ids: ReadonlySet<string>): string => [...ids].sort().join(', ') || 'none'
const noForm = (formId: string): Text => ({
  en: `Expected a form of forms/declarations, found ${formId}; add forms/declarations/${formId}.schema.json`,
  zh: `forms/declarations 中没有表单 ${formId}；请加入 forms/declarations/${formId}.schema.json`,
})
const noDocument = (id: string): Text => ({
  en: `Expected a template of forms/documents, found ${id}; add forms/documents/${id}.pdf.hbs`,
  zh: `forms/documents 中没有文书 ${id}；请加入 forms/documents/${id}.pdf.hbs`,
})
const noMessage = (agency: string, message: string): Text => ({
  en: `Expected a message of forms/messages/${agency}, found ${message}; add forms/messages/${agency}/${message}.xml.hbs (or json, edi)`,
  zh: `forms/messages/${agency} 中没有报文 ${message}；请加入 forms/messages/${agency}/${message}.xml.hbs（或 json、edi）`,
})
const noAgency = (id: string, known: KnownThings): Text => ({
  en: `Expected one of the agencies ${list(known.agencies)}, found ${id}; add it over /ops/v1/agencies first`,
  zh: `机构 ${id} 不存在（现有：${list(known.agencies)}）；请先通过 /ops/v1/agencies 添加`,
})
