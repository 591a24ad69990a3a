import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'

export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd: string
  /** Where its output goes. */
  readonly logFile: string
  readonly onOutput?: (line: string) => void
}

/** Every child that still runs, so that an interrupted demonstration leaves none behind. */
const running = new Set<ChildProcess>()

/** Starts a program in the background; its output goes to its log file. */
export function startProgram(program: Program): ChildProcess {
  const log = createWriteStream(program.logFile, { flags: 'a' })
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: { ...process.env, ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', (error) => log.write(`${program.name} did not start: ${error.message}\n`))
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log.write(chunk)
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) program.onOutput?.(line)
    })
  }
  return child
}

export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Asks the child to end, and makes it after a while. */
export async function stopProgram(child: ChildProcess, patienceMs = 5_000): Promise<void> {
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await exited(child)
  clearTimeout(force)
}

/** For the last moment of the demonstration's own process. */
export function killAllPrograms(): void {
  for (const child of running) child.kill('SIGKILL')
}

export function lastLines(logFile: string, count: number): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return '(no output)'
  }
}
