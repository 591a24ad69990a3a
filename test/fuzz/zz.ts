import { setImmediate } from 'node:timers/promises'
import { runCase } from './fuzz-run.ts'
import { caseOf } from './random-model.ts'

const a = Number(process.argv[2]),
  b = Number(process.argv[3])
for (let s = a; s < b; s++) {
  const t = Date.now()
  if (s % 500 === 0) {
    await setImmediate()
    console.log('at', s, Math.round(process.memoryUsage().heapUsed / 1e6))
  }
  process.env.SEED = String(s)
  const r = await runCase(caseOf(s))
  const d = Date.now() - t
  if (d > 1500 || r.finding)
    console.log(s, d, 'ms', r.ending, r.finding?.rule, r.world?.commands, Math.round(process.memoryUsage().heapUsed / 1e6))
}
