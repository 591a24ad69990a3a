import type { ExecutableProcess } from '../../kernel/index.ts'
import type { Service } from '../contract.ts'
import { AGENCY_JOB } from '../element-catalogue.ts'
import type { FileSet } from '../file-set.ts'
import { TEMPLATE_FORMATS } from '../forms/template-format.ts'

const DICTIONARY_REFERENCE = /"\$ref"\s*:\s*"([^"#]+)#/g
const DICTIONARY_ID = /"\$id"\s*:\s*"([^"]+)"/

/** Paths in `forms/` of what a service uses: its forms with their rules and dictionaries, what people are asked, messages and documents. */
export function usedForms(service: Partial<Service>, elements: readonly ExecutableProcess['root'][], forms: FileSet): readonly string[] {
  const formIds = [service.formId, ...Object.values(service.notices ?? {}).map(({ formId }) => formId)].filter((id) => id !== undefined)
  const declarations = formIds.flatMap((id) => [`declarations/${id}.schema.json`, `declarations/${id}.rules.json`])
  const referred = new Set(declarations.flatMap((path) => [...(forms.get(path) ?? '').matchAll(DICTIONARY_REFERENCE)].map(([, id]) => id)))
  const dictionaries = [...forms].filter(
    ([path, content]) => path.startsWith('dictionary/') && referred.has(DICTIONARY_ID.exec(content)?.[1]),
  )
  const templates = (base: string) => [`${base}.hbs`, ...TEMPLATE_FORMATS.map(({ extension }) => `${base}.${extension}.hbs`)]
  const named = elements.flatMap(({ userTask, job }) => {
    const form = userTask?.externalReference?.kind === 'literal' ? userTask.externalReference.text : userTask?.formId
    const type = job?.jobType.kind === 'literal' ? job.jobType.text : ''
    const message = type.startsWith(AGENCY_JOB) ? job?.headers.message : undefined
    return [
      ...(form === undefined ? [] : [`decisions/${form}.form.json`]),
      ...(message === undefined ? [] : templates(`messages/${type.slice(AGENCY_JOB.length)}/${message}`)),
    ]
  })
  const documents = Object.keys(service.documents ?? {}).flatMap((id) => templates(`documents/${id}`))
  const paths = new Set([...declarations, ...dictionaries.map(([path]) => path), ...named, ...documents])
  return [...paths].filter((path) => forms.has(path)).sort()
}
