import { type DecisionEnv, parseDmn } from '../../engine/kernel/index.ts'
import { decision, definitions, table } from '../helpers/dmn.ts'

const CHOOSE = table({
  hitPolicy: 'FIRST',
  inputs: ['pick'],
  outputs: [{ name: 'seen' }],
  rules: [
    ['0', '"none"'],
    ['[1..2]', '"some"'],
    ['-', 'null'],
  ],
})

const { decisions, problems } = await parseDmn(definitions(decision('choose', CHOOSE)))
if (!decisions) throw new Error(`Expected a decision that compiles, but ${problems.map(({ message }) => message).join()}`)

/** The one decision that business rule tasks of random models call. */
export const findDecision: DecisionEnv['findDecision'] = (decisionId) => {
  const found = decisions.decisions.get(decisionId)
  return found && { key: 'fuzz', decision: found }
}
