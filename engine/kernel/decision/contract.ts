import type { ExpressionEnv, FeelScope } from '../expression/contract.ts'
import type { Json } from '../record/json.ts'

/** A deployable DMN file: every decision of it, compiled. */
export interface CompiledDecisions {
  readonly decisionRequirementsId: string
  readonly name: string
  readonly decisions: ReadonlyMap<string, CompiledDecision>
}

export interface CompiledDecision {
  readonly decisionId: string
  readonly name: string
  /** Evaluates the decision and, before it, the decisions it requires (DMN 1.5 §8). */
  evaluate(scope: FeelScope, env: ExpressionEnv): DecisionOutcome
}

export interface DecisionTraceEntry {
  readonly decisionId: string
  /** Ids of the rules that held, in table order; empty for a literal expression. */
  readonly matchedRules: readonly string[]
  /** Evaluated input columns by label, for a person to read. */
  readonly inputs: Readonly<Record<string, Json>>
  readonly output: Json
}

export type DecisionOutcome =
  | { readonly ok: true; readonly output: Json; readonly trace: readonly DecisionTraceEntry[] }
  /** A modeller's mistake (two rules of a UNIQUE table held, output not in its list …), naming decision and rule. */
  | { readonly ok: false; readonly message: string; readonly decisionId: string }

/** Why a DMN file is refused; `elementId` names the decision, rule or cell. */
export interface DecisionProblem {
  readonly elementId: string
  readonly message: string
}
