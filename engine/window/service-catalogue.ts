import { type Engine, EngineFailure } from '../runtime/index.ts'
import type { Service } from './contract.ts'
import { compileFacts, type FactExpressions } from './declaration-facts.ts'
import { type FileProblem, type FileSet, filesUnder, readFileSet } from './file-set.ts'
import { parseServiceFile } from './service-file.ts'
import { TENANT, WINDOW_ACTOR } from './window-parts.ts'

/** Every service the window offers. */
export interface ServiceCatalogue {
  all(): readonly Service[]
  find(id: string): Service | undefined
  /** Compiled facts of a service. */
  facts(id: string): FactExpressions
}

/** What lies in the processes folder: the services, and the models they are made of. */
export interface ProcessesFolder {
  readonly services: ServiceCatalogue
  /** Models a folder, those of `shared` first, for the others may call them. */
  readonly models: readonly { readonly folder: string; readonly resources: readonly Resource[] }[]
}
interface Resource {
  readonly name: string
  readonly content: string
}

export const SERVICE_FILE = 'service.json'
/** Models that several services call. It is no service itself. */
export const SHARED_FOLDER = 'shared'
const MODEL_FILE = /\.(bpmn|dmn)$/

/**
 * Reads `<folder>/<id>/service.json` and the models beside it. A folder without `service.json` holds no service and is passed over.
 * @throws Error naming every file and place at fault; a window with half its services must not open.
 */
export async function readProcessesFolder(folder: string): Promise<ProcessesFolder> {
  const { processes, problems } = parseProcesses(await readFileSet(folder, isProcessFile))
  if (problems.length > 0) {
    const lines = problems.map(({ file, place, text }) => `${file} ${place === '' ? '' : `${place}: `}${text.en}`)
    throw new Error(`The services of ${folder} cannot be read:\n${lines.join('\n')}`)
  }
  return processes
}

/** What the window itself needs of a service's folder; cases and explanations lie beside it. */
export function isProcessFile(path: string): boolean {
  const [, name, ...deeper] = path.split('/')
  return name !== undefined && deeper.length === 0 && (name === SERVICE_FILE || MODEL_FILE.test(name))
}

/** The services and models of files of the processes folder, by their paths in it. What cannot be read is left out and told. */
export function parseProcesses(files: FileSet): { readonly processes: ProcessesFolder; readonly problems: readonly FileProblem[] } {
  const services = new Map<string, Service>()
  const facts = new Map<string, FactExpressions>()
  const models: { folder: string; resources: Resource[] }[] = []
  const problems: FileProblem[] = []
  const names = [...new Set([...files.keys()].filter(isProcessFile).map((path) => path.split('/')[0] ?? ''))]
  for (const name of names.sort((a, b) => Number(b === SHARED_FOLDER) - Number(a === SHARED_FOLDER) || a.localeCompare(b))) {
    const inside = filesUnder(files, name)
    if (name !== SHARED_FOLDER) {
      const content = inside.get(SERVICE_FILE)
      if (content === undefined) continue
      const read = readService(name, content)
      problems.push(...read.problems.map((problem) => toFileProblem(`${name}/${SERVICE_FILE}`, problem)))
      if (!read.service) continue
      services.set(name, read.service)
      facts.set(name, read.facts)
    }
    const resources = [...inside].filter(([file]) => !file.includes('/') && MODEL_FILE.test(file)).sort(byPath)
    if (resources.length > 0)
      models.push({ folder: name, resources: resources.map(([file, content]) => ({ name: `${name}/${file}`, content })) })
  }
  return { processes: { services: toCatalogue(services, facts), models }, problems }
}

function byPath([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}

/** Problems come as `<place>: <what is wrong>`, the place being a pointer or a name such as `facts.x`. */
function toFileProblem(file: string, problem: string): FileProblem {
  const [, place = '', message = problem] = /^(\/\S*|facts\.\w+): (.*)$/s.exec(problem) ?? []
  return { file, place, rule: 'SERVICE', text: { en: message, zh: message } }
}

/**
 * Deploys the models as they lie there; unchanged content makes no new version.
 * @throws Error when a model is refused, or a service names a process that no model holds.
 */
export async function deployModels(engine: Engine, processes: ProcessesFolder): Promise<void> {
  for (const { folder, resources } of processes.models) {
    try {
      await engine.deploy({ resources, tenantId: TENANT, actor: WINDOW_ACTOR })
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error
      const places = error.problems.map((p) => `${p.resource} ${p.elementId}: ${p.message} (${p.rule})`)
      throw new Error([`The models of processes/${folder} are refused: ${error.message}`, ...places].join('\n'), { cause: error })
    }
  }
  for (const service of processes.services.all()) {
    if (engine.definitions.latest('process', service.bpmnProcessId, TENANT)) continue
    throw new Error(
      `${service.id}/${SERVICE_FILE} /bpmnProcessId: expected the id of a deployed process, found ${service.bpmnProcessId}; put its .bpmn beside the file`,
    )
  }
}

function readService(
  folder: string,
  content: string,
): { readonly service?: Service; readonly facts: FactExpressions; readonly problems: readonly string[] } {
  const parsed = parseServiceFile(content)
  if (!parsed.ok) return { facts: new Map(), problems: parsed.problems }
  const { expressions, problems } = compileFacts(parsed.service.facts)
  const misplaced = parsed.service.id === folder ? [] : [`/id: expected the folder's name ${folder}, found ${parsed.service.id}`]
  const found = [...misplaced, ...problems]
  return { ...(found.length === 0 ? { service: parsed.service } : {}), facts: expressions, problems: found }
}

function toCatalogue(services: ReadonlyMap<string, Service>, facts: ReadonlyMap<string, FactExpressions>): ServiceCatalogue {
  return {
    all: () => [...services.values()],
    find: (id) => services.get(id),
    facts: (id) => facts.get(id) ?? new Map(),
  }
}
