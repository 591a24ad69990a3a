import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type VirtualInstance, VirtualWorld } from '../../engine/insight/index.ts'
import type { ExecutableProcess, Variables } from '../../engine/kernel/index.ts'
import { historyFault } from './history-fault.ts'
import { errorsOf, readModel } from './read-model.ts'
import type { Case, Suite } from './suite.ts'
import { LINT_RULES, type Step, ZEEBE_SCRIPTS, type ZeebeScript } from './zeebe-scripts.ts'

interface ZeebeFile {
  readonly file: string
  readonly kind: 'execute' | 'deploy-accept' | 'deploy-reject'
  readonly expected: string
}

const STEP_LIMIT = 2_000

/** Files of Zeebe's own tests and lint pairs: executed, accepted or refused as the index says. */
export const zeebeBpmn: Suite = {
  name: 'zeebe-bpmn',
  isFast: true,
  cases: (root) => {
    const index = join(root, 'zeebe-bpmn', 'index.json')
    return existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as ZeebeFile[]).flatMap((entry) => casesOf(root, entry)) : []
  },
}

function casesOf(root: string, { file, kind, expected }: ZeebeFile): readonly Case[] {
  const path = join(root, file)
  const id = basename(file, '.bpmn')
  const lintRule = /lint rule camunda-compat\/([\w-]+)/.exec(expected)?.[1]
  if (lintRule !== undefined) return [{ id, run: () => lints(path, lintRule, kind === 'deploy-reject') }]
  if (kind !== 'execute') {
    // Where the index leaves it open, reading the file without a crash is all that is asked.
    if (expected.includes('lenient one may accept')) return [{ id, run: () => readModel(path).then(() => undefined) }]
    return [{ id, run: () => deploys(path, kind === 'deploy-accept') }]
  }
  const scripts = ZEEBE_SCRIPTS[id]
  if (!scripts) return [{ id, run: () => ({ skipped: 'the runner has no script that says how to play it' }) }]
  return scripts.map((script) => ({ id: script.name === undefined ? id : `${id}#${script.name}`, run: () => executes(path, script) }))
}

/** A file without an executable process is refused by whoever deploys. */
async function deploys(path: string, accepted: boolean): Promise<string | undefined> {
  const parsed = await readModel(path)
  const errors = errorsOf(parsed)
  const isAccepted = errors.length === 0 && parsed.processes.length > 0
  if (isAccepted === accepted) return undefined
  return accepted ? `refused: ${errors.join(' | ') || 'no executable process'}` : 'accepted, but it must be refused'
}

/** A pair of fragments: one breaks the rule, the other does not. */
async function lints(path: string, lintRule: string, reports: boolean): Promise<string | undefined> {
  const { problems } = await readModel(path)
  const rules = LINT_RULES[lintRule] ?? []
  const found = problems.filter(({ rule, severity }) => severity === 'error' && rules.includes(rule))
  if (found.length > 0 === reports) return undefined
  const others = problems.map(({ elementId, rule }) => `${rule} on ${elementId}`).join(', ')
  return `expected ${reports ? 'one of' : 'none of'} ${rules.join(', ')}; found ${others || 'no problem'}`
}

async function executes(path: string, script: ZeebeScript): Promise<string | undefined> {
  const parsed = await readModel(path)
  const errors = errorsOf(parsed)
  const [process] = parsed.processes
  if (errors.length > 0 || !process) return `refused: ${errors.join(' | ')}`
  return new Play(process, script).fault()
}

class Play {
  private readonly script: ZeebeScript
  private readonly ran: Record<string, number> = {}
  private readonly instance: VirtualInstance
  private readonly world: VirtualWorld
  private readonly released = new Set<string>()

  constructor(process: ExecutableProcess, script: ZeebeScript) {
    this.script = script
    this.world = new VirtualWorld({
      now: Date.UTC(2026, 2, 1),
      zone: 'UTC',
      stepLimit: STEP_LIMIT,
      worker: ({ jobType, elementId }) => (this.isDone(jobType, elementId) ? { kind: 'complete' } : undefined),
      person: ({ elementId }) => (this.isDone(elementId) ? {} : undefined),
    })
    this.world.deploy([process])
    const key = this.world.start(process.bpmnProcessId, (script.variables ?? {}) as Variables)
    this.world.settle()
    const instance = this.world.instances.get(key)
    if (!instance) throw new Error('Expected the instance to start, but it was rejected')
    this.instance = instance
    for (const step of script.steps ?? []) this.take(step)
  }

  /** What is not as the script says; undefined when all is. */
  fault(): string | undefined {
    const { ran = {}, order = [], terminated = [], ends } = this.script
    const { state } = this.instance
    const incidents = Object.values(state.incidents).map(({ elementId, message }) => `${elementId}: ${message}`)
    if (state.status !== ends) return `expected ${ends}; it is ${state.status} ${incidents.join(' | ')}`
    for (const [what, times] of Object.entries(ran))
      if ((this.ran[what] ?? 0) !== times) return `expected ${what} to run ${times} times; it ran ${this.ran[what] ?? 0} times`
    const completed = this.elements('element.completed')
    let from = 0
    for (const id of order) {
      from = completed.indexOf(id, from) + 1
      if (from === 0) return `expected ${order.join(', ')} to complete in this order; completed are ${completed.join(', ')}`
    }
    const gone = this.elements('element.terminated')
    const alive = terminated.filter((id) => !gone.includes(id))
    if (alive.length > 0) return `expected ${alive.join(', ')} to be terminated; terminated are ${gone.join(', ')}`
    return historyFault(this.instance)
  }

  /** Whether work of these names may be completed; it is counted under each. */
  private isDone(...names: readonly string[]): boolean {
    if (names.some((name) => this.script.held?.includes(name) && !this.released.has(name))) return false
    for (const name of new Set(names)) this.ran[name] = (this.ran[name] ?? 0) + 1
    return true
  }

  private take(step: Step): void {
    if (step.kind === 'advance') this.world.advance(step.ms)
    else if (step.kind === 'cancel') this.world.run(this.instance.key, { type: 'cancelInstance' })
    else if (step.kind === 'publish') this.world.publish({ ...step, variables: {}, timeToLiveMs: 0 })
    else this.release(step.what)
    this.world.settle()
  }

  private release(what: string): void {
    this.released.add(what)
    for (const { key, jobType, elementId } of Object.values(this.instance.state.jobs))
      if ([jobType, elementId].includes(what) && this.isDone(jobType, elementId))
        this.world.run(this.instance.key, { type: 'completeJob', jobKey: key, variables: {} })
  }

  private elements(type: 'element.completed' | 'element.terminated'): readonly string[] {
    return this.instance.history.flatMap(({ events }) => events.flatMap((event) => (event.type === type ? event.elementId : [])))
  }
}
