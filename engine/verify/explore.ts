import {
  type Brand,
  type Command,
  decide,
  type ElementInstanceKey,
  type EngineEvent,
  type ExecutableProcess,
  type InstanceState,
  instanceKeyOf,
  keyWithin,
  type ProcessDefinitionKey,
} from '../kernel/index.ts'
import { type ChoiceHolder, Choices, withChoices } from './choices.ts'
import type { Exploration, ExploreOptions, PathStep } from './contract.ts'
import { FlowGraph, waitsForSeveral } from './flow-graph.ts'
import { caughtCodes, type OutsideMove, outsideMoves } from './outside-moves.ts'
import { findingsOf } from './path-findings.ts'
import { goingAlone } from './reduction.ts'
import { coveringPaths, type Edge, findShortestPaths, type GraphState, leftBehind, signatureOf } from './state-graph.ts'

const BUDGET = 20_000
/** Ways to decide at the gateways of one command that are tried. */
const MOST_SCRIPTS = 24

/**
 * Explores where tokens can go, whatever the data: at each gateway every choice, at each wait everything that may happen to
 * it. The kernel itself carries the steps out, on copies of the state. States that differ only in data count as one, so
 * loops end by themselves. What cannot meet is not interleaved (`reduction.ts`), what runs beside is tried once, and an
 * interruption is carried out once, since what it leaves does not depend on how far the interrupted was.
 */
