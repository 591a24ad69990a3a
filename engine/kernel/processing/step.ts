import type { FeelScope } from '../expression/contract.ts'
import type { Element, ExecutableProcess } from '../model/executable-process.ts'
import type { EngineEvent } from '../record/event.ts'
import { type ElementInstanceKey, KEYS_PER_INSTANCE, keyWithin } from '../record/keys.ts'
import { applyEvent } from '../state/apply-event.ts'
import type { ElementInstance, InstanceState, SuspendedState, VariableChange } from '../state/instance-state.ts'
import { changeOf } from '../state/variable-change.ts'
import { findVariable } from '../state/visible-variables.ts'
import { MovedTokens } from './behavior/moved-tokens.ts'
import type { DecisionEnv } from './contract.ts'
import type { Processors } from './element-processor.ts'

/**
 * Elements that one command may enter before an incident stops it. Far above what any process needs between two
 * waits, and reached in well under a second, so a loop without a wait state cannot hold up other instances.
 */
export const STEP_BUDGET = 10_000

const known = new WeakMap<ExecutableProcess, readonly Element[]>()

/** Found once for each definition: definitions never change. */
function quietJoins(process: ExecutableProcess, processors: Processors): readonly Element[] {
  const before = known.get(process)
  if (before) return before
  const joins = [...process.elements.values()].filter((element) => processors[element.type].joinWhenQuiet && element.incoming.length > 1)
  known.set(process, joins)
  return joins
}

function watchTokens(process: ExecutableProcess, joins: readonly Element[]): MovedTokens | undefined {
  if (joins.length === 0) return undefined
  const conditional = joins.filter((join) => join.activationCondition)
  return new MovedTokens(new Set(conditional.map(({ scopeId }) => (scopeId === process.root.id ? 'root' : 'inside'))))
}

/** One command being carried out: its events so far, and what is still to be done before every token waits. */
export class Step {
  #process: ExecutableProcess
  readonly env: DecisionEnv
  readonly processors: Processors
  readonly events: EngineEvent[] = []
  /** Elements entered so far. */
  entered = 0
  #state: InstanceState | undefined
  #sequence: number
  readonly #paused = new Set<ElementInstanceKey>()
  readonly #pending: (() => void)[] = []
  readonly #afterwards: (() => void)[] = []

  constructor(process: ExecutableProcess, state: InstanceState | undefined, env: DecisionEnv, processors: Processors) {
    this.#process = process
    this.env = env
    this.processors = processors
    this.#state = state
    this.#sequence = state?.sequence ?? 0
    this.quietJoins = quietJoins(process, processors)
    this.movedTokens = watchTokens(process, this.quietJoins)
  }

  /** Joins that wait until all else is quiet, and what they must know; undefined where there are none. */
  quietJoins: readonly Element[]
  movedTokens: MovedTokens | undefined

