import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { projectRoot } from '../../engine/root.ts'
import { betsy, betsyFeel, betsyFeelJob } from './betsy.ts'
import { betsyConstraints, betsyConstraintsOk } from './constraints.ts'
import { dmnTck } from './dmn.ts'
import { INTERCHANGE_SUITES } from './interchange.ts'
import type { Suite } from './suite.ts'
import { zeebeBpmn } from './zeebe.ts'

export const SUITES: readonly Suite[] = [
  betsyFeelJob,
  betsyFeel,
  betsy,
  zeebeBpmn,
  betsyConstraints,
  betsyConstraintsOk,
  ...INTERCHANGE_SUITES,
  dmnTck,
]

/** The folder of all suites; undefined when it was not fetched. `$CONFORMANCE_DIR` names another. */
export function suitesFolder(): string | undefined {
  const folder = process.env.CONFORMANCE_DIR ?? join(projectRoot(), '..', 'shared', 'conformance')
  return existsSync(folder) ? folder : undefined
}

/** The suite of a folder, and the folder that holds it with its index; undefined when its name is none of ours. */
export function findSuite(folder: string): { readonly suite: Suite; readonly root: string } | undefined {
  const path = resolve(folder)
  // The files to refuse lie inside the files to run.
  const [name, root] =
    basename(path) === 'bpmn_constraints' ? ['betsy-constraints', dirname(dirname(path))] : [basename(path), dirname(path)]
  const suite = SUITES.find((known) => known.name === name)
  return suite && { suite, root }
}