export function explore(process: ExecutableProcess, options: ExploreOptions = {}): Exploration {
  const explorer = new Explorer(process, options)
  explorer.run()
  const { roots, states, commands, seen, cut } = explorer
  findShortestPaths(roots)
  const unreached = [...process.elements.values()].flatMap(({ id, scopeId }) => (scopeId !== undefined && !seen.has(id) ? [id] : []))
  const structural = explorer.graph.structurallyReached()
  const dead = cut ? unreached.filter((id) => !structural.has(id)) : unreached
  const findings = findingsOf(process, states, { unreached, dead, cut })
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
  readonly graph: FlowGraph
  commands = 0
  cut = false
  private readonly bySignature = new Map<string, GraphState>()
  /** Reached by a step that came to a new place; followed first. */
  private readonly fresh: GraphState[] = []
  private readonly others: GraphState[] = []
  /** What came of a move that does not depend on what is inside the scope it interrupts or runs beside. */
  private readonly once = new Map<string, readonly Edge[]>()
  private readonly holder: ChoiceHolder = { choices: new Choices() }
  private readonly process: ExecutableProcess
  private readonly codesOf: ReturnType<typeof caughtCodes>
  private readonly budget: number
  private readonly isCalled: boolean
  private readonly reduced: boolean

  constructor(process: ExecutableProcess, { budget = BUDGET, isCalled = false, reduced = true }: ExploreOptions) {
    this.process = withChoices(process, this.holder)
    this.graph = new FlowGraph(process)
    this.codesOf = caughtCodes(process)
    this.budget = budget
    this.isCalled = isCalled
    this.reduced = reduced
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
      this.tryOut(undefined, { kind: 'start', elementId: startElementId ?? this.process.bpmnProcessId, at: '', command })
    }
    do {
      for (let at = this.next(); at; at = this.next()) this.expand(at, !this.reduced)
      for (const at of leftBehind(this.states)) this.expand(at, true)
    } while (!this.cut && this.others.length + this.fresh.length > 0)
  }

  private next(): GraphState | undefined {
    if (this.cut) return undefined
    return this.fresh.pop() ?? (this.commands % 2 === 0 ? this.others.shift() : this.others.pop())
  }

  /** Tries what may happen next: all of it, or as much as leads everywhere. */
  private expand(at: GraphState, fully: boolean): void {
    const moves = outsideMoves(this.process, at.state, this.codesOf, this.commands)
    const movable = new Set(moves.map((move) => move.at))
    const alone = fully ? undefined : goingAlone(this.graph, at.state, (key) => movable.has(key))
    let isPart = false
    for (const move of moves) {
      if (this.cut) return
      const scope = this.scopeOf(at.state, move)
      const key = scope && `${move.kind} ${move.elementId} ${signatureOf(at.state, { asides: this.graph.asides, blank: scope.key })}`
      const known = key === undefined ? undefined : this.once.get(key)
      if (known && scope?.isInterrupted) for (const edge of known) link(at, edge)
      else if (!fully && (known || (!scope?.isInterrupted && alone && !alone.has(move.at) && !this.isOuter(at.state, move)))) isPart = true
      else {
        const before = at.nextStates.length
        this.tryOut(at, move)
        if (key !== undefined) this.once.set(key, at.nextStates.slice(before))
      }
    }
    if (!this.cut) at.expanded = isPart ? 'partly' : 'fully'
  }

  /** The scope whose inside makes no difference to what comes of a move: the one it interrupts, or the one beside whose content it begins something. */
  private scopeOf(
    { elements }: InstanceState,
    { kind, elementId, at }: OutsideMove,
  ): { readonly key: string; readonly isInterrupted: boolean } | undefined {
    const waiting = elements[at]
    if (!this.reduced || kind !== 'trigger' || !waiting) return undefined
    const event = this.process.elements.get(elementId)
    if (!event || waitsForSeveral(event)) return undefined
    const { type, interrupting } = event
    if (interrupting !== false) return waiting.children ? { key: at, isInterrupted: true } : undefined
    if (!this.graph.asides.has(elementId)) return undefined
    return { key: type === 'startEvent' ? at : (waiting.scopeKey ?? at), isInterrupted: false }
  }

  /** Waits on behalf of a scope, so it belongs to none of what is inside. */
  private isOuter({ elements }: InstanceState, { at }: OutsideMove): boolean {
    return (elements[at]?.children ?? 0) > 0
  }

  /** One move with every way to decide at the gateways behind it. */
  private tryOut(from: GraphState | undefined, move: OutsideMove): void {
    const scripts: number[][] = [[]]
    for (let tried = 0; tried < scripts.length && tried < MOST_SCRIPTS; tried++) {
      if (this.commands >= this.budget) {
        this.cut = true
        return
      }
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
    const completed = completedIn(events, from?.state)
    const before = this.seen.size
    for (const event of events) if (event.type === 'element.activating') this.seen.add(event.elementId)
    this.add(from, { kind: move.kind, elementId: move.elementId, choices: choices.made, completed }, state, this.seen.size > before)
    return choices
  }

  private add(from: GraphState | undefined, step: PathStep, state: InstanceState, isFresh: boolean): void {
    const signature = signatureOf(state, this.reduced ? { asides: this.graph.asides } : {})
    const known = this.bySignature.get(signature)
    const reached: GraphState = known ?? { state, nextStates: [], previous: [], expanded: 'not' }
    if (from) link(from, { step, to: reached })
    else this.roots.push({ step, to: reached })
    if (known) return
    this.bySignature.set(signature, reached)
    this.states.push(reached)
    if (state.status !== 'active' || Object.keys(state.incidents).length > 0) reached.expanded = 'fully'
    else (isFresh ? this.fresh : this.others).push(reached)
  }
}

function link(from: GraphState, { step, to }: Edge): void {
  from.nextStates.push({ step, to })
  to.previous.push(from)
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
function completedIn(events: readonly EngineEvent[], before: InstanceState | undefined): readonly string[] {
  const inner = new Set(
    events.flatMap((event) => (event.type === 'element.activating' && event.loopCounter !== undefined ? [event.key] : [])),
  )
  const isInner = (key: ElementInstanceKey) => inner.has(key) || before?.elements[key]?.loopCounter !== undefined
  return events.flatMap((event) => (event.type === 'element.completed' && !isInner(event.key) ? [event.elementId] : []))
}
