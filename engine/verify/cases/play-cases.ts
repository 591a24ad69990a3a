import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import { CasePlay, msOf } from './case-play.ts'
import { checkCase } from './check-case.ts'
import type { CaseReceipt, CaseResult, CaseView, CaseWorld, ProcessCase } from './contract.ts'

/** A case that needs longer than this on its own clock stands still. */
const LONGEST_MS = 800 * 24 * 3_600_000
/** Steps of one case; more is going round in circles. */
const MOST_STEPS = 2_000

/** A case with the data files that lie beside it. */
export interface CaseToPlay {
  readonly played: ProcessCase
  readonly files: (name: string) => JsonObject
}

/**
 * Plays cases side by side on one clock: everything that can happen now happens, then time moves to whatever is due next. Resolves
 * with what came of each, in the order given.
 */
export async function playCases(cases: readonly CaseToPlay[], world: CaseWorld, zone: string): Promise<readonly CaseResult[]> {
  const plays = cases.map(({ played, files }) => new CasePlay(world, played, files, zone))
  const results = new Map<CasePlay, CaseResult>()
  const steps = new Map<CasePlay, number>()
  let beginning: Promise<void> = Promise.resolve()
  world.onMessage(async (message): Promise<CaseReceipt> => {
    const find = () => plays.find(({ receiptNo }) => receiptNo === message.receiptNo)
    // A message may be faster than the answer to the declaration that it follows from.
    if (!find()) await beginning
    return find()?.receive(message) ?? { kind: 'received', ack: {} }
  })
  const isOpen = (play: CasePlay) => !results.has(play)
  // Most of the time most cases only wait; those are not looked at again until one of their instances has gone on.
  const known = new Map<CasePlay, CaseView>()
  const caseOf = new Map<string, CasePlay>()
  world.onChange?.((processInstanceKey) => {
    const play = caseOf.get(processInstanceKey)
    if (play) known.delete(play)
  })
  async function viewOf(play: CasePlay, receiptNo: string): Promise<CaseView> {
    const seen = known.get(play)
    if (seen) return seen
    const view = await world.view(receiptNo)
    for (const key of view.instances) caseOf.set(key, play)
    known.set(play, view)
    return view
  }

  async function step(play: CasePlay): Promise<boolean> {
    if (play.receiptNo === undefined) {
      if (play.startAt > world.now()) return false
      beginning = play.begin()
      await beginning
      return true
    }
    const view = await viewOf(play, play.receiptNo)
    if (view.end !== undefined) {
      results.set(play, await resultOf(play, view, world))
      return true
    }
    play.look(view)
    if (!(await play.doNext(view))) return false
    const done = (steps.get(play) ?? 0) + 1
    steps.set(play, done)
    if (done > MOST_STEPS) throw new Error(`Expected it to end, but after ${MOST_STEPS} acts it goes on`)
    return true
  }

  while (plays.some(isOpen)) {
    await world.settled()
    if (!world.onChange) known.clear()
    // Looked at side by side: over a network that is most of the time. What fails is told when it is the case's turn.
    await Promise.all(plays.filter(isOpen).map((play) => play.receiptNo && viewOf(play, play.receiptNo).catch(() => undefined)))
    let moved = false
    for (const play of plays.filter(isOpen)) {
      try {
        if (await step(play)) moved = true
      } catch (error) {
        results.set(play, await failed(play, world, error instanceof Error ? error.message : String(error)))
        moved = true
      }
    }
    if (moved) continue
    const next = await nextMoment(plays.filter(isOpen), world)
    const late = plays.filter(
      (play) => isOpen(play) && play.receiptNo !== undefined && (next ?? Number.POSITIVE_INFINITY) > play.declaredAt + LONGEST_MS,
    )
    for (const play of next === undefined ? plays.filter(isOpen) : late)
      results.set(play, await failed(play, world, 'Stands still: nothing is due and no rule answers'))
    if (next !== undefined && late.length === 0) await world.advanceTo(next)
  }
  return plays.map((play) => results.get(play) as CaseResult)
}

async function nextMoment(plays: readonly CasePlay[], world: CaseWorld): Promise<EpochMs | undefined> {
  const started = plays.some(({ receiptNo }) => receiptNo !== undefined)
  const moments = [
    ...plays.map((play) => (play.receiptNo === undefined ? play.startAt : play.nextAt())),
    started ? await world.nextDue() : undefined,
  ].filter((at) => at !== undefined)
  return moments.length === 0 ? undefined : Math.max(Math.min(...moments), world.now())
}

async function resultOf(play: CasePlay, view: CaseView, world: CaseWorld): Promise<CaseResult> {
  const { played, receiptNo = '', sent, declaredAt } = play
  const record = await world.record(receiptNo, played)
  const within = played.expect.within === undefined ? undefined : msOf(played.expect.within)
  const lasted = (view.endedAt ?? world.now()) - declaredAt
  const faults = checkCase(played.expect, { view, record, sent, lasted }, within)
  return { service: played.service, id: played.id, receiptNo, end: view.end ?? '', faults, completed: record.completed }
}

async function failed(play: CasePlay, world: CaseWorld, fault: string): Promise<CaseResult> {
  const { played, receiptNo } = play
  const base = { service: played.service, id: played.id }
  if (receiptNo === undefined) return { ...base, faults: [fault], completed: [] }
  const view = await world.view(receiptNo)
  const { completed } = await world.record(receiptNo, played)
  const ids = (spots: CaseView['tasks']) => spots.map(({ elementId }) => elementId).join(', ') || 'none'
  const stood = [
    `waiting: ${ids(view.waiting)}`,
    `tasks: ${ids(view.tasks)}`,
    `incidents: ${view.incidents.join('; ') || 'none'}`,
    `sent: ${play.sent.join(', ') || 'none'}`,
    `rules not used: ${play.unused().join(' ') || 'none'}`,
    `completed: ${completed.join(', ')}`,
  ]
  return { ...base, receiptNo, faults: [`${fault}\n  ${stood.join('\n  ')}`], completed }
}
