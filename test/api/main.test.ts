import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readConfiguration } from '../../engine/configuration.ts'
import { projectRoot } from '../../engine/root.ts'
import { PASSWORD } from '../helpers/access-harness.ts'

let folder: string
const children: ChildProcess[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly child: ChildProcess
  /** What was printed so far. */
  output(): string
  errors(): string
}

function run(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'engine/main.ts', ...args], {
    cwd: projectRoot(),
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.push(child)
  const texts = { output: '', errors: '' }
  child.stdout?.on('data', (chunk) => {
    texts.output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    texts.errors += chunk
  })
  return { child, output: () => texts.output, errors: () => texts.errors }
}
async function ended(of: Run): Promise<number | null> {
  if (of.child.exitCode !== null) return of.child.exitCode
  const [code] = await once(of.child, 'close')
  return code
}
async function ready(of: Run): Promise<string> {
  await expect.poll(() => of.output() + of.errors(), { timeout: 20_000 }).toMatch(/is ready at http/)
  return /http:\S+/.exec(of.output())?.[0] ?? ''
}

describe('a wrong configuration', () => {
  test.each([
    [['--prot', '80'], {}, '--help lists the options'],
    [['--port', 'eighty'], {}, 'Expected --port to be a number from 0 to 65535, but found "eighty"'],
    [['--zone', 'Mars/Olympus'], {}, 'IANA zone'],
    [['--demo-accounts', 'x.json'], {}, 'Expected SINGLE_WINDOW_DEMO=1'],
    [['--clock-factor', '60'], {}, 'Expected SINGLE_WINDOW_DEMO=1'],
    [['--clock-factor', '60'], { SINGLE_WINDOW_DEMO: '1' }, 'together'],
  ])('%j is told', (args, env, told) => {
    expect(() => readConfiguration(args, env)).toThrow(told)
  })

  test('takes flags before the environment, and that before defaults', () => {
    expect(readConfiguration([], {})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      zone: 'Asia/Shanghai',
      bodyLimitBytes: 4_194_304,
      openApi: false,
    })
    expect(readConfiguration([], { PORT: '81' })).toMatchObject({ port: 81 })
    expect(readConfiguration(['--port', '82'], { PORT: '81' })).toMatchObject({ port: 82 })
  })
})

describe('the program', () => {
  test('says how to make an administrator, makes one, and lets it sign in', async () => {
    const data = join(folder, 'admin')
    const first = run(['--port', '0', '--data', data])
    await ready(first)
    expect(first.errors()).toContain('npm start -- --create-admin NAME')
    expect(first.errors()).toContain('Stop this server first')
    first.child.kill('SIGTERM')
    expect(await ended(first)).toBe(0)

    const typed = run(['--data', data, '--create-admin', 'root'])
    typed.child.stdin?.end(`${PASSWORD}\n`)
    expect([await ended(typed), typed.output()]).toEqual([0, expect.stringContaining('Administrator root can sign in')])

    const second = run(['--port', '0', '--data', data])
    const url = await ready(second)
    expect(second.errors()).not.toContain('--create-admin')
    const signedIn = await fetch(`${url}/access/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'root', password: PASSWORD }),
    })
    expect(signedIn.status).toBe(200)
    second.child.kill('SIGINT')
    expect(await ended(second)).toBe(0)
  })

  test('ends with one line when its port is taken, its address is not its own, or its data cannot be kept', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['--port', String(port), '--data', join(folder, 'taken')], 'another program listens there'],
      [['--host', '192.0.2.1', '--port', '0', '--data', join(folder, 'host')], 'no such address'],
      [['--port', '0', '--data', join(file, 'data')], 'cannot be created'],
      [['--port', '0', '--data', file], 'cannot be created'],
      [['--port', '0', '--data', '/proc/nothing/here'], 'cannot be created'],
    ]
    for (const [args, told] of cases) {
      const program = run([...args, '--log-level', 'silent'])
      expect(await ended(program)).toBe(1)
      expect(program.errors().trim().split('\n').at(-1)).toContain(told)
      expect(program.errors()).not.toMatch(/^ {4}at /m)
    }
    taken.close()
  }, 60_000)

  test('refuses 20 MB over a real connection, and stops within a moment while clients wait for work', async () => {
    const apiKey = `swk_0123456789abcdef_${'z'.repeat(43)}`
    const file = join(folder, 'accounts.json')
    writeFileSync(file, JSON.stringify([{ name: 'customs-system', roles: ['agency'], agency: 'customs', apiKey }]))
    const program = run(['--port', '0', '--data', join(folder, 'stop'), '--demo-accounts', file], { SINGLE_WINDOW_DEMO: '1' })
    const url = await ready(program)
    for (const length of [{ 'content-length': '20000000' }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await post(
        `${url}/v2/jobs/activation`,
        { ...length, authorization: `Bearer ${apiKey}` },
        Buffer.alloc(20_000_000, 'x'),
      )
      expect([answer.status, answer.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    }
    const poll = fetch(`${url}/v2/jobs/activation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ type: 'agency.customs', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 60_000 }),
    })
    // A second request tells that the first has arrived.
    await fetch(`${url}/v2/authentication/me`, { headers: { authorization: `Bearer ${apiKey}` } })

    program.child.kill('SIGTERM')

    expect(await (await poll).json()).toEqual({ jobs: [] })
    expect(await ended(program)).toBe(0)
  })
})

function post(url: string, headers: Record<string, string>, body: Buffer): Promise<{ status: number | undefined; body: { code: string } }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
