import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let demo: ChildProcess | undefined
/** Where the demonstration makes its own temporary folder. */
let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'demo-test-'))
})
afterEach(() => {
  demo?.kill('SIGKILL')
  rmSync(temporary, { recursive: true, force: true })
})

interface Output {
  out: string
  err: string
}
function startDemo(...flags: string[]): { readonly child: ChildProcess; readonly output: Output } {
  return startDemoIn({}, ...flags)
}
function startDemoIn(env: NodeJS.ProcessEnv, ...flags: string[]): { readonly child: ChildProcess; readonly output: Output } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/demo/main.ts', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, ...env },
  })
  const output: Output = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.err += chunk
  })
  demo = child
  return { child, output }
}
async function outputHas(output: Output, pattern: RegExp): Promise<string> {
  await expect.poll(() => output.out + output.err, { timeout: 60_000, interval: 50 }).toMatch(pattern)
  return (output.out + output.err).match(pattern)?.[1] ?? ''
}

async function shell(line: string): Promise<string> {
  return (await promisify(execFile)('bash', ['-c', line])).stdout
}

const demoFolders = () => readdirSync(temporary).filter((name) => name.startsWith('single-window-demo-'))

describe('npm run demo', () => {
  test('brings declarations to their expected ends through a kill, and says so in one line of JSON', async () => {
    const { child, output } = startDemo(
      '--once',
      '--json',
      '--kill=1',
      '--scenario=wrong-data,withdrawn',
      '--service=none',
      '--clock-factor=1200',
      '--time-limit=150',
    )

    const [code] = await once(child, 'close')

    expect(code, output.err).toBe(0)
    expect(output.err).not.toContain('MaxListenersExceededWarning')
    expect(output.out.trim().split('\n')).toHaveLength(1)
    const result = JSON.parse(output.out)
    expect(result).toMatchObject({ kills: 1, lost: 0, appliedTwice: 0, store: 'sqlite', clockFactor: 1200 })
    expect(result.declarations.length).toBeGreaterThanOrEqual(2)
    expect(result.foldsChecked).toBe(result.declarations.length)
    expect(result.declarations[0]).toMatchObject({ service: 'goods-export', scenario: 'wrong-data', expected: 'exported', end: 'exported' })
    expect(result.declarations[1]).toMatchObject({ scenario: 'withdrawn', expected: 'withdrawn', end: 'withdrawn' })
  }, 180_000)

  test('leaves no process and no folder behind when it is interrupted', async () => {
    const { child, output } = startDemo('--scenario=green', '--service=none')
    const url = await outputHas(output, /Single window at (http:\S+),/)
    await outputHas(output, /green {2}filed/)
    expect(demoFolders()).toHaveLength(1)

    child.kill('SIGINT')
    const [code] = await once(child, 'close')

    expect(code).toBe(130)
    await expect(fetch(`${url}/health/live`)).rejects.toThrow()
    expect(demoFolders()).toEqual([])
  }, 180_000)

  test('leaves two declarations open, with command lines that show them', async () => {
    const { child, output } = startDemo('--scenario=withdrawn', '--clock-factor=1200', '--service=none')
    await outputHas(output, /The server (stays) up/)
    const [officer = '', enterprise = ''] = output.out.split('\n').filter((line) => /^(curl|for) /.test(line))

    const { items } = JSON.parse(await shell(officer))
    const [chinese, english] = (await shell(enterprise.replace('en zh', 'zh en')))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

    expect(items).toMatchObject([{ elementId: 'customs-review', name: 'Review the documents' }])
    expect(chinese).toMatchObject({
      state: 'in-progress',
      nextActions: expect.arrayContaining([expect.objectContaining({ action: 'task' })]),
    })
    expect([chinese.stateName, english.stateName]).toEqual(['办理中', 'In progress'])
    child.kill('SIGINT')
    await expect(once(child, 'close')).resolves.toEqual([0, null])
  }, 180_000)

  test('says what it can do', async () => {
    const { child, output } = startDemo('--help')

    const [code] = await once(child, 'close')

    expect(code).toBe(0)
    expect(output.out).toContain('--kill N')
  })

  test('refuses a scenario that it does not have, naming those it has', async () => {
    const { child, output } = startDemo('--scenario=purple')

    const [code] = await once(child, 'close')

    expect(code).toBe(1)
    expect(output.err).toContain('Expected --scenario to name some of green, yellow')
  })
  test('without a FerretDB says how to get one', async () => {
    const { child, output } = startDemoIn({ PATH: temporary }, '--once', '--store=ferretdb')

    const [code] = await once(child, 'close')

    expect(code).toBe(1)
    expect(output.err).toContain('.ci/install-ferretdb')
    expect(output.err).not.toMatch(/^ {4}at /m)
  })
})
