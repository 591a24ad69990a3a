import type { FileProblem, FileSet } from '../file-set.ts'
import type { PackageFile } from './package-contract.ts'

const NAME = '[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*'
const ALLOWED: readonly RegExp[] = [
  'processes/[a-z][a-z0-9-]*/service\\.json',
  `processes/[a-z][a-z0-9-]*/${NAME}\\.(bpmn|dmn|md)`,
  `processes/[a-z][a-z0-9-]*/cases/(defaults|${NAME}\\.case)\\.json`,
  `processes/[a-z][a-z0-9-]*/cases/data/${NAME}\\.json`,
  `forms/dictionary/${NAME}\\.schema\\.json`,
  `forms/declarations/${NAME}\\.(schema|rules)\\.json`,
  `forms/decisions/${NAME}\\.form\\.json`,
  `forms/messages/[a-z][a-z0-9-]*/${NAME}\\.(xml|json|edi)\\.hbs`,
  `forms/documents/${NAME}\\.(pdf|html|xml|json)\\.hbs`,
  `forms/(codelists|answers|imports|examples)/${NAME}\\.json`,
].map((pattern) => new RegExp(`^${pattern}$`, 'u'))
const SERVICE_FILE = /^processes\/([^/]+)\/service\.json$/
const WAY_OUT = {
  en: 'a package holds processes/<id>/ (service.json, .bpmn, .dmn, cases) and files of forms/ (dictionary, declarations, decisions, messages/<agency>, documents, codelists, answers, imports, examples)',
  zh: '服务包应包含 processes/<id>/（service.json、.bpmn、.dmn、cases）及 forms/ 下的文件（dictionary、declarations、decisions、messages/<机构>、documents、codelists、answers、imports、examples）',
}

export interface ReadPaths {
  /** Absent when there is none, or none that may be. */
  readonly service?: string
  /** Those at a place that is right. */
  readonly files: FileSet
  readonly problems: readonly FileProblem[]
}

/** The one service that the files are of, and what is wrong with their paths. */
export function readPaths(files: readonly PackageFile[]): ReadPaths {
  const services = files.flatMap(({ path }) => SERVICE_FILE.exec(path)?.[1] ?? [])
  const [service] = services
  const problems: FileProblem[] = []
  const refuse = (file: string, en: string, zh: string) => problems.push({ file, place: '', rule: 'PATH', text: { en, zh } })
  const placed = new Map<string, string>()
  for (const { path, content } of files) {
    if (placed.has(path)) refuse(path, 'Expected each path once, found it twice; leave one out', '每个路径只能出现一次；请删去重复的文件')
    else if (!ALLOWED.some((allowed) => allowed.test(path)))
      refuse(path, `Expected a path of a service, found ${path}; ${WAY_OUT.en}`, `路径 ${path} 不属于服务文件；${WAY_OUT.zh}`)
    else if (service !== undefined && path.startsWith('processes/') && !path.startsWith(`processes/${service}/`))
      refuse(
        path,
        `Expected files of the one service ${service}, found ${path}; deploy each service by itself`,
        `一个服务包只含一个服务（${service}），实际含 ${path}；请分别部署`,
      )
    else placed.set(path, content)
  }
  if (service === undefined)
    refuse(
      'processes/<id>/service.json',
      'Expected a service.json, found none; add processes/<id>/service.json',
      '缺少 service.json；请加入 processes/<id>/service.json',
    )
  else if (service === 'shared')
    refuse(
      'processes/shared/service.json',
      'Expected the id of a service, found shared, where processes lie that several services call; choose another id',
      'shared 为公用流程目录，不能作为服务编号；请另选编号',
    )
  return { ...(service === undefined || service === 'shared' ? {} : { service }), files: placed, problems }
}
