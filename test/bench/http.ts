import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Agent, request } from 'undici'
import { projectRoot } from '../../engine/root.ts'
import { JOBS, nineElements, VARIABLES } from './nine-elements.ts'

/** Whole instances a second over HTTP: the server in a process of its own, the worker in this one. */
export async function benchHttp(forMs: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'single-window-bench-'))
  const { server, url } = await startServer(dataDir)
  const agent = new Agent({ connections: 64, pipelining: 1 })
  try {
    const client = new Client(url, agent)
    await client.deploy()
    return await client.run(forMs)
  } finally {
    await agent.destroy()
    server.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function startServer(dataDir: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', 'engine/main.ts', '--data', dataDir, '--port', '0', '--open-api', '--rate-limit', '0', '--log-level', 'error'],
    {
      cwd: projectRoot(),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /ready at (http:\S+)/.exec(line)?.[1]
    if (url) return { server, url }
  }
  throw new Error('Expected the server to say that it is ready, but it ended')
}

class Client {
  private readonly url: string
  private readonly agent: Agent

  constructor(url: string, agent: Agent) {
    this.url = url
    this.agent = agent
  }

  async deploy(): Promise<void> {
    const form = new FormData()
    form.append('resources', new Blob([nineElements()], { type: 'application/xml' }), 'nine.bpmn')
    const response = await fetch(`${this.url}/v2/deployments`, { method: 'POST', body: form })
    if (!response.ok) throw new Error(`Expected the deployment to be taken, but: ${await response.text()}`)
  }

  /** Starts instances and completes their jobs; an instance counts when its last job was completed. */
  async run(forMs: number): Promise<number> {
    const started = performance.now()
    const isOver = () => performance.now() - started >= forMs
    let done = 0
    let open = 0
    const starting = async () => {
      while (!isOver()) {
        if (open - done > 500) await new Promise((resolve) => setTimeout(resolve, 5))
        else {
          await this.post('process-instances', { processDefinitionId: 'nine', variables: VARIABLES })
          open++
        }
      }
    }
    const working = async (type: string) => {
      while (!isOver()) {
        const { jobs } = (await this.post('jobs/activation', {
          type,
          worker: 'bench',
          maxJobsToActivate: 32,
          timeout: 60_000,
          requestTimeout: 200,
        })) as {
          jobs: { jobKey: string }[]
        }
        await Promise.all(jobs.map(({ jobKey }) => this.post(`jobs/${jobKey}/completion`, { variables: {} })))
        if (type === JOBS.at(-1)) done += jobs.length
      }
    }
    await Promise.all([...Array.from({ length: 8 }, starting), ...JOBS.flatMap((type) => [working(type), working(type)])])
    return (done * 1000) / (performance.now() - started)
  }

  private async post(path: string, body: object): Promise<unknown> {
    const { statusCode, body: answer } = await request(`${this.url}/v2/${path}`, {
      dispatcher: this.agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    if (statusCode >= 300) throw new Error(`Expected /v2/${path} to be taken, but: ${statusCode} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
