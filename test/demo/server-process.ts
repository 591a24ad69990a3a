import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { exited, lastLines, startProgram, stopProgram } from './child-process.ts'

export interface ServerSetting {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly url: string
  readonly logFile: string
  /** Answers 2xx once the server takes requests. */
  readonly readyPath: string
  readonly onOutput?: (line: string) => void
}

const READY_TAKES_AT_MOST_MS = 30_000
const LOOK_EVERY_MS = 40

/** The single window's own process: started, killed without warning, started again on the same data. */
export class ServerProcess {
  #setting: ServerSetting
  #child: ChildProcess | undefined
  #expectedToRun = false
  /** Set when the server ended by itself, which it never should. */
  #diedOf: string | undefined

  constructor(setting: ServerSetting) {
    this.#setting = setting
  }

  get diedOf(): string | undefined {
    return this.#diedOf
  }

  /** Spawns the process; it may not take requests yet. */
  spawn(): void {
    const { command, args, env, cwd, logFile, onOutput } = this.#setting
    const child = startProgram({ name: 'server', command, args, env, cwd, logFile, ...(onOutput ? { onOutput } : {}) })
    this.#expectedToRun = true
    this.#child = child
    child.once('exit', (code, signal) => {
      if (this.#expectedToRun && this.#child === child) {
        this.#diedOf = `The server ended by itself (code ${code}, signal ${signal}). Its last words:\n${lastLines(logFile, 25)}`
      }
    })
  }

  /** Ends it in an orderly way and starts it on the same data with other arguments. */
  async restartWith(args: () => readonly string[]): Promise<void> {
    await this.stop()
    this.#setting = { ...this.#setting, args: args() }
    this.spawn()
    await this.ready()
  }

  /** @throws when it does not take requests in time. */
  async ready(): Promise<void> {
    const until = Date.now() + READY_TAKES_AT_MOST_MS
    while (Date.now() < until) {
      if (this.#diedOf) throw new Error(this.#diedOf)
      const answered = await fetch(this.#setting.url + this.#setting.readyPath, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false,
      )
      if (answered) return
      await sleep(LOOK_EVERY_MS)
    }
    throw new Error(
      `Expected the server to answer ${this.#setting.url}${this.#setting.readyPath} within ${READY_TAKES_AT_MOST_MS / 1000} s. Its last words:\n${lastLines(this.#setting.logFile, 25)}`,
    )
  }

  /** SIGKILL: no handler runs, nothing is flushed. Resolves once the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#expectedToRun = false
    if (!child) return
    child.kill('SIGKILL')
    await exited(child)
  }

  async stop(): Promise<void> {
    this.#expectedToRun = false
    if (this.#child) await stopProgram(this.#child, 10_000)
  }
}
