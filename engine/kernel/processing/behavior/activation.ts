import type { Element, MultiInstance } from '../../model/executable-process.ts'
import type { VariableInstruction } from '../../record/command.ts'
import type { Json } from '../../record/json.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { planAttachedCatches } from './catch-event.ts'
import { findPlace, type PlaceWish, refuseToBegin } from './find-place.ts'
import { enter, entryOf, place } from './lifecycle.ts'
import { mapInputs, setLocal } from './variables.ts'

/** A scope that is to be made, in a live one or in another that is to be made. */
interface NewScope {
  readonly element: Element
  readonly inside: Inside
  readonly variables: Record<string, Json>
}
type Inside = ElementInstanceKey | NewScope

interface Activation {
  readonly element: Element
  readonly inside: Inside
  readonly variables: Readonly<Record<string, Json>>
  /** A further repetition of a multi-instance body. */
  readonly isRepetition: boolean
}

export interface ActivationWish extends Omit<PlaceWish, 'doomed'> {
  readonly elementId: string
  readonly variables?: readonly VariableInstruction[]
}

/**
 * Tokens put into elements from outside, with the scopes they need. Everything is looked up first; then `rehearse` finds
 * out whether the scopes can be made, and `carryOut` does it.
 */
export class Activations {
  private readonly activations: Activation[] = []
  private readonly scopes = new Map<string, NewScope>()
  private readonly order: NewScope[] = []
  private readonly settings: { readonly scopeKey: ElementInstanceKey; readonly variables: Readonly<Record<string, Json>> }[] = []

  /** Adds one. Says why it cannot be. */
  add(step: Step, wish: ActivationWish, doomed: ReadonlySet<ElementInstanceKey>): string | undefined {
    const refusal = refuseToBegin(step.process, wish.elementId)
    if (refusal !== undefined) return refusal
    const element = step.element(wish.elementId)
    const found = findPlace(step, element, { ...wish, doomed })
    if (typeof found === 'string') return found
    const { scope, missing } = found
    const isRepetition = scope.elementId === element.id
    const levels = isRepetition && element.multiInstance ? [element.multiInstance.inner] : missing
    const blocked = refuseRepetition(step, scope, levels, element)
    if (blocked !== undefined) return blocked
    let inside: Inside = scope.key
    for (const level of missing) inside = this.scope(level, inside)
    const own: Record<string, Json> = {}
    for (const instruction of wish.variables ?? []) {
      const wrong = this.give(step, element, inside, own, instruction)
      if (wrong !== undefined) return wrong
    }
    const waits = isRepetition && element.multiInstance?.sequential
    if (waits && Object.keys(own).some((name) => name !== element.multiInstance?.inputElement))
      return `Expected only ${element.multiInstance?.inputElement ?? 'no variable'} for a further repetition of ${element.id}, but found ${Object.keys(own).join(', ')}; it begins after the others, so set the rest then`
    this.activations.push({ element, inside, variables: own, isRepetition })
    return undefined
  }

  /** Why the scopes cannot be made: what their mappings and events need is evaluated on a copy of the state. */
  rehearse(step: Step): string | undefined {
    if (this.order.length === 0) return undefined
    return this.makeScopes(step.rehearsal(), new Map())?.message
  }

  /** Puts the tokens in. */
  carryOut(step: Step): void {
    const keys = new Map<NewScope, ElementInstanceKey>()
    const failure = this.makeScopes(step, keys)
    if (failure) throw new Error(`Expected scopes that were rehearsed to be made, but ${failure.message}`)
    for (const { element, inside, variables, isRepetition } of this.activations) {
      const scopeKey = typeof inside === 'string' ? inside : keys.get(inside)
      // What was activated before may have ended the scope.
      if (scopeKey === undefined || !step.find(scopeKey)) continue
      if (isRepetition) repeat(step, element, scopeKey, variables)
      else {
        const entry = entryOf(element)
        const instance = place(step, entry, scopeKey)
        setLocal(step, instance.key, variables)
        enter(step, entry, instance)
      }
    }
  }

  /** A scope that two activations need is made once. */
  private scope(element: Element, inside: Inside): NewScope {
    const id = `${typeof inside === 'string' ? inside : this.order.indexOf(inside)} ${element.id} ${element.type}`
    const known = this.scopes.get(id)
    if (known) return known
    const scope: NewScope = { element, inside, variables: {} }
    this.scopes.set(id, scope)
    this.order.push(scope)
    return scope
  }

  /** Notes where variables go: the element, a scope that is to be made, or a live one. */
  private give(
    step: Step,
    element: Element,
    inside: Inside,
    own: Record<string, Json>,
    instruction: VariableInstruction,
  ): string | undefined {
    const { scopeId, variables } = instruction
    if (Object.hasOwn(variables, '__proto__')) return "Expected variable names that FEEL can use, but found '__proto__'; rename it"
    if (scopeId === element.id) {
      Object.assign(own, variables)
      return undefined
    }
    let at: Inside = inside
    for (; typeof at !== 'string'; at = at.inside) {
      if (at.element.id !== scopeId) continue
      Object.assign(at.variables, variables)
      return undefined
    }
    for (let live = step.find(at); live; live = live.scopeKey === undefined ? undefined : step.find(live.scopeKey)) {
      if (live.scopeKey !== undefined && live.elementId !== scopeId) continue
      if (live.scopeKey === undefined && scopeId !== undefined && scopeId !== live.elementId) break
      this.settings.push({ scopeKey: live.key, variables })
      return undefined
    }
    return `Expected variables for ${element.id} or a scope around it, but ${scopeId} is neither; correct the scopeId`
  }

