import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../engine/kernel/index.ts'
import { deployed, expectNothingLeft, Play } from '../helpers/kernel-harness.ts'
import { blocks, modelOf } from './random-model.ts'

/** What the outside world may do next, chosen by a number. */
function moves(run: Play): Command[] {
  const { state } = run
  return [
    ...Object.values(state.jobs).flatMap(({ key }): Command[] => [
      { type: 'completeJob', jobKey: key, variables: { pick: 1, again: false } },
      { type: 'completeJob', jobKey: key, variables: { pick: 2, again: true } },
      { type: 'failJob', jobKey: key, retries: 1, errorMessage: 'busy' },
      { type: 'throwJobError', jobKey: key, errorCode: 'E' },
    ]),
    ...Object.values(state.userTasks).map(
      ({ key }): Command => ({ type: 'completeUserTask', userTaskKey: key, variables: { pick: 0, again: false } }),
    ),
    ...Object.values(state.subscriptions).map(
      ({ key }): Command => ({
        type: 'correlateMessage',
        subscriptionKey: key,
        messageKey: `m${run.history.length}` as never,
        variables: { again: false },
      }),
    ),
    ...Object.values(state.incidents).map(({ key }): Command => ({ type: 'resolveIncident', incidentKey: key })),
  ]
}

/** Everything live is waiting for something listed: no token is lost between elements. */
function expectEverythingWaits(run: Play): void {
  const { state } = run
  const busy = new Set([
    ...Object.values(state.jobs).map((job) => job.elementInstanceKey),
    ...Object.values(state.userTasks).map((task) => task.elementInstanceKey),
    ...Object.values(state.timers).map((timer) => timer.elementInstanceKey),
    ...Object.values(state.subscriptions).map((subscription) => subscription.elementInstanceKey),
    ...Object.values(state.incidents).map((incident) => incident.elementInstanceKey),
  ])
  for (const element of Object.values(state.elements)) {
    if (!busy.has(element.key) && !element.children && !element.tokens)
      throw new Error(`${element.elementId} waits for nothing\n${run.log()}`)
  }
}

/** A token that has waited at a join for ever is a deadlock; blocks have none. */
async function drive(run: Play, choices: readonly number[]): Promise<void> {
  for (const choice of choices) {
    if (run.state.status !== 'active') return
    expectEverythingWaits(run)
    const possible = moves(run)
    if (choice % 5 === 4 || possible.length === 0) run.advance(3_600_000)
    else run.must(possible[choice % possible.length] as Command)
  }
}

function waitsOnlyFor(run: Play, subscriptionKey: string): boolean {
  const waiting = run.state.elements[run.state.subscriptions[subscriptionKey]?.elementInstanceKey ?? '']
  return waiting?.elementType === 'intermediateCatchEvent' || waiting?.elementType === 'eventBasedGateway'
}

/** Completes whatever is open until the instance has ended. */
function finish(run: Play): void {
  if (run.state.status !== 'active') return
  run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { again: false }, local: false })
  for (let rounds = 0; run.state.status === 'active'; rounds++) {
    if (rounds > 500) throw new Error(`Expected the instance to end, but it goes on\n${run.log()}`)
    const helpful = moves(run).filter(
      (command) =>
        command.type !== 'failJob' &&
        command.type !== 'throwJobError' &&
        !('variables' in command && command.variables?.again === true) &&
        // A boundary event or event subprocess could be triggered for ever.
        (command.type !== 'correlateMessage' || waitsOnlyFor(run, command.subscriptionKey)),
    )
    if (helpful[0]) run.must(helpful[0])
    else run.advance(3_600_000)
  }
}

describe('any block-structured process', () => {
  test('waits for something listed or ends, and leaves nothing, whatever happens and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.array(fc.nat(1_000), { maxLength: 25 }), async (block, choices) => {
        const run = new Play(await deployed(modelOf(block)), { variables: { pick: 1, again: false } })

        await drive(run, choices)
        finish(run)

        expect(run.state.status).toBe('completed')
        expectNothingLeft(run.state)
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  test('can be cancelled at any moment and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.array(fc.nat(1_000), { maxLength: 12 }), async (block, choices) => {
        const run = new Play(await deployed(modelOf(block)), { variables: { pick: 1, again: false } })

        await drive(run, choices)
        if (run.state.status === 'active') run.must({ type: 'cancelInstance' })

        expectNothingLeft(run.state)
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  test('gives the same events twice for the same commands', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.array(fc.nat(1_000), { maxLength: 15 }), async (block, choices) => {
        const process = await deployed(modelOf(block))
        const [first, second] = [
          new Play(process, { variables: { pick: 1, again: false } }),
          new Play(process, { variables: { pick: 1, again: false } }),
        ]

        await drive(first, choices)
        await drive(second, choices)

        expect(second.history).toEqual(first.history)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
