import type { ProcessBuilder } from '../helpers/process-builder.ts'
import { process } from '../helpers/process-builder.ts'
import { rate } from './feel.ts'
import { executable, runToEnd } from './memory-run.ts'

/** Start, the element, end: one process for each kind. */
const KINDS: Readonly<Record<string, (model: ProcessBuilder) => ProcessBuilder>> = {
  manualTask: (model) => model.manualTask('e'),
  serviceTask: (model) => model.serviceTask('e', { type: 't' }),
  userTask: (model) => model.userTask('e'),
  scriptTask: (model) => model.scriptTask('e', { expression: '=1 + 1', resultVariable: 'r' }),
  receiveTask: (model) => model.receiveTask('e', { message: 'm', correlationKey: '="k"' }),
  exclusiveGateway: (model) => model.exclusive('e'),
  parallelGateway: (model) => model.parallel('e'),
  inclusiveGateway: (model) => model.inclusive('e'),
  timerCatch: (model) => model.catchEvent('e', { duration: 'PT1H' }),
  messageCatch: (model) => model.catchEvent('e', { message: 'm', correlationKey: '="k"' }),
  signalThrow: (model) => model.throwEvent('e', { signal: 's' }),
  subProcess: (model) => model.subProcess('e', (inner) => inner.start('s').end('i')),
  multiInstance: (model) => model.manualTask('e').forEach({ inputCollection: '=[1,2,3]' }),
  standardLoop: (model) => model.manualTask('e').loop({ condition: '=true', maximum: 3 }),
}

/** Instances a second with one element of the kind between start and end. */
export async function benchElements(forMs: number): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = {}
  for (const [kind, add] of Object.entries(KINDS)) {
    const definition = await executable(add(process('p').start()).end().xml())
    figures[kind] = Math.round(rate(forMs, 200, () => runToEnd(definition, {})))
  }
  return figures
}
