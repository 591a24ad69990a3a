import {
  decide,
  type ExecutableProcess,
  instanceKeyOf,
  type JobKey,
  type Json,
  type ProcessDefinitionKey,
} from '../../engine/kernel/index.ts'

/** Whole instances a second of the kernel in memory: every job completed as soon as it is there. */
export function benchKernel(process: ExecutableProcess, variables: Record<string, Json>, forMs: number): number {
  let prefix = 1_000_000
  const env = { now: 0, zone: 'Asia/Shanghai', newInstanceKey: () => instanceKeyOf(++prefix), findDecision: () => undefined }
  const run = () => {
    const processInstanceKey = instanceKeyOf(++prefix)
    let { state } = decide(
      process,
      undefined,
      {
        type: 'createInstance',
        processInstanceKey,
        processDefinitionKey: '1' as ProcessDefinitionKey,
        version: 1,
        variables,
        tenantId: '<default>',
      },
      env,
    )
    while (state?.status === 'active') {
      const jobKey = firstKey(state.jobs)
      state = decide(process, state, { type: 'completeJob', jobKey, variables: {} }, env).state
    }
  }
  for (let warm = 0; warm < 2_000; warm++) run()
  const started = performance.now()
  let done = 0
  while (performance.now() - started < forMs) for (let batch = 0; batch < 100; batch++, done++) run()
  return (done * 1000) / (performance.now() - started)
}

function firstKey(jobs: Readonly<Record<string, unknown>>): JobKey {
  for (const key in jobs) return key as JobKey
  throw new Error('Expected an open job, but the instance waits for something else')
}
