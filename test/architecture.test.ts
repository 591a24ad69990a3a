import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../engine/root.ts'

const ROOT = projectRoot()

interface Source {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly lines: number
  /** Modules it imports: paths from the root for our own, names for packages. Type imports included. */
  readonly imports: readonly string[]
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => read(join(folder, name)))
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const specifiers = [...text.matchAll(/(?:^|\s)(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'/g)].map((match) => match[1] ?? '')
  const imports = specifiers.map((name) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name))
  return { path, text, lines: text.split('\n').length, imports }
}

const sources = ['engine', 'forms', 'designer', 'desk', 'test'].flatMap(sourcesUnder)
const engine = sources.filter(({ path }) => path.startsWith('engine/'))

const roomOf = (path: string): string | undefined => /^(engine\/[a-z]+|forms|designer|desk|test)\//.exec(path)?.[1]

/** Rooms a room may import, through their doors. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'engine/kernel': [],
  'engine/diagram': [],
  'engine/store': ['engine/kernel'],
  'engine/runtime': ['engine/kernel', 'engine/diagram', 'engine/store'],
  'engine/window': ['engine/kernel', 'engine/store', 'engine/runtime'],
  'engine/insight': ['engine/kernel', 'engine/store', 'engine/runtime'],
  'engine/verify': ['engine/kernel', 'engine/store', 'engine/runtime'],
  'engine/access': ['engine/kernel', 'engine/store', 'engine/runtime'],
  'engine/api': ['engine/kernel', 'engine/store', 'engine/runtime', 'engine/window', 'engine/insight', 'engine/verify', 'engine/access'],
  designer: ['engine/kernel', 'engine/diagram', 'engine/api', 'forms'],
  desk: ['engine/kernel', 'engine/api', 'forms'],
}
const DOORS: readonly RegExp[] = [
  /^engine\/[a-z]+\/index\.ts$/,
  /^engine\/api\/contract\.ts$/,
  /^engine\/window\/forms\/index\.ts$/,
  /^engine\/root\.ts$/,
]

/** Files longer than the stop, each with its reason. The list may only shrink. */
const LONGER_THAN_THE_STOP: readonly string[] = []
/** Folders whose files call each other because what they work on nests: a FEEL expression holds expressions. */
const RECURSIVE_BY_NATURE: readonly string[] = ['engine/kernel/expression/']
const STOP_LINES = 500
const STOP_LINES_TEST = 800

describe('rooms', () => {
  test('import only the rooms below them', () => {
    const broken = engine.flatMap(({ path, imports }) => {
      const room = roomOf(path)
      const allowed = room === undefined ? undefined : MAY_IMPORT[room]
      if (!allowed) return []
      return imports
        .filter((target) => {
          const other = roomOf(target)
          return other !== undefined && other !== room && !allowed.includes(other)
        })
        .map((target) => `${path} → ${target}`)
    })

    expect(
      broken,
      'because a room that knows the rooms above it cannot be used without them; move the code down, or hand it in from main.ts',
    ).toEqual([])
  })

  test('are entered through their doors', () => {
    const broken = engine.flatMap(({ path, imports }) =>
      imports
        .filter((target) => {
          const other = roomOf(target)
          return other !== undefined && other !== roomOf(path) && !DOORS.some((door) => door.test(target))
        })
        .map((target) => `${path} → ${target}`),
    )

    expect(broken, 'because what is behind a door may change without asking; export it at the index.ts of its room').toEqual([])
  })

  test('of the kernel import no I/O', () => {
    const broken = engine
      .filter(({ path }) => path.startsWith('engine/kernel/'))
      .flatMap(({ path, imports }) => imports.filter((name) => name.startsWith('node:')).map((name) => `${path} → ${name}`))

    expect(broken, 'because the kernel runs in browsers too (law 1); hand the answer in through env').toEqual([])
  })

  test('have no import cycles', () => {
    const files = engine.filter(({ path }) => !RECURSIVE_BY_NATURE.some((folder) => path.startsWith(folder)))

    expect(cycles(files), 'because two files that need each other are one file; move what both need into a third').toEqual([])
  })
})

describe('the kernel', () => {
  test('reads no clock, rolls no dice and waits for nothing', () => {
    const banned =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bsetInterval\b|\bperformance\.now\b|\bDateTime\.(now|local)\(/
    const broken = engine.filter(({ path, text }) => path.startsWith('engine/kernel/') && banned.test(text)).map(({ path }) => path)

    expect(broken, 'because the same command must give the same events in production, simulation and replay; take it from env').toEqual([])
  })

  test('lets only appliers write the state', () => {
    const broken = engine
      .filter(({ path }) => path.startsWith('engine/kernel/processing/'))
      .filter(({ text }) =>
        /\bstate\.(elements|jobs|userTasks|timers|subscriptions|incidents)\[[^\]]+\]\s*=[^=]|\bdelete\s+(step\.)?state\./.test(text),
      )
      .map(({ path }) => path)

    expect(broken, 'because what processing changes, no replay can rebuild; emit an event and write it in an applier').toEqual([])
  })

  test('has a row for every element file', () => {
    const files = readdirSync(join(ROOT, 'engine/kernel/processing/element')).sort()
    const registry = read('engine/kernel/processing/processors.ts')
    const registered = registry.imports
      .flatMap((target) => (target.includes('/element/') ? [relative('engine/kernel/processing/element', target)] : []))
      .sort()

    expect(registered, 'because an element without a row is never executed; add it to processors.ts').toEqual(files)
  })
})

describe('every source file', () => {
  test('is short enough to be read', () => {
    const tooLong = sources
      .filter(({ path, lines }) => lines > (path.startsWith('test/') ? STOP_LINES_TEST : STOP_LINES))
      .map(({ path, lines }) => `${path}: ${lines} lines`)

    expect(tooLong, 'because a file that is too long holds more than one thing; split it by thing').toEqual([...LONGER_THAN_THE_STOP])
  })

  test('has a name that says what is in it', () => {
    const broken = sources
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^[a-z0-9-]+(\.test)?\.tsx?$/.test(path.split('/').at(-1) ?? '') ||
          /\/(utils?|helpers?|types|common|misc)(\.ts|\/)/.test(path.replace('test/helpers/', '')),
      )

    expect(
      broken,
      'because a drawer called utils is where things get lost; name the file after the one thing in it, in kebab-case',
    ).toEqual([])
  })

  test('is finished', () => {
    const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].map((word) => `\\b${word}\\b`).join('|'))
    const open = sources.filter(({ text }) => marks.test(text) || /\b(test|it|describe)\.only\(/.test(text)).map(({ path }) => path)

    expect(open, 'because a mark in the code is forgotten; finish it or file it').toEqual([])
  })

  test('has named exports only', () => {
    const broken = sources.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path)

    expect(broken, 'because a thing has one name everywhere').toEqual([])
  })
})

/** Import cycles among the files, type imports left out: they are gone at run time. */
function cycles(files: readonly Source[]): string[] {
  const graph = new Map(
    files.map(({ path, text }) => {
      const targets = [...text.matchAll(/(?:^|\n)(?:import|export)\s(?!type\s)([^'";]*?\sfrom\s)?'(\.[^']+)'/g)]
        .filter((match) => !/^\{\s*(type\s[^,}]+,?\s*)+\}\s+from\s$/.test(match[1] ?? ''))
        .map((match) => normalize(join(dirname(path), match[2] ?? '')))
      return [path, targets] as const
    }),
  )
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      found.push([...trail.slice(at), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