  private makeScopes(step: Step, keys: Map<NewScope, ElementInstanceKey>): Failure | undefined {
    for (const { scopeKey, variables } of this.settings) setLocal(step, scopeKey, variables)
    for (const scope of this.order) {
      const scopeKey = typeof scope.inside === 'string' ? scope.inside : keys.get(scope.inside)
      if (scopeKey === undefined) throw new Error(`Expected the scope around ${scope.element.id} to be made first, but it was not`)
      const made = makeScope(step, scope, scopeKey)
      if ('type' in made) return made
      keys.set(scope, made.key)
    }
    return undefined
  }
}

/** Why a repetition cannot be added where one would be needed. */
function refuseRepetition(step: Step, scope: ElementInstance, missing: readonly Element[], element: Element): string | undefined {
  const body = missing.find(({ type }) => type === 'multiInstanceBody' || type === 'loopBody')
  const repeated = missing.map(({ id }) => step.element(id)).find((level, index) => isRepetitionOf(level, missing[index]))
  if (body)
    return `Expected ${body.id} around ${element.id} to be active, but it is not, and its items are only known to itself; activate ${body.id}`
  if (!repeated) return undefined
  const multi = repeated.multiInstance
  const { loop } = scope
  if (!multi || !loop)
    return `Expected a live repetition of ${repeated.id}, but there is none, and the loop decides itself whether to go on; activate ${repeated.id} anew`
  if (multi.sequential && repeated.id !== element.id)
    return `Expected ${repeated.id} to have one repetition at a time, but a second one is asked for; name the live repetition by ancestorElementInstanceKey`
  if (!multi.sequential && loop.begun < loop.items.length)
    return `Expected multi-instance body ${scope.key} to have begun all its items, but it is still at ${loop.begun} of ${loop.items.length}; try again in a moment`
  return undefined
}

function makeScope(
  step: Step,
  { element, variables }: NewScope,
  scopeKey: ElementInstanceKey,
): { readonly key: ElementInstanceKey } | Failure {
  const { multiInstance } = step.element(element.id)
  const instance =
    multiInstance?.inner === element ? placeRepetition(step, multiInstance, scopeKey, variables) : place(step, element, scopeKey)
  setLocal(step, instance.key, variables)
  const inputs = mapInputs(step, element, instance.key)
  if (inputs) return inputs
  const catches = planAttachedCatches(step, element, instance)
  if (!catches.ok) return catches.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  // Nothing is chosen but what is put in.
  if (element.type === 'adHocSubProcess') step.emit({ type: 'multiInstance.started', key: instance.key, items: [], collects: false })
  for (const open of catches.value) open(step)
  return { key: instance.key }
}

/** True when `view` is `element` as one repetition. */
function isRepetitionOf(element: Element, view: Element | undefined): boolean {
  return (element.multiInstance ?? element.standardLoop)?.inner === view
}

type Given = Readonly<Record<string, Json>>

/** Adds an item behind the others, and its repetition. */
function placeRepetition(step: Step, multi: MultiInstance, bodyKey: ElementInstanceKey, variables: Given): ElementInstance {
  const loopCounter = extend(step, multi, bodyKey, variables)
  const { inner, inputElement } = multi
  const instance = place(step, inner, bodyKey, { loopCounter })
  setLocal(step, instance.key, { loopCounter, ...(inputElement !== undefined && { [inputElement]: variables[inputElement] ?? null }) })
  return instance
}

function extend(step: Step, { inputElement }: MultiInstance, bodyKey: ElementInstanceKey, variables: Given): number {
  const loopCounter = (step.get(bodyKey).loop?.items.length ?? 0) + 1
  const item = inputElement === undefined ? loopCounter : (variables[inputElement] ?? null)
  step.emit({ type: 'multiInstance.extended', key: bodyKey, item })
  return loopCounter
}

/** One more repetition of the element itself; where they come one after the other, it waits for its turn. */
function repeat(step: Step, element: Element, bodyKey: ElementInstanceKey, variables: Given): void {
  const multi = element.multiInstance
  if (!multi) throw new Error(`Expected ${element.id} to be repeated, but it has no multi-instance marker`)
  if (multi.sequential) {
    extend(step, multi, bodyKey, variables)
    return
  }
  const instance = placeRepetition(step, multi, bodyKey, variables)
  setLocal(step, instance.key, variables)
  enter(step, multi.inner, instance)
}

const NONE: ReadonlySet<ElementInstanceKey> = new Set()

/** Why an instance cannot begin at these elements; looked at on a copy in which it was created. */
export function refuseToBeginAt(step: Step, elementIds: readonly string[]): string | undefined {
  const activations = new Activations()
  for (const elementId of elementIds) {
    const wrong = activations.add(step, { elementId }, NONE)
    if (wrong !== undefined) return wrong
  }
  return activations.rehearse(step)
}

/** Puts the first tokens of an instance in. */
export function beginAt(step: Step, elementIds: readonly string[]): void {
  const activations = new Activations()
  for (const elementId of elementIds) activations.add(step, { elementId }, NONE)
  activations.carryOut(step)
}
