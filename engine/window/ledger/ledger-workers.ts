import type { ActivatedJob, Clock, InProcessWorker, JobAnswer } from '../../runtime/index.ts'
import { leaseMs } from '../lease.ts'
import { WINDOW_ACTOR } from '../window-parts.ts'
import { Exact } from './amount.ts'
import { unknownAccount } from './decide-posting.ts'
import { accountOfJob, JOB_VARIABLES, jobInputs, type LedgerInputs } from './job-inputs.ts'
import {
  type AccountState,
  type Balance,
  ENTRY_KINDS,
  type EntryKind,
  type LedgerEntry,
  LedgerFailure,
  type Ledgers,
} from './ledger-contract.ts'
import { definitionOf } from './ledger-definitions.ts'

/** What a job type does: one kind of entry, entries that name their kinds, or nothing but look. */
type Work = EntryKind | 'post' | 'balance'
const WORKS: readonly Work[] = [...ENTRY_KINDS, 'post', 'balance']
/** Jobs of a type under way at a time. */
const MAX_JOBS = 32

/** Serves the job types `ledger.*`. */
export function ledgerWorkers(ledgers: Ledgers, clock: Clock): readonly InProcessWorker[] {
  return WORKS.map((work) => ({
    type: `ledger.${work}`,
    name: 'window',
    maxJobs: MAX_JOBS,
    timeoutMs: leaseMs(clock),
    fetchVariables: JOB_VARIABLES,
    handle: (job) => answerOf(job, () => carryOut(work, job, ledgers)),
  }))
}

async function carryOut(work: Work, job: ActivatedJob, ledgers: Ledgers): Promise<JobAnswer> {
  const inputs = jobInputs(job, work)
  const result = work === 'balance' ? await look(inputs, ledgers) : await post(inputs, job, ledgers)
  return { kind: 'complete', variables: { ledgerResult: result } }
}

async function look({ ledger, account, enterprise }: LedgerInputs, ledgers: Ledgers) {
  definitionOf(ledgers.definitions, ledger)
  const state = await ledgers.find(ledger, account)
  const isHidden = state && state.enterprise !== null && enterprise !== undefined && enterprise !== state.enterprise
  if (!state || isHidden) throw unknownAccount(ledger, account)
  return { ...view(state, state.balance, ledgers), replayed: false, entries: [] }
}

async function post(inputs: LedgerInputs, job: ActivatedJob, ledgers: Ledgers) {
  const { state, balance, entries, replayed } = await ledgers.post({
    ...inputs,
    actor: WINDOW_ACTOR,
    processInstanceKey: job.processInstanceKey,
  })
  const [first] = entries
  const sum = entries.reduce((total, { amount }) => total.plus(amount), new Exact(0))
  return {
    ...view(state, balance, ledgers),
    ...{ replayed, entryId: first?.entryId ?? null },
    amount: sum.toFixed(ledgers.definitions.scales.get(state.unit) ?? 0),
    entries: entries.map(entryView),
  }
}

function view(state: AccountState, balance: Balance, ledgers: Ledgers) {
  const { ledger, account, unit, status, validFrom, validTo } = state
  return {
    ledger,
    account,
    unit,
    status,
    validFrom,
    validTo,
    expired: ledgers.isExpired(state),
    balance,
    ...ledgers.useOf(ledger, balance),
  }
}

function entryView({ entryId, kind, amount, key, reservation }: LedgerEntry) {
  return { entryId, kind, amount, key, ...(reservation === undefined ? {} : { reservation }) }
}

/** Business outcomes go to the model, its mistakes to an incident at once: no retry mends them. */
async function answerOf(job: ActivatedJob, work: () => Promise<JobAnswer>): Promise<JobAnswer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof LedgerFailure)) throw error
    const { code, message, details } = error
    if (code === 'INVALID_ARGUMENT')
      return { kind: 'fail', retries: 0, errorMessage: `${message} (${job.type} of element ${job.elementId})` }
    const { ledger, account } = accountOfJob(job)
    const { short = null, available = null, reservation = null } = details
    const ledgerError = { code, message, ledger, account, reservation, short, available }
    return { kind: 'error', errorCode: code, errorMessage: message, variables: { ledgerError, short, available } }
  }
}
