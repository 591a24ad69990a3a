/** JSON Schemas (2020-12) of the files in `processes/<service>/cases`; the types are in `contract.ts`. */
const object = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: text }
const anyObject = { type: 'object' }
const data = object({ file: text, data: anyObject, change: anyObject })
const after = { type: 'string', pattern: '^P' }

const account = object(
  { ledger: text, account: text, amount: { type: ['string', 'number'] }, unit: text, validFrom: text, validTo: text, enterprise: text },
  ['ledger', 'account', 'amount'],
)

const act = {
  oneOf: [
    object({ after, acknowledge: anyObject }, ['acknowledge']),
    object({ after, silent: { oneOf: [{ const: 'any' }, { type: 'integer', minimum: 1 }] } }, ['silent']),
    object({ after, refuse: text }, ['refuse']),
    object({ after, publish: text, variables: anyObject, key: text, messageId: text, twice: { type: 'boolean' } }, ['publish']),
    object({ after, complete: anyObject, task: text }, ['complete']),
    object({ after, amend: data }, ['amend']),
    object({ after, notice: text, data: anyObject, twice: { type: 'boolean' } }, ['notice', 'data']),
    object({ after, withdraw: text }, ['withdraw']),
    object({ after, setCredit: text }, ['setCredit']),
    object({ after, openAccount: account }, ['openAccount']),
    object({ after, wait: { const: true } }, ['wait']),
  ],
}
const trigger = {
  oneOf: [
    object({ message: text }, ['message']),
    object({ task: text }, ['task']),
    object({ waits: text }, ['waits']),
    object({ after }, ['after']),
  ],
}
const rule = object(
  {
    when: trigger,
    do: { oneOf: [{ type: 'array', items: act, minItems: 1 }, act] },
    times: { oneOf: [{ const: 'any' }, { type: 'integer', minimum: 1 }] },
  },
  ['when', 'do'],
)
const expectation = object(
  {
    end: text,
    passes: texts,
    avoids: texts,
    sends: texts,
    neverSends: texts,
    documents: texts,
    variables: anyObject,
    errors: texts,
    accounts: { type: 'array', items: anyObject },
    within: after,
    opens: { type: 'array', items: object({ service: text, end: text }, ['service', 'end']) },
  },
  ['end'],
)
const said = {
  enterprise: text,
  operator: { enum: ['OP-FZ', 'OP-XM'] },
  credit: text,
  start: text,
  declaration: data,
  before: { type: 'array', items: act },
  script: { type: 'array', items: rule },
}

export const CASE_SCHEMA = object(
  { ...said, id: text, service: text, name: object({ en: text, zh: text }, ['en', 'zh']), expect: expectation },
  ['id', 'service', 'name', 'enterprise', 'operator', 'declaration', 'script', 'expect'],
)
/** What the cases of a service have in common; a case's own words go before. */
export const DEFAULTS_SCHEMA = object(said)
