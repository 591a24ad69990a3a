import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { projectRoot } from '../../engine/root.ts'
import { runCase } from './fuzz-run.ts'
import { xmlOf } from './graph-xml.ts'
import { caseOf, type FuzzCase } from './random-model.ts'
import { secondOpinion } from './second-opinion.ts'
import { shrink } from './shrink.ts'

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } } })
const runs = Number(values.runs ?? 2_000)
const first = Number(values.seed ?? 1)
const say = (text: string) => process.stderr.write(`${text}\n`)

say(`${runs} random models from seed ${first}; one of them again: npm run fuzz -- --runs 1 --seed <its seed>`)
const began = Date.now()
const endings: Record<string, number> = {}
const rules = new Map<string, number>()
let commands = 0
let findings = 0
/** bpmn-engine is slow: every tenth seed is put to it. */
const WITNESSED = 10
const opinions = { agreed: 0, knownFaults: 0 }
for (let seed = first; seed < first + runs; seed++) {
  // Parsing holds on to its files until the event loop turns.
  if (seed % 50 === 0) await setImmediate()
  if (seed % WITNESSED === 0) await askWitness(seed)
  const fuzz = caseOf(seed)
  const { ending, finding, world } = await runCase(fuzz)
  commands += world?.commands ?? 0
  if (!finding) endings[ending] = (endings[ending] ?? 0) + 1
  else {
    findings++
    rules.set(finding.rule, (rules.get(finding.rule) ?? 0) + 1)
    say(`seed ${seed} ${finding.rule}: ${finding.message.slice(0, 300)}`)
    // The tenth of a kind tells nothing new.
    if ((rules.get(finding.rule) ?? 0) <= 5) say(`  written to ${await report(fuzz)}`)
  }
}
say(
  `${commands} commands in ${((Date.now() - began) / 1000).toFixed(1)} s; ${JSON.stringify(endings)}; bpmn-engine ${JSON.stringify(opinions)}; findings ${JSON.stringify(Object.fromEntries(rules))}`,
)
if (values.json) process.stdout.write(`${JSON.stringify({ runs, findings })}\n`)
process.exit(findings > 0 ? 1 : 0)

async function askWitness(seed: number): Promise<void> {
  const { graph, finding, agreed, knownFaults } = await secondOpinion(seed)
  opinions.agreed += agreed
  opinions.knownFaults += knownFaults
  if (!finding) return
  findings++
  rules.set(finding.rule, (rules.get(finding.rule) ?? 0) + 1)
  mkdirSync(join(projectRoot(), 'fuzz-findings'), { recursive: true })
  const file = join(projectRoot(), 'fuzz-findings', `${seed}-${finding.rule}.bpmn`)
  writeFileSync(file, xmlOf({ main: graph }))
  say(`seed ${seed} ${finding.rule}: ${finding.message}\n  written to ${file}`)
}

/** Cuts a finding down and writes it: the model, and what happened to it. */
async function report(fuzz: FuzzCase): Promise<string> {
  const small = await shrink(fuzz)
  const { finding, world } = await runCase(small)
  const folder = join(projectRoot(), 'fuzz-findings')
  mkdirSync(folder, { recursive: true })
  const name = join(folder, `${fuzz.seed}-${finding?.rule ?? 'gone'}`)
  const commandsOf = [...(world?.instances.values() ?? [])].map(({ key, definition, carried }) => ({
    instance: key,
    definition,
    commands: carried.map(({ command, now, events }) => ({ now: new Date(now).toISOString(), command, events: JSON.parse(events) })),
  }))
  writeFileSync(`${name}.bpmn`, xmlOf(small.graphs))
  writeFileSync(
    `${name}.json`,
    `${JSON.stringify({ seed: fuzz.seed, rule: finding?.rule, message: finding?.message, instances: commandsOf, case: small }, null, 2)}\n`,
  )
  return `${name}.bpmn`
}
