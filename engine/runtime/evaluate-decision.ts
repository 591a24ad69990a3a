import type { DecisionOutcome } from '../kernel/index.ts'
import type { DefinitionRecord } from '../store/index.ts'
import { type Clock, EngineFailure, type EvaluateDecisionRequest, type EvaluatedDecision } from './contract.ts'
import type { Definitions } from './definitions.ts'
import { checkPayload } from './payload-limit.ts'

export interface DecisionParts {
  readonly definitions: Definitions
  readonly clock: Clock
  readonly zone: string
  readonly maxPayloadBytes: number
}

/** Decides over given variables, without a process. @throws EngineFailure `NOT_FOUND`, or `INVALID_ARGUMENT` when it cannot decide */
export async function evaluateDecision(parts: DecisionParts, request: EvaluateDecisionRequest): Promise<EvaluatedDecision> {
  const { definitions, clock, zone, maxPayloadBytes } = parts
  const { variables } = request
  checkPayload(variables, maxPayloadBytes)
  const definition = find(definitions, request) ?? (await definitions.refresh().then(() => find(definitions, request)))
  const named = request.decisionKey ?? request.decisionId ?? ''
  if (!definition) throw new EngineFailure('NOT_FOUND', `Expected a deployed decision ${named}, but there is none; deploy it first`)
  const { decisions } = await definitions.compile(definition)
  const decision = decisions?.decisions.get(definition.id)
  if (!decision) throw new Error(`Expected decision ${definition.id} in its stored file, but it is not there`)
  const outcome: DecisionOutcome = decision.evaluate((name) => (Object.hasOwn(variables, name) ? variables[name] : undefined), {
    now: clock.now(),
    zone,
  })
  if (!outcome.ok)
    throw new EngineFailure('INVALID_ARGUMENT', `Expected ${outcome.decisionId} to decide over these variables, but ${outcome.message}`)
  return { definition, output: outcome.output, trace: outcome.trace }
}

function find(definitions: Definitions, { decisionId = '', decisionKey, tenantId }: EvaluateDecisionRequest): DefinitionRecord | undefined {
  if (decisionKey === undefined) return definitions.latest('decision', decisionId, tenantId)
  const record = definitions.byKey(decisionKey)
  return record?.kind === 'decision' && record.tenantId === tenantId ? record : undefined
}
