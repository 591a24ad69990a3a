import { execFileSync } from 'node:child_process'
import { parseBpmn } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { benchBpmnEngine } from './bpmn-engine.ts'
import { benchDurable, type DurableFigures } from './durable.ts'
import { benchElements } from './elements.ts'
import { benchFeel } from './feel.ts'
import { benchHttp } from './http.ts'
import { benchKernel } from './kernel.ts'
import { benchMultiInstance } from './multi-instance.ts'
import { nineElements, VARIABLES } from './nine-elements.ts'

// The durable engine runs in a process of its own, so that its memory is not that of the others.
if (process.argv.includes('--durable-part')) {
  const [forMs, waiting] = process.argv.slice(-2).map(Number)
  const figures = await benchDurable(forMs ?? 0, waiting ?? 0)
  process.stdout.write(JSON.stringify({ ...figures, peakRssMb: process.resourceUsage().maxRSS / 1024 }))
  process.exit(0)
}

const say = (text: string) => process.stderr.write(`${text}\n`)
const { full = false, json = false } = options()
const forMs = full ? 10_000 : 3_000
const waiting = full ? 100_000 : 5_000

say(
  `A process of nine elements (four jobs, fork and join, a choice), ${forMs / 1000} s for each way of running it${full ? '' : ' (--full: longer, 100,000 waiting)'}`,
)
const source = nineElements()
const bpmnEnginePerSecond = await benchBpmnEngine(source, VARIABLES, forMs, false)
const bpmnEngineParsedPerSecond = await benchBpmnEngine(source, VARIABLES, forMs, true)
const { processes } = await parseBpmn(source)
const [definition] = processes
if (!definition) throw new Error('Expected the bench process to be executable')
const kernelPerSecond = benchKernel(definition, VARIABLES, forMs)
const feel = benchFeel(forMs / 4)
const multiInstance = await benchMultiInstance()
const elementsPerSecond = await benchElements(forMs / 20)
const httpPerSecond = await benchHttp(forMs)
const durable = durablePart(forMs, waiting)

const figures = {
  bpmnEnginePerSecond: round(bpmnEnginePerSecond),
  /** bpmn-engine again, with the XML read once for all instances. */
  bpmnEngineParsedPerSecond: round(bpmnEngineParsedPerSecond),
  kernelPerSecond: round(kernelPerSecond),
  durablePerSecond: round(durable.perSecond),
  httpPerSecond: round(httpPerSecond),
  kernelTimesBpmnEngine: round(kernelPerSecond / bpmnEnginePerSecond),
  kernelTimesBpmnEngineParsed: round(kernelPerSecond / bpmnEngineParsedPerSecond),
  durableTimesBpmnEngine: round(durable.perSecond / bpmnEnginePerSecond),
  durableTimesBpmnEngineParsed: round(durable.perSecond / bpmnEngineParsedPerSecond),
  waitingInstances: durable.waitingInstances,
  wakeMs: round(durable.wakeMs),
  peakRssMb: round(durable.peakRssMb),
  feelCompiledPerSecond: round(feel.feelCompiledPerSecond),
  feelInterpretedPerSecond: round(feel.feelInterpretedPerSecond),
  ...Object.fromEntries(Object.entries(multiInstance).map(([name, value]) => [name, round(value)])),
  elementsPerSecond,
}
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(32)}${typeof value === 'object' ? JSON.stringify(value) : value}`)
if (json) process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exit(0)

function options(): { readonly full?: boolean; readonly json?: boolean } {
  const args = process.argv.slice(2)
  const unknown = args.find((arg) => !['--full', '--json', '--help'].includes(arg))
  if (unknown === undefined && !args.includes('--help')) return { full: args.includes('--full'), json: args.includes('--json') }
  if (unknown !== undefined) say(`Expected --json, --full or --help, but found ${unknown}`)
  say(
    'npm run bench -- [--json] [--full]\n  --json  the figures as one JSON object, last line of standard output\n  --full  longer runs, 100,000 waiting instances',
  )
  process.exit(unknown === undefined ? 0 : 2)
}

function durablePart(ms: number, count: number): DurableFigures & { readonly peakRssMb: number } {
  const output = execFileSync(process.execPath, ['--import', 'tsx', 'test/bench/main.ts', '--durable-part', String(ms), String(count)], {
    cwd: projectRoot(),
    encoding: 'utf8',
  })
  return JSON.parse(output)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
