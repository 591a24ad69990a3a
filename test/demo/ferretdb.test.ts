import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findFerretDb } from '../helpers/ferretdb.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferretdb-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, exitCode: number): string {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\nexit ${exitCode}\n`, { mode: 0o755 })
  return file
}

describe('a FerretDB', () => {
  test('is the first that tells its version, past those that are not there or panic', () => {
    const panics = program('panics', 2)
    const works = program('works', 0)

    expect(findFerretDb(() => [join(folder, 'missing'), panics, works, program('later', 0)])).toBe(works)
  })

  test('is not found when none works', () => {
    expect(findFerretDb(() => [program('panics', 2)])).toBeUndefined()
  })
})
