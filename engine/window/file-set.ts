import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Text } from './contract.ts'

/** Texts by their paths, with slashes: files of a disk, of a stored package, or of both together. */
export type FileSet = ReadonlyMap<string, string>

/** What is wrong with a file, and where in it; the text says the way out. */
export interface FileProblem {
  readonly file: string
  /** JSON pointer, element id or line; empty for the file as a whole. */
  readonly place: string
  readonly rule: string
  readonly text: Text
}

/** Every file below a folder, by its path from there; none when there is no such folder. */
export async function readFileSet(folder: string, accepts: (path: string) => boolean = () => true): Promise<FileSet> {
  const paths = (await filesBelow(folder, '')).filter(accepts).sort()
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)))
}

async function filesBelow(folder: string, at: string): Promise<string[]> {
  const entries = await entriesOf(join(folder, at))
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory()) return filesBelow(folder, path)
      return entry.isFile() ? [path] : []
    }),
  )
  return found.flat()
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}

/** The files below a folder of a set, by their paths from there. */
export function filesUnder(files: FileSet, folder: string): FileSet {
  const start = `${folder}/`
  return new Map([...files].flatMap(([path, content]) => (path.startsWith(start) ? [[path.slice(start.length), content] as const] : [])))
}
