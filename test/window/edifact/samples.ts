import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../engine/root.ts'

/** Sample interchanges that lie beside the project, where they do. */
const FOLDER = join(projectRoot(), '..', 'shared', 'domain', 'samples')

export const samples: readonly { readonly name: string; readonly text: string }[] = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((name) => name.endsWith('.edi'))
      .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }))
  : []

export function sample(name: string): string | undefined {
  return samples.find((each) => each.name === name)?.text
}

if (samples.length === 0) process.stdout.write(`No sample interchanges in ${FOLDER}: the tests of them are skipped\n`)
