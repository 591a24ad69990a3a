import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a directory and those above it, one by one: asked for all at once, Node never returns where a file system takes none (`/proc`). */
export function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = directory; !exists(at); at = dirname(at)) missing.unshift(at)
  for (const each of missing) mkdirSync(each)
  if (!statSync(directory).isDirectory()) throw new Error(`${directory} is a file`)
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
