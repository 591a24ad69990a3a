import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../root.ts'
import { toTemplateCompiler } from './compile-template.ts'
import { readFormFolder } from './form-folder.ts'
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
}

/** The declaration that replaced the agencies' forms, and the message that carries each form. */
const INTEGRATED = [
  { name: 'goods', formId: 'goods-declaration', messages: { customs: 'customs/cus.dec', inspection: 'inspection/ciq.dec' } },
] as const

/** Counts items in the schemas and, apart from them, in the templates themselves. */
export async function countForms(folder: string = join(projectRoot(), 'forms')): Promise<Readonly<Record<string, CountedForm>>> {
  const files = await readFormFolder(folder)
  const compiler = toTemplateCompiler(files.codelists)
  const counted: Record<string, CountedForm> = {}
  for (const { name, formId, messages } of INTEGRATED) {
    const form = files.declarations.get(formId)
    if (form === undefined) throw new Error(`Expected a form ${formId} in ${folder}, found none`)
    const sizes: Record<string, number> = {}
    const differences: string[] = []
    for (const [agencyId, messageId] of Object.entries(messages)) {
      const template = files.messages.get(messageId)
      if (template === undefined) throw new Error(`Expected a message ${messageId} in ${folder}, found none`)
      const routed = new Set(routedItemIds(form, agencyId))
      const { items: used, problems } = templateItems(template, files, compiler)
      differences.push(...problems.map((problem) => `${messageId}: ${problem}`))
      for (const item of routed)
        if (!used.has(item)) differences.push(`${messageId}: ${item} is routed to ${agencyId}, but the template leaves it out`)
      for (const item of used)
        if (!routed.has(item)) differences.push(`${messageId}: the template uses ${item}, which is not routed to ${agencyId}`)
      sizes[agencyId] = used.size
    }
    const before = Object.values(sizes).reduce((sum, size) => sum + size, 0)
    counted[name] = { report: { forms: sizes, before, after: form.items.length }, differences }
  }
  return counted
}

/** The report as a table for people. */
export function toTable(counted: Readonly<Record<string, CountedForm>>): string {
  const rows = Object.entries(counted).flatMap(([name, { report }]) => [
    ...Object.entries(report.forms).map(([agencyId, size]) => [name, `form of ${agencyId}`, String(size)]),
    [name, 'filled in before', String(report.before)],
    [name, 'filled in after', String(report.after)],
    [name, 'cancelled', `${report.before - report.after} (${((100 * (report.before - report.after)) / report.before).toFixed(1)}%)`],
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
