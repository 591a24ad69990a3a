import type { CaseResult } from '../../engine/verify/cases/index.ts'
import type { CaseRunResult } from './case-run.ts'

/** What became of one declaration. */
export interface DeclarationResult {
  readonly receiptNo: string
  readonly service: string
  readonly scenario: string
  readonly expected: string
  readonly end: string
  /** Real time from the enterprise's POST to the end. */
  readonly elapsedMs: number
  /** Commits of its process instance's history. */
  readonly events: number
}
export interface AgencyCounts {
  readonly messages: number
  readonly duplicatesRecognised: number
  readonly applied: number
  readonly appliedTwice: number
}
export interface RunResult {
  readonly declarations: readonly DeclarationResult[]
  readonly kills: number
  readonly killsAsked: number
  /** Accepted declarations that came to no end, or that the server no longer knows. */
  readonly lost: number
  readonly agencies: Readonly<Record<string, AgencyCounts>>
  /** Declarations whose stored history, folded again, equals their stored state. */
  readonly foldsChecked: number
  readonly foldsDiffering: readonly string[]
  /** What an enterprise asked for, was told it might, and was refused. */
  readonly refusals: readonly string[]
  readonly clockFactor: number
  readonly store: string
  readonly elapsedMs: number
}

export function appliedTwice(result: Pick<RunResult, 'agencies'>): number {
  return Object.values(result.agencies).reduce((sum, agency) => sum + agency.appliedTwice, 0)
}

/** Why the run failed, in the reader's words; empty when all went as it should. */
export function findFaults(result: RunResult): readonly string[] {
  const faults: string[] = []
  for (const declaration of result.declarations) {
    if (declaration.end !== declaration.expected) {
      faults.push(
        `${declaration.receiptNo} (${declaration.scenario}): expected to end as ${declaration.expected}, found ${declaration.end}`,
      )
    }
  }
  if (result.declarations.length === 0) faults.push('No declaration was filed')
  if (result.lost > 0) faults.push(`${result.lost} declarations were lost`)
  const twice = appliedTwice(result)
  if (twice > 0) faults.push(`${twice} messages had their effect at an agency twice`)
  if (result.kills < result.killsAsked) faults.push(`${result.kills} kills were done of the ${result.killsAsked} asked for`)
  for (const receiptNo of result.foldsDiffering) faults.push(`${receiptNo}: its history folded again differs from its stored state`)
  faults.push(...result.refusals)
  return faults
}

/** The last line of standard output under `--json`. */
export function toJsonLine(result: RunResult, played?: CaseRunResult): string {
  const { declarations, kills, lost, agencies, foldsChecked, clockFactor, store, elapsedMs } = result
  return JSON.stringify({
    declarations,
    kills,
    lost,
    appliedTwice: appliedTwice(result),
    agencies,
    foldsChecked,
    clockFactor,
    store,
    elapsedMs,
    ...(played && { services: played.services, cases: played.cases.map(toCaseLine), casesMs: played.elapsedMs }),
  })
}

function toCaseLine({ service, id, receiptNo, end, faults }: CaseResult) {
  return { service, id, receiptNo, end, holds: faults.length === 0 }
}

/** A line a service: its cases and its ends. */
export function toCaseTable({ services, cases, elapsedMs }: CaseRunResult): string {
  const rows = services.map(({ service, cases: count, ends }) => {
    const held = cases.filter((one) => one.service === service && one.faults.length === 0).length
    const reached = Object.values(ends).filter((times) => times > 0).length
    return [service, `${held} of ${count}`, `${reached} of ${Object.keys(ends).length}`]
  })
  return `${align([['service', 'cases held', 'ends reached'], ...rows])}\n\n${cases.length} cases played in ${(elapsedMs / 1000).toFixed(1)} s`
}

/** The closing table. */
export function toTable(result: RunResult): string {
  const rows = result.declarations.map((d) => [
    d.receiptNo,
    d.service,
    d.scenario,
    d.expected,
    d.end + (d.end === d.expected ? '' : '  <-- '),
    `${(d.elapsedMs / 1000).toFixed(1)} s`,
    String(d.events),
  ])
  const agencies = Object.entries(result.agencies).map(([id, a]) =>
    [id, a.messages, a.duplicatesRecognised, a.applied, a.appliedTwice].map(String),
  )
  return [
    align([['receipt', 'service', 'scenario', 'expected', 'end', 'took', 'events'], ...rows]),
    '',
    align([['agency', 'messages', 'duplicates recognised', 'applied', 'applied twice'], ...agencies]),
    '',
    `${result.kills} kills, ${result.lost} lost, ${appliedTwice(result)} applied twice, ${result.foldsChecked} histories folded again to their state; ` +
      `${(result.elapsedMs / 1000).toFixed(1)} s at ${result.clockFactor} times the real clock on ${result.store}`,
  ].join('\n')
}

/** Columns as wide as their widest cell, Chinese counted double. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[\u1100-\u115f\u2e80-\uffef]/u.test(character) ? 2 : 1), 0)
}
