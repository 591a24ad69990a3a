import {
  type Brand,
  type Command,
  decide,
  type EngineEvent,
  type ExecutableProcess,
  type InstanceState,
  instanceKeyOf,
  keyWithin,
  type ProcessDefinitionKey,
} from '../kernel/index.ts'
import { type ChoiceHolder, Choices, withChoices } from './choices.ts'
import type { Exploration, ExploreOptions, PathStep } from './contract.ts'
import { caughtCodes, type OutsideMove, outsideMoves } from './outside-moves.ts'
import { findingsOf } from './path-findings.ts'
import { coveringPaths, findShortestPaths, type GraphState, signatureOf } from './state-graph.ts'

const BUDGET = 20_000
/** Ways to decide at the gateways of one command that are tried. */
const MOST_SCRIPTS = 24

/**
 * Explores where tokens can go, whatever the data: at each gateway every choice, at each wait everything that may happen to
 * it. The kernel itself carries the steps out, on copies of the state. States that differ only in data count as one, so
 * loops end by themselves; what brought a token to a new place is followed first, and the budget bounds the rest.
 */
export function explore(process: ExecutableProcess, options: ExploreOptions = {}): Exploration {
  const explorer = new Explorer(process, options)
  explorer.run()
  const { roots, states, commands, seen, cut } = explorer
  findShortestPaths(roots)
  const unreached = [...process.elements.values()].flatMap(({ id, scopeId }) => (scopeId !== undefined && !seen.has(id) ? [id] : []))
  const findings = findingsOf(process, states, { unreached, cut })
  return { findings, paths: coveringPaths(roots, states), states: states.length, commands, cut, unreached }
}

const CALLER = {
  processInstanceKey: instanceKeyOf(999),
  elementInstanceKey: keyWithin<Brand<string, 'ElementInstanceKey'>>(instanceKeyOf(999), 1),
  depth: 1,
}

class Explorer {
  readonly roots: { readonly step: PathStep; readonly to: GraphState }[] = []
  readonly states: GraphState[] = []
  readonly seen = new Set<string>()
  commands = 0
  cut = false
  private readonly bySignature = new Map<string, GraphState>()
  /** Reached by a step that came to a new place; followed first. */
  private readonly fresh: GraphState[] = []
  private readonly others: GraphState[] = []
  private readonly holder: ChoiceHolder = { choices: new Choices() }
  private readonly process: ExecutableProcess
  private readonly budget: number
  private readonly isCalled: boolean

  constructor(process: ExecutableProcess, { budget = BUDGET, isCalled = false }: ExploreOptions) {
    this.process = withChoices(process, this.holder)
    this.budget = budget
    this.isCalled = isCalled
  }

  run(): void {
    for (const startElementId of startsOf(this.process)) {
      const command: Command = {
        type: 'createInstance',
        processInstanceKey: instanceKeyOf(1),
        processDefinitionKey: '1' as ProcessDefinitionKey,
        version: 1,
        variables: {},
        tenantId: '<default>',
        ...(startElementId !== undefined && { startElementId }),
        ...(this.isCalled && { parent: CALLER }),
      }
      this.tryOut(undefined, { kind: 'start', elementId: startElementId ?? this.process.bpmnProcessId, command })
    }
    const codes = caughtCodes(this.process)
    for (let at = this.next(); at; at = this.next()) {
      for (const move of outsideMoves(this.process, at.state, codes, this.commands)) {
        if (this.commands >= this.budget) {
          this.cut = true
          return
        }
        this.tryOut(at, move)
      }
      at.expanded = true
    }
  }

  private next(): GraphState | undefined {
    return this.fresh.pop() ?? (this.commands % 2 === 0 ? this.others.shift() : this.others.pop())
  }

  /** One move with every way to decide at the gateways behind it. */
  private tryOut(from: GraphState | undefined, move: OutsideMove): void {
    const scripts: number[][] = [[]]
    for (let tried = 0; tried < scripts.length && tried < MOST_SCRIPTS; tried++) {
      const script = scripts[tried] ?? []
      const choices = this.carryOut(from, move, script)
      for (let at = script.length; at < choices.options.length; at++)
        for (let option = 0; option < (choices.options[at] ?? 0); option++)
          if (option !== choices.picked[at]) scripts.push([...choices.picked.slice(0, at), option])
    }
  }

  private carryOut(from: GraphState | undefined, move: OutsideMove, script: readonly number[]): Choices {
    this.commands++
    const choices = new Choices(script, move.trueEvent)
    this.holder.choices = choices
    let children = 1_000 + this.commands
    const decided = decide(this.process, from && structuredClone(from.state), move.command, {
      now: Math.max(from?.state.startedAt ?? 0, move.now ?? 0),
      zone: 'UTC',
      newInstanceKey: () => instanceKeyOf(++children),
      findDecision: () => ({ key: 'any', decision: { evaluate: () => ({ ok: true, output: null, trace: [] }) } as never }),
    })
    if (decided.rejection) return choices
    const { events, state } = decided
    if (move.mustBeCaught && isUncaught(events)) return choices
    const completed = completedIn(events)
    const before = this.seen.size
    for (const event of events) if (event.type === 'element.activating') this.seen.add(event.elementId)
    this.add(from, { kind: move.kind, elementId: move.elementId, choices: choices.made, completed }, state, this.seen.size > before)
    return choices
  }

  private add(from: GraphState | undefined, step: PathStep, state: InstanceState, isFresh: boolean): void {
    const signature = signatureOf(state)
    const known = this.bySignature.get(signature)
    const reached: GraphState = known ?? { state, nextStates: [], previous: [], expanded: false }
    if (from) {
      from.nextStates.push({ step, to: reached })
      reached.previous.push(from)
    } else this.roots.push({ step, to: reached })
    if (known) return
    this.bySignature.set(signature, reached)
    this.states.push(reached)
    if (state.status !== 'active' || Object.keys(state.incidents).length > 0) reached.expanded = true
    else (isFresh ? this.fresh : this.others).push(reached)
  }
}

/** The none start and every typed one. */
function startsOf(process: ExecutableProcess): readonly (string | undefined)[] {
  const typed = process.startTriggers.map(({ elementId }) => elementId)
  return process.root.startEvent ? [undefined, ...typed] : typed
}

/** Nothing took what was thrown: not a way on for tokens. */
function isUncaught(events: readonly EngineEvent[]): boolean {
  return events.some(
    (event) =>
      (event.type === 'incident.created' && event.incidentType === 'UNHANDLED_ERROR_EVENT') ||
      (event.type === 'escalation.thrown' && event.caughtBy === undefined && event.elementInstanceKey !== undefined),
  )
}

/** Of a repeated activity only the whole counts. */
function completedIn(events: readonly EngineEvent[]): readonly string[] {
  const inner = new Set(
    events.flatMap((event) => (event.type === 'element.activating' && event.loopCounter !== undefined ? [event.key] : [])),
  )
  return events.flatMap((event) => (event.type === 'element.completed' && !inner.has(event.key) ? [event.elementId] : []))
}
