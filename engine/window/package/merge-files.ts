import { type FileSet, filesUnder } from '../file-set.ts'

/** The tree of files on disk: `processes/` and `forms/`, by the paths in them. */
export interface FileTree {
  readonly processes: FileSet
  readonly forms: FileSet
}
/** The active package of a service. */
export interface ActivePackage {
  readonly service: string
  /** By paths in the tree. */
  readonly files: FileSet
}

/** A service's package stands in place of its folder on disk; its files of `forms/` lie over those on disk. */
export function mergeFiles(disk: FileTree, packages: readonly ActivePackage[]): FileTree {
  const packaged = new Set(packages.map(({ service }) => service))
  const processes = new Map([...disk.processes].filter(([path]) => !packaged.has(path.split('/')[0] ?? '')))
  const forms = new Map(disk.forms)
  for (const { files } of packages) {
    for (const [path, content] of filesUnder(files, 'processes')) processes.set(path, content)
    for (const [path, content] of filesUnder(files, 'forms')) forms.set(path, content)
  }
  return { processes: sorted(processes), forms: sorted(forms) }
}

function sorted(files: FileSet): FileSet {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}
