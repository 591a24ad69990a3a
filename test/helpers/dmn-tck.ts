import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { parseDmn } from '../../engine/kernel/decision/index.ts'
import { type FeelValue, readDate, readDateTime, readDuration, readTime, toJson } from '../../engine/kernel/expression/index.ts'
import type { Json } from '../../engine/kernel/record/json.ts'
import { projectRoot } from '../../engine/root.ts'

/** Where the DMN technology compatibility kit lies; undefined when it was not fetched. */
export function tckFolder(): string | undefined {
  const folder = join(process.env.CONFORMANCE_DIR ?? join(projectRoot(), '..', 'shared', 'conformance'), 'dmn-tck')
  return existsSync(folder) ? folder : undefined
}

export interface TckFailure {
  readonly test: string
  readonly why: string
}

export interface TckScore {
  passed: number
  readonly passes: string[]
  readonly failures: TckFailure[]
}

type Node = Record<string, unknown>

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  removeNSPrefix: true,
  isArray: (name) => ['testCase', 'inputNode', 'resultNode', 'component', 'item'].includes(name),
})

const readers: Readonly<Record<string, (text: string) => FeelValue>> = {
  decimal: Number,
  double: Number,
  integer: Number,
  boolean: (text) => text === 'true',
  date: readDate,
  time: readTime,
  dateTime: readDateTime,
  duration: readDuration,
}

function readValue(holder: Node): FeelValue {
  if (Array.isArray(holder.component)) {
    return Object.fromEntries(holder.component.map((part: Node) => [String(part['@name']), readValue(part)]))
  }
  if (holder.list !== undefined) {
    const list = holder.list as Node
    if (list['@nil'] === 'true') return null
    return ((list.item as Node[] | undefined) ?? []).map((item) => (typeof item === 'object' ? readValue(item) : null))
  }
  const { value } = holder
  if (typeof value === 'string') return value
  const typed = value as Node | undefined
  if (typed === undefined || typed['@nil'] === 'true') return null
  const text = String(typed['#text'] ?? '')
  const type = String(typed['@type'] ?? 'string').replace(/^.*:/, '')
  return readers[type]?.(text.trim()) ?? text
}

/** Numbers agree to eight digits, as many as the kit writes; a context entry that is absent agrees with null. */
function agrees(actual: Json, expected: Json): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= 1e-8 * Math.max(1, Math.abs(expected))
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && actual.every((item, index) => agrees(item, expected[index] ?? null))
  }
  if (isObject(actual) && isObject(expected)) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
    return [...keys].every((key) => agrees(actual[key] ?? null, expected[key] ?? null))
  }
  return actual === expected
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Runs every test of a compliance level. */
export async function runTck(level: string): Promise<TckScore> {
  const folder = join(tckFolder() ?? '', level)
  const score: TckScore = { passed: 0, passes: [], failures: [] }
  for (const name of readdirSync(folder).sort()) await runTckFolder(join(folder, name), score)
  return score
}

/** Runs the tests of one model and adds them to the score. */
export async function runTckFolder(folder: string, score: TckScore): Promise<void> {
  for (const file of readdirSync(folder).filter((name) => /-test-.*\.xml$/.test(name))) {
    const cases = (parser.parse(readFileSync(join(folder, file), 'utf8')) as { testCases: Node }).testCases
    const modelName = cases.modelName
    const model = readFileSync(
      join(folder, typeof modelName === 'string' ? modelName.trim() : String((modelName as Node)['#text'])),
      'utf8',
    )
    const { decisions, problems } = await parseDmn(model)
    for (const testCase of cases.testCase as Node[]) {
      const inputs = new Map(((testCase.inputNode as Node[] | undefined) ?? []).map((node) => [String(node['@name']), readValue(node)]))
      for (const result of (testCase.resultNode as Node[] | undefined) ?? []) {
        const wanted = String(testCase['@type'] === 'decisionService' ? testCase['@invocableName'] : result['@name'])
        const label = `${file} ${String(testCase['@id'])} ${wanted}`
        const expected = toJson(readValue((result.expected as Node | undefined) ?? {}))
        if (!decisions) {
          score.failures.push({ test: label, why: `refused: ${problems.map((problem) => problem.message).join(' | ')}` })
          continue
        }
        const decision = [...decisions.decisions.values()].find((known) => known.name === wanted)
        const outcome = decision?.evaluate((input) => inputs.get(input), { now: Date.UTC(2026, 5, 1), zone: 'UTC' })
        // a mistake we name is null for the kit
        const output = outcome?.ok ? outcome.output : null
        // of a service with several outputs the kit asks for each by name
        const named = String(result['@name'])
        const actual = testCase['@type'] === 'decisionService' && isObject(output) && named in output ? (output[named] ?? null) : output
        if (decision && agrees(actual, expected)) {
          score.passed++
          score.passes.push(label)
        } else {
          const message = outcome && !outcome.ok ? ` (${outcome.message})` : ''
          score.failures.push({ test: label, why: `expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}${message}` })
        }
      }
    }
  }
}
