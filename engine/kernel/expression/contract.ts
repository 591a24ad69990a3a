import type { Json } from '../record/json.ts'
import type { EpochMs } from '../record/keys.ts'

/** Looks up one variable by name; `undefined` when no scope has it (FEEL then sees null). */
export type FeelScope = (name: string) => FeelValue | undefined

/**
 * A FEEL value while it is evaluated: JSON, plus the types JSON lacks (dates, times, durations, ranges, functions,
 * decimals beyond a double). Opaque outside `expression` and `decision`; `evaluate` gives JSON back.
 */
export type FeelValue = unknown

/** What an evaluation may know beside variables. Same env, same result: FEEL's now() and today() read it. */
export interface ExpressionEnv {
  readonly now: EpochMs
  /** IANA zone of today() and of local date-times. */
  readonly zone: string
}

/** A modeller's mistake in an expression. Never thrown: compile and evaluate return it. */
export interface ExpressionFailure {
  readonly ok: false
  /** Expected, found, and the way out; names the expression. */
  readonly message: string
  /** Offsets in the text, when known. */
  readonly position?: { readonly from: number; readonly to: number }
}

export interface Evaluated<T> {
  readonly ok: true
  readonly value: T
  /** FEEL turned a failing operation into null here. Empty most of the time. */
  readonly warnings: readonly string[]
}

/** A call of a name that only a variable could make a function: JSON holds none. */
export interface ForeignCall {
  readonly name: string
  /** Offsets in the text. */
  readonly position: { readonly from: number; readonly to: number }
}

/** A FEEL expression, parsed once. `evaluate` is pure and may be called any number of times. */
export interface CompiledExpression {
  /** The text without the leading `=`. */
  readonly text: string
  /** Names of variables the text may read; lets callers hand over only what is needed. */
  readonly variableNames: readonly string[]
  readonly foreignCalls: readonly ForeignCall[]
  /**
   * The value as JSON: dates, times and durations as ISO 8601 text, decimals as numbers.
   * FEEL's own failures are null plus a warning; `ok: false` only when nothing can be said at all.
   */
  evaluate(scope: FeelScope, env: ExpressionEnv): Evaluated<Json> | ExpressionFailure
  /** As `evaluate`, but keeps FEEL's own types; for decisions that hand values on. */
  evaluateRaw(scope: FeelScope, env: ExpressionEnv): Evaluated<FeelValue> | ExpressionFailure
}

/** Unary tests of a decision table cell (`> 10, [1..5], not("x")`, `-`). */
export interface CompiledUnaryTests {
  readonly text: string
  /** True when `input` passes. A null input fails every comparison (DMN 1.5 §10.3.2.7). */
  test(input: FeelValue, scope: FeelScope, env: ExpressionEnv): Evaluated<boolean> | ExpressionFailure
}

/** Result of compiling a text. Syntax errors are a failure with a position. */
export type Compiled<T> = { readonly ok: true; readonly compiled: T } | ExpressionFailure
