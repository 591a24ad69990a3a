import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type CaseResult, type CaseToPlay, parseCases, playCases } from '../../verify/index.ts'
import type { Agency, FileProblem, FileSet, PreparedPackage } from '../../window/index.ts'
import type { ApiParts } from '../api-parts.ts'
import { TrialWorld } from './trial-world.ts'

export interface PlayedCases {
  /** How many there are. */
  readonly played: number
  /** Those that do not hold. */
  readonly problems: readonly FileProblem[]
}

/** One trial at a time, real ms. */
const LIMIT_MS = 120_000

let last: Promise<unknown> = Promise.resolve()

/** The package's cases, and those that cannot be read. */
export function readPackageCases({ service, files }: PreparedPackage): {
  readonly cases: readonly CaseToPlay[]
  readonly problems: readonly FileProblem[]
} {
  const folder = `processes/${service}/cases/`
  const inside = new Map(
    [...files].flatMap(([path, text]) => (path.startsWith(folder) ? [[path.slice(folder.length), text] as const] : [])),
  )
  const { cases, problems } = parseCases(service, inside, (name) => {
    const text = inside.get(`data/${name}`)
    if (text === undefined) throw new Error(`Expected ${folder}data/${name}, found none`)
    return text
  })
  return { cases, problems: problems.map(({ file, message }) => caseProblem(`${folder}${file}`, message)) }
}

/** Plays the cases of a package that is otherwise sound, in a world of its own beside the running one. */
export async function playPackage(parts: ApiParts, prepared: PreparedPackage, cases: readonly CaseToPlay[]): Promise<PlayedCases> {
  const { offer } = prepared
  if (cases.length === 0 || !offer) return { played: 0, problems: [] }
  const trial = last.then(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trial-'))
    try {
      const processesFolder = join(folder, 'processes')
      const { processes } = await parts.window.packages.filesWith(prepared)
      await writeFiles(processesFolder, neededFor(prepared.service, processes, await parts.window.agencies()))
      const { zone } = parts.settings
      // Cases that name their day are played on it, also when it has passed.
      const from = Math.min(parts.engine.clock.now(), ...cases.flatMap(({ played }) => (played.start ? [Date.parse(played.start)] : [])))
      const world = await TrialWorld.open({ dataDir: join(folder, 'data'), processesFolder, forms: offer.forms, from, zone })
      try {
        return await within(LIMIT_MS, playCases(cases, world, zone))
      } finally {
        await world.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
  last = trial.catch(() => undefined)
  const results = await trial
  return { played: cases.length, problems: results === undefined ? [tooLong(prepared.service)] : results.flatMap(resultProblems) }
}

function resultProblems({ service, id, faults }: CaseResult): readonly FileProblem[] {
  return faults.map((fault) => caseProblem(`processes/${service}/cases/${id}.case.json`, fault))
}

function caseProblem(file: string, message: string): FileProblem {
  return { file, place: '', rule: 'CASE', text: { en: message, zh: `用例未通过：${message}` } }
}

function tooLong(service: string): FileProblem {
  const seconds = LIMIT_MS / 1_000
  const text = {
    en: `Expected the cases to be played within ${seconds} s, but they were not; deploy with fewer of them, or with cases=skip`,
    zh: `用例未能在 ${seconds} 秒内执行完毕；请减少用例，或以 cases=skip 部署`,
  }
  return { file: `processes/${service}/cases`, place: '', rule: 'CASE', text }
}

/** Undefined when it takes longer. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The service, what it calls and opens, however deep, and the files that are of no service; most of the others would only take time. */
function neededFor(service: string, processes: FileSet, agencies: readonly Agency[]): FileSet {
  const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')
  const needed = new Set(['', 'shared', service])
  const others = new Set([...processes.keys()].map(folderOf))
  for (let grew = true; grew; ) {
    grew = false
    const texts = [...processes].filter(([path]) => path.endsWith('.bpmn') && needed.has(folderOf(path))).map(([, text]) => text)
    for (const other of others) {
      if (needed.has(other) || !texts.some((text) => text.includes(`"${other}"`))) continue
      needed.add(other)
      grew = true
    }
  }
  const kept = [...processes].filter(([path]) => needed.has(folderOf(path)) && !path.includes('/cases/'))
  return new Map([...kept, ['agencies.json', JSON.stringify(agencies)] as const])
}

async function writeFiles(folder: string, files: FileSet): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}
