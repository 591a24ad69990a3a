import {
  type Command,
  decide,
  type EngineEvent,
  type ExecutableProcess,
  type InstanceState,
  instanceKeyOf,
  type Json,
  type ProcessDefinitionKey,
  parseBpmn,
} from '../../engine/kernel/index.ts'

/** When every timer is due. */
const FAR_AHEAD = Number.MAX_SAFE_INTEGER / 2
let prefix = 2_000_000
const ENV = { now: 0, zone: 'Asia/Shanghai', newInstanceKey: () => instanceKeyOf(++prefix), findDecision: () => undefined }

export async function executable(xml: string): Promise<ExecutableProcess> {
  const { processes, problems } = await parseBpmn(xml)
  const [process] = processes
  if (!process || problems.length > 0) throw new Error(`Expected an executable process, but: ${JSON.stringify(problems)}`)
  return process
}

/** Runs one instance in memory to its end: completes every job and user task, fires every timer, gives every message, in order. */
export function runToEnd(process: ExecutableProcess, variables: Record<string, Json>): InstanceState {
  const open: Command[] = []
  let state: InstanceState | undefined
  const run = (command: Command) => {
    const decided = decide(process, state, command, { ...ENV, now: command.type === 'triggerTimer' ? FAR_AHEAD : 0 })
    // A body that was paused goes on with any of its jobs; then nothing is left to continue.
    if (decided.rejection && command.type === 'continueMultiInstance') return
    if (decided.rejection) throw new Error(decided.rejection.message)
    state = decided.state
    for (const event of decided.events) {
      const answer = answerTo(event)
      if (answer) open.push(answer)
    }
  }
  run({
    type: 'createInstance',
    processInstanceKey: instanceKeyOf(++prefix),
    processDefinitionKey: '1' as ProcessDefinitionKey,
    version: 1,
    variables,
    tenantId: '<default>',
  })
  for (let next = 0; next < open.length; next++) run(open[next] as Command)
  if (state?.status !== 'completed') throw new Error('Expected the instance to end, but it waits for something')
  return state
}

function answerTo(event: EngineEvent): Command | undefined {
  switch (event.type) {
    case 'job.created':
      return { type: 'completeJob', jobKey: event.jobKey, variables: {} }
    case 'userTask.created':
      return { type: 'completeUserTask', userTaskKey: event.userTaskKey, variables: {} }
    case 'subscription.opened':
      return { type: 'correlateMessage', subscriptionKey: event.subscriptionKey, messageKey: 'm' as never, variables: {} }
    case 'timer.created':
      return { type: 'triggerTimer', timerKey: event.timerKey }
    case 'multiInstance.paused':
      return { type: 'continueMultiInstance', elementInstanceKey: event.key }
    default:
      return undefined
  }
}
