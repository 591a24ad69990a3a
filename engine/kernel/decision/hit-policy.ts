import { addNumbers, compareOrder, equal, type FeelValue, isNumber } from '../expression/index.ts'
import { DecisionFailure } from './decision-failure.ts'

export const hitPolicies = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'] as const
export type HitPolicy = (typeof hitPolicies)[number]

export const aggregators = ['SUM', 'MIN', 'MAX', 'COUNT'] as const
export type Aggregator = (typeof aggregators)[number]

/** A rule that held, with its output values in column order. */
export interface Hit {
  readonly ruleId: string
  readonly outputs: readonly FeelValue[]
}

export interface HitSelection {
  readonly policy: HitPolicy
  readonly aggregator?: Aggregator
  /** For each output column the values of its list, best first; empty when it has none. */
  readonly priorities: readonly (readonly FeelValue[])[]
  /** Output values of a hit as one value: the value itself, or a context. */
  readonly shape: (outputs: readonly FeelValue[]) => FeelValue
}

/** DMN 1.5 §8.2.8: which hits count, and as what. Called with at least one hit. */
export function selectHits(hits: readonly Hit[], selection: HitSelection): FeelValue {
  const { policy, shape } = selection
  const shaped = (hit: Hit | undefined) => (hit ? shape(hit.outputs) : null)
  switch (policy) {
    case 'UNIQUE':
      if (hits.length > 1) {
        throw new DecisionFailure(
          `Expected one rule to hold (hit policy UNIQUE), found ${hits.length}: ${ruleIds(hits)}. Make the rules exclude each other, or choose another hit policy.`,
        )
      }
      return shaped(hits[0])
    case 'ANY': {
      const odd = hits.find((hit) => !sameOutputs(hit, hits[0]))
      if (odd) {
        throw new DecisionFailure(
          `Expected rules that hold together to have the same output (hit policy ANY), found different ones: ${ruleIds(hits)}. Give them the same output, or choose another hit policy.`,
        )
      }
      return shaped(hits[0])
    }
    case 'FIRST':
      return shaped(hits[0])
    case 'PRIORITY':
      return shaped(byPriority(hits, selection.priorities)[0])
    case 'OUTPUT ORDER':
      return byPriority(hits, selection.priorities).map(shaped)
    case 'RULE ORDER':
      return hits.map(shaped)
    case 'COLLECT':
      return selection.aggregator ? aggregate(hits, selection.aggregator, shape) : hits.map(shaped)
  }
}

function ruleIds(hits: readonly Hit[]): string {
  return hits.map((hit) => hit.ruleId).join(', ')
}

function sameOutputs(a: Hit, b: Hit | undefined): boolean {
  return a.outputs.every((value, index) => equal(value, b?.outputs[index] ?? null) === true)
}

/** Stable: rules of the same priority keep their order. Values outside the list come last. */
function byPriority(hits: readonly Hit[], priorities: readonly (readonly FeelValue[])[]): readonly Hit[] {
  const rank = (hit: Hit, column: number) => {
    const index = priorities[column]?.findIndex((value) => equal(value, hit.outputs[column] ?? null) === true) ?? -1
    return index < 0 ? Number.MAX_SAFE_INTEGER : index
  }
  return [...hits].sort((a, b) => {
    for (let column = 0; column < priorities.length; column++) {
      const difference = rank(a, column) - rank(b, column)
      if (difference !== 0) return difference
    }
    return 0
  })
}

function aggregate(hits: readonly Hit[], aggregator: Aggregator, shape: HitSelection['shape']): FeelValue {
  if (aggregator === 'COUNT') return hits.length
  const values = hits.map((hit) => shape(hit.outputs))
  if (aggregator === 'SUM') {
    return values.reduce<FeelValue>((total, value) => (isNumber(total) && isNumber(value) ? addNumbers(total, value) : null), 0)
  }
  const wanted = aggregator === 'MIN' ? -1 : 1
  return values.reduce((best, value) => {
    const order = compareOrder(value, best)
    return order === null ? null : Math.sign(order) === wanted ? value : best
  })
}
