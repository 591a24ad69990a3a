import type { Element, ListenerDefinition, SequenceFlow } from '../executable-process.ts'
import type { MultiInstanceDefinition, StandardLoopDefinition } from './loop.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

/** An element while the process is being put together. */
export type ElementDraft = Writable<Element>

export interface ProcessDraft {
  readonly elements: Map<string, ElementDraft>
  readonly flows: Map<string, SequenceFlow>
  /** Repeated activities by element id. */
  readonly multiInstances: Map<string, MultiInstanceDefinition>
  /** Listeners before all repetitions, by element id. */
  readonly beforeAll: Map<string, readonly ListenerDefinition[]>
  readonly standardLoops: Map<string, StandardLoopDefinition>
}
