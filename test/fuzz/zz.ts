import { writeFileSync } from 'node:fs'
import { runCase } from './fuzz-run.ts'
import { xmlOf } from './graph-xml.ts'
import { caseOf } from './random-model.ts'

const c = caseOf(Number(process.argv[2]))
const t = performance.now()
const r = await runCase(c)
console.log(r.ending, r.finding?.message, r.world?.commands, performance.now() - t)
for (const i of r.world!.instances.values()) {
  console.log(i.key, i.definition, i.state.status, i.carried.length)
  for (const x of [...i.carried.slice(0, 4), ...i.carried.slice(-12)])
    console.log('  ', JSON.stringify(x.command).slice(0, 160), JSON.parse(x.events).length, new Date(x.now).toISOString())
  for (const e of Object.values(i.state.elements)) console.log('    ', JSON.stringify(e).slice(0, 300))
  console.log('jobs', JSON.stringify(i.state.jobs).slice(0, 600), 'incidents', JSON.stringify(i.state.incidents).slice(0, 600))
}
writeFileSync('/tmp/zz.bpmn', xmlOf(c.graphs))
