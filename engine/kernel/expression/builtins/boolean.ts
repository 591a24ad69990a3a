import type { FeelValue } from '../contract.ts'
import { type BuiltinTable, signature } from './signature.ts'

/** DMN 1.5 §10.3.4.2, and Camunda's. */
export const booleanFunctions: BuiltinTable = {
  not: [signature('negand: any', ([negand]: readonly [FeelValue]) => (typeof negand === 'boolean' ? !negand : null))],
  'is defined': [signature('value: any', ([value]: readonly [FeelValue]) => value !== null)],
  'get or else': [signature('value: any, default: any', ([value, fallback]: readonly [FeelValue, FeelValue]) => value ?? fallback)],
  // Declares what a language model may fill in; the value is there already.
  fromAi: [
    signature('value: any, description?: string?, type?: string?, schema?: any, options?: any', ([value]: readonly [FeelValue]) => value),
  ],
  assert: [
    signature('value: any, condition: any, cause?: string', ([value, condition, cause]: readonly [FeelValue, FeelValue, string?], run) =>
      condition === true ? value : run.warn(cause ?? 'An assertion does not hold'),
    ),
  ],
}
