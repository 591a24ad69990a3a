import type { ModdleElement } from '../../moddle.ts'
import type { ModelView } from './model-view.ts'

/** A rule of the standard about elements of some types. */
export interface StandardRule {
  /** Stable: what a problem is called. */
  readonly name: string
  /** Clause of BPMN 2.0.2. */
  readonly clause: string
  readonly on: readonly string[]
  /** Left to plain files: Camunda 8 is more lenient, or says it by extensions. */
  readonly isForPlainFiles?: boolean
  /** What is wrong with the element: expected, found, way out. Undefined: nothing. */
  check(element: ModdleElement, model: ModelView): string | undefined
}
