import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../kernel/index.ts'
import { CASE_SCHEMA, DEFAULTS_SCHEMA } from './case-schema.ts'
import type { CaseRule, ProcessCase } from './contract.ts'
import type { CaseToPlay } from './play-cases.ts'

const CASES = 'cases'
const ENDING = '.case.json'
const DEFAULTS = 'defaults.json'

/** What is wrong with a file of `cases`, by its path in there. */
export interface CaseProblem {
  readonly file: string
  readonly message: string
}

/**
 * The cases of a folder `processes/<service>`, sorted by id, each with the rules of `cases/defaults.json` after its own. A case
 * may be of another `service`, when what is tested is how the two meet.
 * None when there is no folder `cases`. @throws Error that names the file and the place in it that is wrong.
 */
export function readCases(serviceFolder: string): readonly CaseToPlay[] {
  const folder = join(serviceFolder, CASES)
  const names = fileNames(folder).filter((name) => name === DEFAULTS || name.endsWith(ENDING))
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  const dataOf = (name: string) => readFileSync(join(folder, 'data', name), 'utf8')
  const { cases, problems } = parseCases(basename(serviceFolder), files, dataOf)
  if (problems.length > 0) throw new Error(problems.map(({ file, message }) => `${join(folder, file)}: ${message}`).join('\n'))
  return cases
}

/** The cases of a service among the files of its folder `cases`; those that cannot be read are left out and told. */
export function parseCases(
  service: string,
  files: ReadonlyMap<string, string>,
  dataOf: (name: string) => string,
): { readonly cases: readonly CaseToPlay[]; readonly problems: readonly CaseProblem[] } {
  const problems: CaseProblem[] = []
  const attempt = <T>(file: string, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      problems.push({ file, message: (error as Error).message })
      return undefined
    }
  }
  const common = files.get(DEFAULTS)
  const defaults = common === undefined ? {} : (attempt(DEFAULTS, () => checked(parseJson(common), DEFAULTS_SCHEMA) as Defaults) ?? {})
  const data = (name: string) => {
    try {
      return parseJson(dataOf(name)) as JsonObject
    } catch (error) {
      throw new Error(`${CASES}/data/${name}: ${(error as Error).message}`, { cause: error })
    }
  }
  const { script: usual = [], ...usually } = defaults
  const cases = [...files]
    .filter(([name]) => name.endsWith(ENDING))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, text]) => {
      const id = name.slice(0, -ENDING.length)
      const read = attempt(name, () => checked({ service, ...usually, ...parseJson(text), id }, CASE_SCHEMA) as unknown as ProcessCase)
      return read ? [{ played: { ...read, script: [...read.script, ...usual] }, files: data }] : []
    })
  return { cases, problems }
}

type Defaults = { readonly script?: readonly CaseRule[] } & Partial<ProcessCase>

function fileNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function parseJson(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new Error(`expected JSON: ${(error as Error).message}`, { cause: error })
  }
}

// A service has dozens of cases: compiled once, not once a case.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })

function checked(value: object, schema: object): object {
  const isRight = ajv.compile(schema)
  if (isRight(value)) return value
  const found = (isRight.errors ?? []).filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf')
  const told = found.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
  throw new Error(told.join('; '))
}
