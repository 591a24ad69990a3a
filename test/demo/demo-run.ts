import { SeededChance } from '../agencies/seeded-chance.ts'
import { DeclarationRun } from './declaration-run.ts'
import type { DemoStage } from './demo-stage.ts'
import { planKills, strike } from './killer.ts'
import { workAtDesk } from './officers.ts'
import type { DemoOptions } from './options.ts'
import { pause } from './pause.ts'
import type { DeclarationResult, RunResult } from './report.ts'
import { ENTERPRISES, type Scenario } from './scenarios.ts'

const LOOK_EVERY_MS = 100
const LEAST_AT_ONCE = 4

/** Files declarations, has everybody's work done, kills the server as often as asked, and checks what is left. */
export class DemoRun {
  readonly runs: DeclarationRun[] = []
  readonly failures: string[] = []
  kills = 0
  readonly #stage: DemoStage
  readonly #options: DemoOptions
  readonly #say: (line: string) => void
  readonly #startedAt = Date.now()

  constructor(stage: DemoStage, options: DemoOptions, say: (line: string) => void) {
    this.#stage = stage
    this.#options = options
    this.#say = say
  }

  /** Resolves when every declaration has ended and every kill was done, or when the signal says it took too long. */
  async play(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const ending = AbortSignal.any([signal, over.signal])
    const officers = this.#startOfficers(ending)
    const killing = this.#startKilling(ending)
    const filing: Promise<void>[] = []
    const { scenarios } = this.#options
    const least = Math.max(this.#options.declarations, scenarios.length)
    const atOnce = Math.max(scenarios.length, LEAST_AT_ONCE)
    while (!ending.aborted) {
      // While kills are left there must be something to lose: a new declaration for each that ended.
      const wanted = this.kills < this.#options.kills ? Math.max(least, this.#endedCount() + atOnce) : least
      while (this.runs.length < wanted && this.runs.length - this.#endedCount() < atOnce) filing.push(this.#file(ending))
      if (this.kills >= this.#options.kills && this.runs.length >= least && this.#endedCount() === this.runs.length) break
      if (this.#stage.server.diedOf !== undefined) this.failures.push(this.#stage.server.diedOf)
      if (this.failures.length > 0) break
      await pause(LOOK_EVERY_MS, ending)
    }
    over.abort()
    await Promise.all([...filing, ...officers, killing])
  }

  async result(): Promise<RunResult> {
    const operator = this.#stage.client('operator')
    const declarations: DeclarationResult[] = []
    const foldsDiffering: string[] = []
    let lost = 0
    for (const run of this.runs) {
      this.failures.push(...refusalsOf(run))
      const fold = await operator.ask({ method: 'GET', path: `/ops/v1/declarations/${run.receiptNo}/fold-check` })
      const { equal, instances = [] } = fold.body as { equal?: boolean; instances?: readonly { events: number }[] }
      if (fold.status !== 200 || !run.isEnded) lost++
      else if (!equal) foldsDiffering.push(`${run.receiptNo} ${JSON.stringify(instances)}`)
      declarations.push({
        receiptNo: run.receiptNo,
        service: run.scenario.service,
        scenario: run.scenario.id,
        expected: run.scenario.expected,
        end: run.status?.state ?? 'not-filed',
        elapsedMs: run.elapsedMs,
        events: instances.reduce((sum, instance) => sum + instance.events, 0),
      })
    }
    await this.#countFiled()
    return {
      declarations,
      kills: this.kills,
      killsAsked: this.#options.kills,
      lost,
      agencies: await this.#agencyCounts(),
      foldsChecked: this.runs.length - lost,
      foldsDiffering,
      refusals: this.runs.flatMap(({ receiptNo, scenario, refusals }) => refusals.map((each) => `${receiptNo} (${scenario.id}): ${each}`)),
      clockFactor: this.#options.clockFactor,
      store: this.#stage.store,
      elapsedMs: Date.now() - this.#startedAt,
    }
  }

  #file(signal: AbortSignal): Promise<void> {
    const number = this.runs.length
    const { scenarios } = this.#options
    const scenario = scenarios[number % scenarios.length] as Scenario
    const run = new DeclarationRun(scenario, number, this.#stage.enterpriseClient(scenario.enterprise), this.#say)
    this.runs.push(run)
    return run.run(signal).catch((error: unknown) => this.#fail(`declaration ${run.receiptNo} (${scenario.id})`, error, signal))
  }

  #startOfficers(signal: AbortSignal): readonly Promise<void>[] {
    const scenarioOf = (receiptNo: string) => this.runs.find((run) => run.receiptNo === receiptNo)?.scenario
    return this.#stage.accounts
      .filter((account) => account.roles.includes('officer'))
      .map((account) =>
        workAtDesk({
          account,
          client: this.#stage.client(account.name),
          saidIn: (receiptNo, formId) => scenarioOf(receiptNo)?.said?.[formId] ?? {},
          say: this.#say,
          signal,
        }).catch((error: unknown) => this.#fail(`officer ${account.name}`, error, signal)),
      )
  }

  async #startKilling(signal: AbortSignal): Promise<void> {
    if (this.#options.kills === 0) return
    const workUnderWay = async () => {
      while (!signal.aborted && !this.runs.some((run) => run.isUnderWay)) await pause(LOOK_EVERY_MS, signal)
    }
    await strike({
      plan: planKills(new SeededChance(this.#options.seed), this.#options.kills),
      victim: this.#stage.server,
      workUnderWay,
      signal,
      onKill: (kill) => {
        this.kills = kill
        this.#say(`-- server killed (${kill} of ${this.#options.kills})`)
      },
    }).catch((error: unknown) => this.#fail('restarting the server', error, signal))
  }

  /** A submission without a clear answer was repeated; it must not have made a second declaration. */
  async #countFiled(): Promise<void> {
    for (const enterprise of ENTERPRISES) {
      const filed = this.runs.filter((run) => run.scenario.enterprise === enterprise && run.receiptNo !== '').length
      const { page } = await this.#stage.enterpriseClient(enterprise).get<{ page: { total: number } }>('/window/v1/declarations?limit=1')
      if (page.total !== filed) this.failures.push(`Expected ${enterprise} to have ${filed} declarations, found ${page.total}`)
    }
  }

  async #agencyCounts(): Promise<RunResult['agencies']> {
    const counts = await this.#stage.agencyCounts()
    return Object.fromEntries(
      Object.entries(counts).map(([id, { messages, duplicatesRecognised, applied, appliedTwice }]) => [
        id,
        { messages, duplicatesRecognised, applied, appliedTwice },
      ]),
    )
  }

  #endedCount(): number {
    return this.runs.filter((run) => run.isEnded).length
  }

  #fail(what: string, error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What every scenario amends to is good: to tell its enterprise otherwise is a fault, even when the declaration ends well. */
function refusalsOf({ receiptNo, scenario, status }: DeclarationRun): readonly string[] {
  const refused = (status?.timeline ?? []).filter(({ elementId }) => /refused/.test(elementId))
  return refused.map(({ name, at }) => `declaration ${receiptNo} (${scenario.id}): expected no refusal, found "${name}" at ${at}`)
}
