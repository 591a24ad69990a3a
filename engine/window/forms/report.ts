import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../root.ts'
import { type TemplateCompiler, toTemplateCompiler } from './compile-template.ts'
import type { DeclarationForm } from './declaration-form.ts'
import { type FormFolder, readFormFolder } from './form-folder.ts'
import { templateItems } from './load-forms.ts'
import { routedItemIds } from './route-items.ts'

/** How many items the agencies' own forms had, and how many the one declaration has that feeds them all. */
export interface FormReport {
  /** Items of each agency's own form. */
  readonly forms: Readonly<Record<string, number>>
  /** Sum of those: what an enterprise filled in when each agency had its own form. */
  readonly before: number
  /** Items of the integrated declaration. */
  readonly after: number
}
export interface CountedForm {
  readonly report: FormReport
  /** Items on which a schema's routing and the agency's template disagree; empty when all is well. */
  readonly differences: readonly string[]
  /** Items that each agency sees, whatever message brings them. */
  readonly agencies: Readonly<Record<string, number>>
}

/** The declaration that replaced the agencies' forms, and the messages that carry each form; agencies that share a form get it each. */
const INTEGRATED = [
  {
    name: 'goods',
    formId: 'goods-declaration',
    forms: { customs: ['customs/cus.dec'], inspection: ['inspection/ciq.dec'] },
  },
  {
    name: 'ships',
    formId: 'ship-declaration',
    forms: {
      msa: ['msa/ship.form-a'],
      customs: ['customs/ship.form-b'],
      frontierQuarantine: ['frontier/ship.form-c', 'inspection/ship.form-c'],
    },
  },
] as const

/** Counts items in the schemas and, apart from them, in the templates themselves. */
export async function countForms(folder: string = join(projectRoot(), 'forms')): Promise<Readonly<Record<string, CountedForm>>> {
  const files = await readFormFolder(folder)
  const compiler = toTemplateCompiler(files.codelists)
  const counted: Record<string, CountedForm> = {}
  for (const { name, formId, forms } of INTEGRATED) {
    const form = files.declarations.get(formId)
    if (form === undefined) throw new Error(`Expected a form ${formId} in ${folder}, found none`)
    const sizes: Record<string, number> = {}
    const differences: string[] = []
    for (const [formName, messages] of Object.entries(forms) as [string, readonly string[]][]) {
      const perMessage = messages.map((messageId) => compareMessage(messageId, form, files, compiler))
      differences.push(...perMessage.flatMap((each) => each.differences))
      sizes[formName] = Math.min(...perMessage.map(({ used }) => used))
    }
    const before = Object.values(sizes).reduce((sum, size) => sum + size, 0)
    counted[name] = { report: { forms: sizes, before, after: form.items.length }, differences, agencies: itemsPerAgency(form) }
  }
  return counted
}

/** Items that a template uses, and those on which it and the schema's routing disagree. */
function compareMessage(
  messageId: string,
  form: DeclarationForm,
  files: FormFolder,
  compiler: TemplateCompiler,
): { readonly used: number; readonly differences: readonly string[] } {
  const template = files.messages.get(messageId)
  if (template === undefined) throw new Error(`Expected a message ${messageId} in forms/messages, found none`)
  const agencyId = messageId.split('/')[0] ?? ''
  const routed = new Set(routedItemIds(form, agencyId))
  const { items: used, problems } = templateItems(template, files, compiler)
  const left = [...routed].filter((item) => !used.has(item))
  const foreign = [...used].filter((item) => !routed.has(item))
  return {
    used: used.size,
    differences: [
      ...problems.map((problem) => `${messageId}: ${problem}`),
      ...left.map((item) => `${messageId}: ${item} is routed to ${agencyId}, but the template leaves it out`),
      ...foreign.map((item) => `${messageId}: the template uses ${item}, which is not routed to ${agencyId}`),
    ],
  }
}

function itemsPerAgency(form: DeclarationForm): Readonly<Record<string, number>> {
  const agencies = [...new Set(form.items.flatMap((item) => item.agencies))].sort()
  return Object.fromEntries(agencies.map((agencyId) => [agencyId, routedItemIds(form, agencyId).length]))
}

/** The report as a table for people. */
export function toTable(counted: Readonly<Record<string, CountedForm>>): string {
  const rows = Object.entries(counted).flatMap(([name, { report, agencies }]) => [
    ...Object.entries(report.forms).map(([agencyId, size]) => [name, `form of ${agencyId}`, String(size)]),
    [name, 'filled in before', String(report.before)],
    [name, 'filled in after', String(report.after)],
    [name, 'cancelled', `${report.before - report.after} (${((100 * (report.before - report.after)) / report.before).toFixed(1)}%)`],
    ...Object.entries(agencies).map(([agencyId, size]) => [name, `seen by ${agencyId}`, String(size)]),
  ])
  const table = [['declaration', 'counted', 'items'], ...rows]
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0))
  return table.map(([name = '', what = '', items = '']) => `${name.padEnd(width(0))}  ${what.padEnd(width(1))}  ${items}`).join('\n')
}

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).find((arg) => arg !== '--json')
  if (unknown !== undefined) {
    const asked = unknown === '--help'
    process.stderr.write(
      `${asked ? '' : `Expected --json or nothing, but found ${unknown}\n`}npm run forms:report -- [--json]: counts the items of each agency's form\n`,
    )
    process.exitCode = asked ? 0 : 2
    return
  }
  const counted = await countForms()
  const differences = Object.values(counted).flatMap((form) => form.differences)
  for (const difference of differences) process.stderr.write(`${difference}\n`)
  const reports = Object.fromEntries(Object.entries(counted).map(([name, { report }]) => [name, report]))
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(reports)}\n` : `${toTable(counted)}\n`)
  if (differences.length > 0) process.exitCode = 1
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
