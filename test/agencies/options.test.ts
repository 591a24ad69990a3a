import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OptionError, readOptions } from './options.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agencies-options-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  try {
    readOptions(args, env)
  } catch (error) {
    if (error instanceof OptionError) return error.message
    throw error
  }
  return 'none'
}

describe('options of the agencies', () => {
  test('say in one line what is missing or unknown', () => {
    expect(refusal([])).toMatch(/^Expected --connect URL or --keys FILE: .*--help\)$/)
    expect(refusal(['--frob=1'])).toBe("Unknown option '--frob'; npm run agencies -- --help lists the options")
    expect(refusal(['--connect', 'here'])).toContain('found "here"')
    expect(refusal(['--connect', 'http://127.0.0.1:1'])).toContain('Expected --admin NAME')
    expect(refusal(['--connect', 'http://127.0.0.1:1', '--admin', 'ann'])).toContain('AGENCIES_ADMIN_PASSWORD')
  })

  test('say what is wrong with a file of keys', () => {
    const file = join(folder, 'keys.json')
    expect(refusal(['--keys', file])).toContain('no such file')
    writeFileSync(file, '[nonsense')
    expect(refusal(['--keys', file])).toContain(`Expected keys of the agencies in ${file}`)
  })

  test('take an administrator whose password is in the environment', () => {
    const options = readOptions(['--connect', 'http://127.0.0.1:8080/', '--admin', 'ann'], { AGENCIES_ADMIN_PASSWORD: 'secret' })

    expect(options).toMatchObject({
      windowUrl: 'http://127.0.0.1:8080',
      outageRate: 0,
      connect: { windowUrl: 'http://127.0.0.1:8080', admin: 'ann', password: 'secret' },
    })
  })
})
