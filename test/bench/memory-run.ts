import {
  type Command,
  decide,
  type ExecutableProcess,
  type InstanceState,
  instanceKeyOf,
  type Json,
  type ProcessDefinitionKey,
  parseBpmn,
} from '../../engine/kernel/index.ts'

let prefix = 2_000_000
const ENV = { now: 0, zone: 'Asia/Shanghai', newInstanceKey: () => instanceKeyOf(++prefix), findDecision: () => undefined }

export async function executable(xml: string): Promise<ExecutableProcess> {
  const { processes, problems } = await parseBpmn(xml)
  const [process] = processes
  if (!process || problems.length > 0) throw new Error(`Expected an executable process, but: ${JSON.stringify(problems)}`)
  return process
}

/** Runs one instance in memory to its end: completes every job and user task, fires every timer, gives every message. */
export function runToEnd(process: ExecutableProcess, variables: Record<string, Json>): InstanceState {
  const processInstanceKey = instanceKeyOf(++prefix)
  let state: InstanceState | undefined
  const run = (command: Command, now = 0) => {
    const decided = decide(process, state, command, { ...ENV, now })
    if (decided.rejection) throw new Error(decided.rejection.message)
    state = decided.state
    for (const event of decided.events)
      if (event.type === 'multiInstance.paused') run({ type: 'continueMultiInstance', elementInstanceKey: event.key }, now)
  }
  run({
    type: 'createInstance',
    processInstanceKey,
    processDefinitionKey: '1' as ProcessDefinitionKey,
    version: 1,
    variables,
    tenantId: '<default>',
  })
  for (let live = current(); live.status === 'active'; live = current()) {
    const command = next(live)
    if (!command) throw new Error('Expected something to do, but the instance waits for nothing')
    run(command, Number.MAX_SAFE_INTEGER / 2)
  }
  return current()

  function current(): InstanceState {
    if (!state) throw new Error('Expected the instance to have begun')
    return state
  }
}

function next(state: InstanceState): Command | undefined {
  for (const key in state.jobs) return { type: 'completeJob', jobKey: key as never, variables: {} }
  for (const key in state.userTasks) return { type: 'completeUserTask', userTaskKey: key as never, variables: {} }
  for (const key in state.subscriptions)
    return { type: 'correlateMessage', subscriptionKey: key as never, messageKey: 'm' as never, variables: {} }
  for (const key in state.timers) return { type: 'triggerTimer', timerKey: key as never }
  return undefined
}
