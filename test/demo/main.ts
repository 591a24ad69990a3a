import { runCases } from './case-run.ts'
import { killAllPrograms } from './child-process.ts'
import { DemoRun } from './demo-run.ts'
import { DemoStage } from './demo-stage.ts'
import { leaveOpen, linesToTry } from './open-cases.ts'
import { type DemoOptions, readOptions, USAGE } from './options.ts'
import { align, findFaults, toCaseTable, toJsonLine, toTable } from './report.ts'
import { toTimeline } from './timeline.ts'
import { describeUnfinished } from './unfinished.ts'

/** After the time limit there is still this long to find out what was waited for. */
/** All services with all their deadlines; the clock jumps, so this is work and not waiting. */
const CASES_TAKE_AT_MOST_MS = 600_000
const DESCRIBING_TAKES_AT_MOST_MS = 15_000

async function main(options: DemoOptions): Promise<number> {
  const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const limit = AbortSignal.timeout(options.timeLimitMs)
  // Clients outlive the limit a little: they ask what the unfinished declarations wait for.
  const stage = await DemoStage.open(options, AbortSignal.timeout(options.timeLimitMs + DESCRIBING_TAKES_AT_MOST_MS))
  try {
    say(`Single window at ${stage.url}, clock ${options.clockFactor} times as fast as real, store ${stage.store}`)
    const demo = new DemoRun(stage, options, say)
    await demo.play(limit)
    const faults = [...demo.failures]
    if (limit.aborted) faults.push(`The run was not over after ${options.timeLimitMs / 1000} s`)
    if (demo.runs.some((run) => !run.isEnded)) say(`\nNot ended:\n${await describeUnfinished(demo.runs, stage.client('operator'))}`)
    for (const run of demo.runs) say(`\n${toTimeline(run)}`)
    const result = await demo.result()
    faults.push(...demo.failures.filter((failure) => !faults.includes(failure)), ...findFaults(result))
    say(`\n${toTable(result)}\n`)
    const played =
      options.services?.length === 0 || limit.aborted
        ? undefined
        : await runCases(options, stage.folder, AbortSignal.timeout(CASES_TAKE_AT_MOST_MS), say)
    if (played) {
      say(`\n${toCaseTable(played)}\n`)
      faults.push(...played.faults)
    }
    for (const fault of faults) say(`FAULT  ${fault}`)
    if (!options.once) await stayUp(stage, options, say)
    if (options.json) process.stdout.write(`${toJsonLine(result, played)}\n`)
    return faults.length === 0 ? 0 : 1
  } finally {
    await stage.close()
  }
}

async function stayUp(stage: DemoStage, { language }: DemoOptions, say: (text: string) => void): Promise<void> {
  const open = await leaveOpen(stage, say)
  const people = stage.accounts.filter((account) => account.password !== undefined)
  say(`\n${align([['name', 'password', 'who'], ...people.map(({ name, password = '', displayName }) => [name, password, displayName])])}`)
  say(`\n${linesToTry(stage, open, language)}`)
  say(`\nThe server stays up at ${stage.url} (API description at ${stage.url}/docs). Ctrl-C ends it.`)
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()))
}

function endAtSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // While the server stays up for the browser, the first Ctrl-C is the orderly end.
      if (process.listenerCount(signal) > 1) return
      killAllPrograms()
      process.exit(130)
    })
  }
  process.on('exit', killAllPrograms)
}

endAtSignal()
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(USAGE)
  else process.exitCode = await main(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
killAllPrograms()
