import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'

/** The schema files of a folder of `forms/`, as written, by name. */
export function schemaFiles(folder: 'dictionary' | 'declarations'): ReadonlyMap<string, JsonObject> {
  return jsonFiles(folder, '.schema.json')
}

/** The JSON files of a folder of `forms/` with that ending, by what stands before it. */
export function jsonFiles(folder: string, ending: string): ReadonlyMap<string, JsonObject> {
  const path = join(projectRoot(), 'forms', folder)
  const names = readdirSync(path).filter((name) => name.endsWith(ending))
  return new Map(
    names.sort().map((name) => [name.slice(0, -ending.length), JSON.parse(readFileSync(join(path, name), 'utf8')) as JsonObject]),
  )
}
