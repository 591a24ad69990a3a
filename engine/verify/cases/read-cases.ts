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

/**
 * The cases of a folder `processes/<service>`, sorted by id, each with the rules of `cases/defaults.json` after its own. A case
 * may be of another `service`, when what is tested is how the two meet.
 * None when there is no folder `cases`. @throws Error that names the file and the place in it that is wrong.
 */
export function readCases(serviceFolder: string): readonly CaseToPlay[] {
  const folder = join(serviceFolder, CASES)
  const names = fileNames(folder)
  const defaults = names.includes(DEFAULTS) ? (readChecked(join(folder, DEFAULTS), DEFAULTS_SCHEMA) as unknown as Defaults) : {}
  const files = (name: string) => readJson(join(folder, 'data', name)) as JsonObject
  return names
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .map((name) => {
      const id = name.slice(0, -ENDING.length)
      const { script: usual = [], ...usually } = defaults
      const written = { service: basename(serviceFolder), ...usually, ...readJson(join(folder, name)), id }
      const read = checked(written, join(folder, name), CASE_SCHEMA) as unknown as ProcessCase
      return { played: { ...read, script: [...read.script, ...usual] }, files }
    })
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

function readJson(path: string): object {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new Error(`${path}: expected JSON: ${(error as Error).message}`, { cause: error })
  }
}
function readChecked(path: string, schema: object): object {
  return checked(readJson(path), path, schema)
}

function checked(value: object, path: string, schema: object): object {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  if (ajv.validate(schema, value)) return value
  const found = (ajv.errors ?? []).filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf')
  const told = found.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
  throw new Error(`${path}: ${told.join('; ')}`)
}
