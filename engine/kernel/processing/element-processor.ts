import type { Element, SequenceFlow } from '../model/executable-process.ts'
import type { ElementType } from '../record/event.ts'
import type { ElementInstanceKey } from '../record/keys.ts'
import type { ElementInstance } from '../state/instance-state.ts'
import type { Failure } from './failure.ts'
import type { Step } from './step.ts'

/**
 * How one kind of element behaves. Everything all elements share (mappings, boundary events, incidents, the way out)
 * is in the lifecycle; a processor only says what is special.
 */
export interface ElementProcessor {
  /**
   * The token is in, inputs are mapped. Either waits (emit `element.activated` and what it waits for) or calls
   * `complete`. Must not emit anything before it can no longer fail: after an incident it is called again.
   */
  activate(step: Step, element: Element, instance: ElementInstance): Failure | undefined
  /** Flows on which tokens leave. Default: all outgoing. May fail for want of a true condition. */
  chooseFlows?(step: Step, element: Element, instance: ElementInstance): { readonly flows: readonly SequenceFlow[] } | Failure
  /** For joins: the flows whose tokens are taken together, or undefined while some are missing. Default: the flow of arrival. */
  join?(step: Step, element: Element, scopeKey: ElementInstanceKey): readonly string[] | undefined
  /** It has completed and is gone, but its flows are not taken yet. */
  afterCompleted?(step: Step, element: Element, scopeKey: ElementInstanceKey): void
  /** For what asks for compensation: one handler has done its part. */
  afterHandler?(step: Step, key: ElementInstanceKey): void
  /** For containers: what to do with the result of an element inside, before it leaves. May fail. */
  beforeChildLeaves?(step: Step, element: Element, instance: ElementInstance, child: ElementInstance): Failure | undefined
  /** For containers: an element inside has completed and took no flow. Default: the container completes when nothing is left inside. */
  afterChildLeft?(step: Step, element: Element, instance: ElementInstance): void
  /**
   * For joins that depend on tokens elsewhere: asked for each scope with a token at the door once every other token waits,
   * and again whenever tokens came or went. Such a join answers `undefined` to `join`.
   */
  joinWhenQuiet?(step: Step, element: Element, scopeKey: ElementInstanceKey): readonly string[] | undefined
  /** For these: it has taken its tokens. What it must remember for its next turn is noted here, as listeners may hold it up. */
  afterJoined?(step: Step, element: Element, instance: ElementInstance): void
}

/** One for each element type; the compiler refuses a table with a gap. */
export type Processors = Readonly<Record<ElementType, ElementProcessor>>