  #watch(event: EngineEvent): void {
    if (event.type === 'variables.set') this.#changed.push(changeOf(this.state, event))
    if (event.type === 'condition.opened') this.#armed.push(event)
  }

  get process(): ExecutableProcess {
    return this.#process
  }

  /** Goes on with another definition; `instance.migrated` has been emitted. */
  moveTo(process: ExecutableProcess): void {
    this.#process = process
    this.quietJoins = quietJoins(process, this.processors)
    this.movedTokens = watchTokens(process, this.quietJoins)
    this.movedTokens?.noteAll()
  }

  get state(): InstanceState {
    if (!this.#state) throw new Error('Expected an instance, but none was created yet')
    return this.#state
  }

  /** A loop without a wait state is stopped here. */
  get isOverBudget(): boolean {
    return this.entered >= STEP_BUDGET
  }

  get hasState(): boolean {
    return this.#state !== undefined
  }

  readonly #armed: SuspendedState['armed'][number][] = []
  readonly #changed: VariableChange[] = []

  /** How many changes there were when a conditional event was armed: those do not concern it. */
  readonly #armedAt = new Map<string, number>()

  /** Conditional events armed since the last call. */
  takeArmed() {
    const armed = this.#armed.splice(0)
    for (const { elementInstanceKey, elementId } of armed) this.#armedAt.set(`${elementInstanceKey} ${elementId}`, this.#changed.length)
    return armed
  }

  /** Variables changed since the last call, for each conditional event those since it was armed. */
  takeChanges(): ((elementInstanceKey: string, elementId: string) => readonly VariableChange[]) | undefined {
    if (this.#changed.length === 0) return undefined
    const changed = this.#changed.splice(0)
    const armedAt = new Map(this.#armedAt)
    this.#armedAt.clear()
    return (elementInstanceKey, elementId) => changed.slice(armedAt.get(`${elementInstanceKey} ${elementId}`) ?? 0)
  }

  readonly #interrupted = new Set<ElementInstanceKey>()

  /** An event has ended all that was inside this scope; what had not begun yet begins no more. */
  interrupted(scopeKey: ElementInstanceKey): void {
    this.#interrupted.add(scopeKey)
  }

  /** What a scope begins with is put off until its events are armed: true when none of them, or another, ended it. */
  mayBegin(scopeKey: ElementInstanceKey): boolean {
    return this.find(scopeKey)?.state === 'active' && !this.#interrupted.has(scopeKey)
  }

  /** Changes that were made while conditions were not looked at. */
  recall({ armed, changed }: Pick<SuspendedState, 'armed' | 'changed'>): void {
    this.#armed.push(...armed)
    this.#changed.push(...changed)
  }

  /** The same step on a copy of the state: to find out what would fail before anything is recorded. */
  rehearsal(): Step {
    return new Step(this.#process, structuredClone(this.#state), this.env, this.processors)
  }

  /** Records what happened; the applier writes it at once, so what is decided next sees it. */
  emit(event: EngineEvent): void {
    this.events.push(event)
    if (this.#process.hasConditions) this.#watch(event)
    this.movedTokens?.note(this.#state, event)
    this.#state = applyEvent(this.#state, event, this.env.now)
  }

  nextKey<K extends string>(): K {
    this.#sequence++
    if (this.#sequence >= KEYS_PER_INSTANCE) {
      throw new Error(`Instance ${this.state.key} has used its ${KEYS_PER_INSTANCE} keys; restart it as a new instance`)
    }
    return keyWithin<K>(this.state.key, this.#sequence)
  }

  /** Puts work behind what is waiting already: tokens advance in turn, none runs ahead of the others. */
  later(work: () => void): void {
    this.#pending.push(work)
  }

  /** Puts work behind everything that follows from what was done before it. */
  afterwards(work: () => void): void {
    this.#afterwards.push(work)
  }

  /** Nothing is left to do at this moment. */
  get isQuiet(): boolean {
    return this.#pending.length === 0
  }

  /**
   * Runs until every token waits.
   *
   * @param whenArmed called before the next work when a conditional event was armed
   * @param whenQuiet called once nothing is left to do; may add work, which is done before it is called again
   */
  settle(whenArmed: () => void, whenQuiet: () => void): void {
    do {
      for (let next = 0; next < this.#pending.length; next++) {
        if (this.#armed.length > 0) whenArmed()
        this.#pending[next]?.()
      }
      this.#pending.length = 0
      if (this.#armed.length > 0 && this.#state?.status === 'active') whenArmed()
      if (this.#state?.status !== 'active') return
      whenQuiet()
      const next = this.isQuiet ? this.#afterwards.shift() : undefined
      if (next) this.later(next)
    } while (this.#pending.length > 0)
  }

  /** Leaves what remains of a multi-instance body to the next command. */
  pause(bodyKey: ElementInstanceKey): void {
    if (this.#paused.has(bodyKey)) return
    this.#paused.add(bodyKey)
    this.emit({ type: 'multiInstance.paused', key: bodyKey })
  }

  element(id: string): Element {
    const element = this.process.elements.get(id)
    if (!element) throw new Error(`Expected element ${id} in process ${this.process.bpmnProcessId}, but the definition has none`)
    return element
  }

  /** The element of a live instance; of a repeated activity the body or one repetition. */
  elementOf(instance: ElementInstance): Element {
    if (instance.scopeKey === undefined) return this.process.root
    const element = this.element(instance.elementId)
    if (instance.elementType === 'adHocInner' && element.adHoc?.inner) return element.adHoc.inner
    const views = element.multiInstance ?? element.standardLoop
    if (!views) return element
    return instance.elementType === views.body.type ? views.body : views.inner
  }

  find(key: ElementInstanceKey): ElementInstance | undefined {
    return this.state.elements[key]
  }

  get(key: ElementInstanceKey): ElementInstance {
    const instance = this.state.elements[key]
    if (!instance) throw new Error(`Expected element instance ${key} to be live, but it is gone`)
    return instance
  }

  /** Variables as an expression in `scopeKey` sees them. */
  scope(scopeKey: ElementInstanceKey): FeelScope {
    const { state } = this
    return (name) => findVariable(state, scopeKey, name)
  }
}
