import { fileURLToPath } from 'node:url'

/** Arguments of Node for a program beside this one: built when this one is built, else the source through tsx. */
export function nodeArgs(program: string): readonly string[] {
  const isBuilt = import.meta.url.endsWith('.js')
  // This file and its bundle are both two folders below the root of their tree.
  const file = fileURLToPath(new URL(`../../${program}.${isBuilt ? 'js' : 'ts'}`, import.meta.url))
  return isBuilt ? ['--enable-source-maps', file] : ['--import', 'tsx', file]
}
