import { createHash } from 'node:crypto'
import { type BpmnNote, type BpmnProblem, parseBpmn, parseDmn } from '../kernel/index.ts'
import type { DefinitionRecord } from '../store/index.ts'
import type { Compiled } from './definitions.ts'
import { drawsNothing, layOut } from './lay-out.ts'

export type ResourceProblem = BpmnProblem & { readonly resource: string }

/** One definition a resource holds, before it has a version. */
export interface Drafted {
  readonly kind: DefinitionRecord['kind']
  readonly id: string
  readonly name: string
  readonly versionTag?: string
}
export interface ReadResource {
  readonly name: string
  readonly content: string
  /** SHA-256 of the content, hex. */
  readonly checksum: string
  readonly drafts: readonly Drafted[]
  readonly compiled: Compiled
  readonly problems: readonly ResourceProblem[]
  readonly notes: readonly (BpmnNote & { readonly resource: string })[]
}

const BPMN_MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL'

/** Reads one file of a deployment and lists all that is wrong with it. */
export async function readResource(name: string, given: string, layout?: 'auto'): Promise<ReadResource> {
  let content = given
  let checksum = checksumOf(content)
  const refused = (rule: string, message: string): ReadResource => ({
    name,
    content,
    checksum,
    drafts: [],
    compiled: { processes: [] },
    problems: [{ resource: name, elementId: 'definitions', rule, message, severity: 'error' }],
    notes: [],
  })
  const unreadable = refuseText(name, content)
  if (unreadable) return refused(unreadable.rule, unreadable.message)
  const text = content.replace(/^\uFEFF/, '')
  const kind = kindOf(name, text)
  if (!kind) {
    return refused(
      'UNKNOWN_RESOURCE_TYPE',
      `Expected a BPMN file (.bpmn) or a DMN file (.dmn), but found '${name}'; save it as one of these`,
    )
  }
  if (kind === 'bpmn' && layout === 'auto' && drawsNothing(text)) {
    const laidOut = await layOut(name, text)
    if ('refusal' in laidOut) return refused('NO_LAYOUT', laidOut.refusal)
    content = laidOut.content
    checksum = checksumOf(content)
    return { name, content, checksum, ...(await readBpmn(name, content)) }
  }
  return { name, content, checksum, ...(kind === 'bpmn' ? await readBpmn(name, text) : await readDmn(name, text)) }
}

function checksumOf(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

function refuseText(name: string, content: string): { readonly rule: string; readonly message: string } | undefined {
  if (content.trim() === '') return { rule: 'EMPTY_RESOURCE', message: `Expected '${name}' to hold a model, but it is empty` }
  const declared = /^\uFEFF?\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']/i.exec(content)?.[1]
  if (content.includes('\uFFFD') || content.includes('\0') || (declared !== undefined && !/^(utf-?8|us-ascii)$/i.test(declared))) {
    return {
      rule: 'NOT_UTF8',
      message: `Expected '${name}' to be UTF-8 text, but found ${declared ?? 'bytes that are not'}; save it with the encoding UTF-8`,
    }
  }
  return undefined
}

function kindOf(name: string, text: string): 'bpmn' | 'dmn' | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase()
  if (extension === 'bpmn' || extension === 'dmn') return extension
  if (extension !== undefined && extension !== 'xml') return undefined
  const head = text.slice(0, 4_000)
  if (head.includes(BPMN_MODEL)) return 'bpmn'
  return /https?:\/\/www\.omg\.org\/spec\/DMN\//.test(head) ? 'dmn' : undefined
}

async function readBpmn(name: string, text: string): Promise<Pick<ReadResource, 'drafts' | 'compiled' | 'problems' | 'notes'>> {
  const parsed = await parseBpmn(text)
  const problems: ResourceProblem[] = parsed.problems.map((problem) => ({ ...problem, resource: name }))
  const isReadable = parsed.processes.length > 0 || !parsed.problems.some(({ severity }) => severity === 'error')
  const refuse = (rule: string, message: string) =>
    problems.push({ resource: name, elementId: 'definitions', rule, message, severity: 'error' })
  if (isReadable && parsed.processes.length === 0) {
    refuse(
      'NO_EXECUTABLE_PROCESS',
      `Expected '${name}' to hold an executable process, but it holds none; set isExecutable="true" on the process`,
    )
  }
  if (isReadable && !parsed.hasDiagram) {
    refuse(
      'NO_DIAGRAM',
      `Expected '${name}' to hold a diagram, but it draws nothing; deploy it with layout=auto to have it laid out, or save it from a BPMN editor`,
    )
  }
  const drafts = parsed.processes.map((process) => ({
    kind: 'process' as const,
    id: process.bpmnProcessId,
    name: process.name,
    ...(process.versionTag !== undefined && { versionTag: process.versionTag }),
  }))
  const notes = parsed.notes.map((note) => ({ ...note, resource: name }))
  return { drafts, compiled: { processes: parsed.processes }, problems, notes }
}

async function readDmn(name: string, text: string): Promise<Pick<ReadResource, 'drafts' | 'compiled' | 'problems' | 'notes'>> {
  const { decisions, problems } = await parseDmn(text)
  const found = problems.map(({ elementId, message }) => ({
    resource: name,
    elementId,
    rule: 'DECISION',
    message,
    severity: 'error' as const,
  }))
  if (!decisions) return { drafts: [], compiled: { processes: [] }, problems: found, notes: [] }
  const drafts: Drafted[] = [{ kind: 'decisionRequirements', id: decisions.decisionRequirementsId, name: decisions.name }]
  for (const decision of decisions.decisions.values()) drafts.push({ kind: 'decision', id: decision.decisionId, name: decision.name })
  return { drafts, compiled: { processes: [], decisions }, problems: found, notes: [] }
}
