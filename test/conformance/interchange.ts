import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { VirtualWorld, WorldNeverRests } from '../../engine/insight/index.ts'
import type { ExecutableProcess } from '../../engine/kernel/index.ts'
import { historyFault } from './history-fault.ts'
import { readModel, readXmlFile } from './read-model.ts'
import type { Suite, Told } from './suite.ts'

const STEP_LIMIT = 500
const ONE_DAY_MS = 86_400_000

/**
 * Files of other tools and other people. Each must be read: accepted and run without a crash, shown as a picture, or
 * refused with the elements at fault named.
 */
export const INTERCHANGE_SUITES: readonly Suite[] = ['miwg-ref', 'miwg-vendor', 'reallife'].map((name) => ({
  name,
  isFast: true,
  cases: (root) => {
    const folder = join(root, name)
    if (!existsSync(folder)) return []
    const files = readdirSync(folder).filter((file) => file.endsWith('.bpmn'))
    return files.sort().map((file) => ({ id: file, run: () => open(join(folder, file)) }))
  },
}))

async function open(path: string): Promise<Told> {
  const xml = readXmlFile(path)
  const { processes, problems } = await readModel(path)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const ids = [...new Set(errors.map(({ elementId }) => elementId))]
    const unknown = ids.filter((id) => id !== 'definitions' && !xml.includes(`"${id}"`))
    if (unknown.length > 0) return `refused, but ${unknown.join(', ')} is no element of the file`
    return { passedAs: `refused, naming its elements` }
  }
  if (processes.length === 0) return { passedAs: 'a picture: no executable process' }
  return runsQuietly(processes) ?? { passedAs: 'deployable' }
}

/** Starts what can be started, answers every job, lets a day pass. Incidents are fine, and so is a process without end. */
function runsQuietly(processes: readonly ExecutableProcess[]): string | undefined {
  const world = new VirtualWorld({
    now: Date.UTC(2026, 2, 1),
    zone: 'UTC',
    stepLimit: STEP_LIMIT,
    worker: () => ({ kind: 'complete' }),
    person: () => ({}),
  })
  world.deploy(processes)
  for (const { bpmnProcessId } of processes) world.start(bpmnProcessId, {})
  try {
    world.advance(ONE_DAY_MS)
  } catch (error) {
    if (!(error instanceof WorldNeverRests)) throw error
  }
  for (const instance of world.instances.values()) {
    const fault = historyFault(instance)
    if (fault) return fault
  }
  return undefined
}
