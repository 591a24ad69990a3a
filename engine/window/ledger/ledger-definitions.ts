import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { ENTRY_KINDS, type EntryKind, type LedgerDefinition, type LedgerDefinitions, LedgerFailure } from './ledger-contract.ts'

const LEDGERS_FILE = 'ledgers.json'
const AFTER_EXPIRY: readonly EntryKind[] = ['increase', 'decrease', 'extend', 'release', 'write-off', 'call', 'restore', 'return', 'close']
const WARN_AT = 0.8

const TEXT = { type: 'string', minLength: 1, maxLength: 200 }
const KINDS = { type: 'array', uniqueItems: true, items: { enum: ENTRY_KINDS } }
const SCHEMA = {
  type: 'object',
  required: ['units', 'ledgers'],
  additionalProperties: false,
  properties: {
    units: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: 6 } },
    ledgers: {
      type: 'array',
      items: {
        type: 'object',
        required: ['ledger', 'name', 'owner', 'units', 'shared'],
        additionalProperties: false,
        properties: {
          ledger: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' },
          name: { type: 'object', required: ['en', 'zh'], additionalProperties: false, properties: { en: TEXT, zh: TEXT } },
          owner: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' },
          units: { type: 'array', minItems: 1, uniqueItems: true, items: TEXT },
          shared: { type: 'boolean' },
          kinds: { ...KINDS, contains: { const: 'open' } },
          afterExpiry: KINDS,
          warnAt: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
        },
      },
    },
  },
}
interface LedgersFile {
  readonly units: Readonly<Record<string, number>>
  readonly ledgers: readonly (Omit<LedgerDefinition, 'kinds' | 'afterExpiry' | 'warnAt'> &
    Partial<Pick<LedgerDefinition, 'kinds' | 'afterExpiry' | 'warnAt'>>)[]
}

/** Ledgers of `<folder>/ledgers.json`; none when there is no such file. @throws Error that names the place at fault. */
export async function readLedgers(folder: string): Promise<LedgerDefinitions> {
  let content: string
  try {
    content = await readFile(join(folder, LEDGERS_FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ledgers: new Map(), scales: new Map() }
    throw error
  }
  return parseLedgers(content)
}

function parseLedgers(content: string): LedgerDefinitions {
  let file: LedgersFile
  try {
    file = JSON.parse(content) as LedgersFile
  } catch (error) {
    throw new Error(`${LEDGERS_FILE}: expected JSON; ${(error as Error).message}`, { cause: error })
  }
  const validate = new Ajv({ allErrors: true }).compile<LedgersFile>(SCHEMA)
  if (!validate(file)) {
    const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
    throw new Error(`${LEDGERS_FILE} cannot be read: ${problems.join('; ')}`)
  }
  const scales = new Map(Object.entries(file.units))
  const ledgers = new Map<string, LedgerDefinition>()
  for (const [index, given] of file.ledgers.entries()) {
    const unknown = given.units.filter((unit) => !scales.has(unit))
    if (unknown.length > 0)
      throw new Error(`${LEDGERS_FILE} /ledgers/${index}/units: expected units of /units, found ${unknown.join(', ')}`)
    if (ledgers.has(given.ledger)) throw new Error(`${LEDGERS_FILE} /ledgers/${index}/ledger: ${given.ledger} is defined twice`)
    ledgers.set(given.ledger, { kinds: ENTRY_KINDS, afterExpiry: AFTER_EXPIRY, warnAt: WARN_AT, ...given })
  }
  return { ledgers, scales }
}

/** @throws LedgerFailure `INVALID_ARGUMENT` when nobody defined it. */
export function definitionOf(definitions: LedgerDefinitions, ledger: string): LedgerDefinition {
  const definition = definitions.ledgers.get(ledger)
  if (definition) return definition
  const known = [...definitions.ledgers.keys()].join(', ') || 'none'
  throw new LedgerFailure('INVALID_ARGUMENT', `Expected ledger to be one of ${known}, found ${ledger}; add it to processes/ledgers.json`)
}
