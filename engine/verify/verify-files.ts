import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectRoot } from '../root.ts'
import { isRefusing } from './gate.ts'
import { calledProcesses, verifyDefinition } from './verify-definition.ts'

/** What the gate says of each BPMN file below the folders given (default: processes); ends with 1 when it refuses one. */
async function main(folders: readonly string[]): Promise<void> {
  const files = (folders.length > 0 ? folders : [join(projectRoot(), 'processes')]).flatMap(bpmnFiles)
  const contents = files.map((file) => ({ file, xml: readFileSync(file, 'utf8') }))
  const called = contents.flatMap(({ xml }) => calledProcesses(xml))
  let refused = 0
  for (const { file, xml } of contents) {
    const { problems, findings, cut, states, commands, witness } = await verifyDefinition(xml, { called })
    const errors = problems.filter(({ severity }) => severity === 'error').length
    const known = Object.values(witness.knownFaults).reduce((sum, count) => sum + count, 0)
    const heard = `bpmn-engine: ${witness.agreed} agreed, ${witness.disagreed} not, ${known} by a known fault, ${witness.notAsked} not asked`
    const explored = `${states} states, ${commands} commands${cut ? ', cut' : ''}; ${heard}`
    process.stdout.write(`${relative('.', file)}: ${errors > 0 ? `cannot be deployed (${errors} errors)` : explored}\n`)
    for (const finding of findings)
      process.stdout.write(`  ${isRefusing(finding) ? 'refused' : 'warning'} ${finding.kind} ${finding.elementId}: ${finding.message.en}\n`)
    if (findings.some(isRefusing)) refused++
  }
  process.stdout.write(`${files.length} files, ${refused} refused\n`)
  process.exitCode = refused > 0 ? 1 : 0
}

function bpmnFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.bpmn'))
    .sort()
    .map((name) => join(path, name))
}

await main(process.argv.slice(2))
