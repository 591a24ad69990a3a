import type { Json } from './json.ts'
import type { ElementInstanceKey } from './keys.ts'

/** A multi-instance body knows its items, once and for all. */
export interface MultiInstanceStarted {
  readonly type: 'multiInstance.started'
  readonly key: ElementInstanceKey
  readonly items: readonly Json[]
  /** A result is collected for each item. */
  readonly collects: boolean
}
/** The result of one item, put at its index. */
export interface MultiInstanceCollected {
  readonly type: 'multiInstance.collected'
  readonly key: ElementInstanceKey
  /** From 0. */
  readonly index: number
  readonly value: Json
}
/** The next chosen activity of an ad-hoc subprocess is begun. */
export interface AdHocBegun {
  readonly type: 'adHoc.begun'
  readonly key: ElementInstanceKey
  readonly elementId: string
}
/** The result of one chosen activity, put behind those that are there. */
export interface AdHocCollected {
  readonly type: 'adHoc.collected'
  readonly key: ElementInstanceKey
  readonly value: Json
}
/** The worker that drives an ad-hoc subprocess has said that it is done: it ends once nothing is active in it. */
export interface AdHocFulfilled {
  readonly type: 'adHoc.fulfilled'
  readonly key: ElementInstanceKey
}
/** A large body has begun a part of its items; the runtime sends `continueMultiInstance` for the rest. */
export interface MultiInstancePaused {
  readonly type: 'multiInstance.paused'
  readonly key: ElementInstanceKey
}
/** A repetition was added to a running body from outside, behind the others. */
export interface MultiInstanceExtended {
  readonly type: 'multiInstance.extended'
  readonly key: ElementInstanceKey
  readonly item: Json
}
