import type { Graph, GraphNode, NodeKind, Trigger } from './graph.ts'
import type { Draft, GraphMaker } from './graph-maker.ts'

/** A piece with one way in and one way out. */
interface Piece {
  readonly first: string
  readonly last: string
}
interface Place {
  /** Levels of nesting that are left. */
  readonly depth: number
  /** What runs beside the main line must not throw what it may itself be started by, nor change variables: it would never end. */
  readonly quiet: boolean
}

/** Block-structured: whatever happens, it can always go on to its end. */
export function structuredModel(maker: GraphMaker, depth: number, quiet = false): Graph {
  fillScope(maker, { depth, quiet }, true)
  return maker.graph
}

function fillScope(maker: GraphMaker, place: Place, withEvents: boolean): void {
  const start = maker.add({ kind: 'start' })
  const body = piece(maker, place)
  maker.flow(start, body.first)
  maker.flow(body.last, maker.add({ kind: 'end' }))
  if (withEvents && place.depth > 0 && maker.chance.is(25)) eventSub(maker, place)
}

const ASIDE: readonly Trigger[] = ['timer', 'cycle', 'message', 'signal', 'escalation', 'condition']

function eventSub(maker: GraphMaker, place: Place): void {
  const { chance } = maker
  const on = chance.oneOf<Trigger>([...ASIDE, 'error'])
  const aside = on !== 'error' && (on === 'cycle' || chance.is(50))
  const inner = maker.inner()
  const start = inner.add({ kind: 'start', on, ...(aside && { aside }) })
  const body = piece(inner, { depth: place.depth - 1, quiet: true })
  inner.flow(start, body.first)
  inner.flow(body.last, inner.add({ kind: 'end' }))
  maker.add({ kind: 'eventSub', inside: inner.graph })
}

type Maker = (maker: GraphMaker, place: Place) => Piece
const NESTED: readonly Maker[] = [
  sequence,
  fork,
  choice,
  inclusive,
  race,
  guarded,
  scope,
  repetition,
  loop,
  transaction,
  undoing,
  adHoc,
  failing,
]

function piece(maker: GraphMaker, place: Place): Piece {
  if (place.depth <= 0 || maker.chance.is(20)) return leaf(maker, place)
  return maker.chance.oneOf(NESTED)(maker, { ...place, depth: place.depth - 1 })
}

const LEAVES: readonly Draft[] = [
  { kind: 'job' },
  { kind: 'job' },
  { kind: 'job', listens: ['start'] },
  { kind: 'job', listens: ['start', 'end'] },
  { kind: 'user' },
  { kind: 'manual' },
  { kind: 'receive' },
  { kind: 'catch', on: 'timer' },
  { kind: 'catch', on: 'message' },
  { kind: 'catch', on: 'signal' },
  { kind: 'catch', on: 'condition' },
  { kind: 'throw' },
  { kind: 'manual', listens: ['end'] },
]
const LOUD: readonly Draft[] = [
  { kind: 'script' },
  { kind: 'publish' },
  { kind: 'throw', on: 'signal' },
  { kind: 'throw', on: 'message' },
  { kind: 'throw', on: 'escalation' },
]

function leaf(maker: GraphMaker, { quiet }: Place): Piece {
  const { chance, names } = maker
  if (names.children.length > 0 && chance.is(12)) {
    const calls = chance.oneOf(names.children)
    // What is called may throw what begins the caller again.
    return whole(maker.add(quiet ? { kind: 'manual' } : { kind: 'call', calls }))
  }
  return whole(maker.add(chance.oneOf(quiet ? LEAVES : [...LEAVES, ...LOUD])))
}
const whole = (id: string): Piece => ({ first: id, last: id })

function sequence(maker: GraphMaker, place: Place): Piece {
  const pieces = Array.from({ length: maker.chance.between(2, 3) }, () => piece(maker, place))
  for (const [index, next] of pieces.entries()) if (index > 0) maker.flow((pieces[index - 1] as Piece).last, next.first)
  return { first: (pieces[0] as Piece).first, last: (pieces.at(-1) as Piece).last }
}

function branches(maker: GraphMaker, place: Place, kind: NodeKind, when: (index: number) => object): Piece {
  const [split, join] = [maker.add({ kind }), maker.add({ kind })]
  const count = maker.chance.between(2, 3)
  for (let index = 0; index < count; index++) {
    const branch = piece(maker, place)
    maker.flow(split, branch.first, when(index))
    maker.flow(branch.last, join)
  }
  return { first: split, last: join }
}
function fork(maker: GraphMaker, place: Place): Piece {
  return branches(maker, place, 'and', () => ({}))
}
function choice(maker: GraphMaker, place: Place): Piece {
  return branches(maker, place, 'xor', (index) => (index === 0 ? { otherwise: true } : { when: `=pick = ${index}` }))
}
function inclusive(maker: GraphMaker, place: Place): Piece {
  return branches(maker, place, 'or', (index) => (index === 0 ? { otherwise: true } : { when: `=pick >= ${index}` }))
}

function race(maker: GraphMaker, place: Place): Piece {
  const { chance } = maker
  const [gateway, merge] = [maker.add({ kind: 'race' }), maker.add({ kind: 'xor' })]
  for (const on of ['timer', chance.oneOf(['message', 'signal', 'condition'] as const)] as const) {
    const caught = maker.add({ kind: 'catch', on })
    const then = piece(maker, place)
    maker.flow(gateway, caught)
    maker.flow(caught, then.first)
    maker.flow(then.last, merge)
  }
  return { first: gateway, last: merge }
}

/** An interrupted branch goes on to the merge, or the join behind it would wait for ever; what runs beside ends by itself. */
function guard(maker: GraphMaker, place: Place, attachedTo: string, triggers: readonly Trigger[]): Piece {
  const { chance } = maker
  const merge = maker.add({ kind: 'xor' })
  maker.flow(attachedTo, merge)
  for (const on of triggers) {
    const aside = on !== 'error' && on !== 'cancel' && (on === 'cycle' || chance.is(50))
    const boundary = maker.add({ kind: 'boundary', on, attachedTo, ...(aside && { aside }) })
    const then = piece(maker, { depth: place.depth - 1, quiet: aside || place.quiet })
    maker.flow(boundary, then.first)
    maker.flow(then.last, aside ? maker.add({ kind: 'end' }) : merge)
  }
  return { first: attachedTo, last: merge }
}

function some(maker: GraphMaker, triggers: readonly Trigger[]): readonly Trigger[] {
  const first = maker.chance.oneOf(triggers)
  return maker.chance.is(30) ? [...new Set([first, maker.chance.oneOf(triggers)])] : [first]
}

function guarded(maker: GraphMaker, place: Place): Piece {
  const kind = maker.chance.oneOf(['job', 'user', 'receive', 'job'] as const)
  const triggers: readonly Trigger[] = ['timer', 'cycle', 'message', 'signal', 'condition', ...(kind === 'job' ? (['error'] as const) : [])]
  return guard(maker, place, maker.add({ kind }), some(maker, triggers))
}

function inside(maker: GraphMaker, place: Place): Graph {
  const inner = maker.inner()
  fillScope(inner, { ...place, depth: place.depth - 1 }, true)
  return inner.graph
}
function scope(maker: GraphMaker, place: Place): Piece {
  const id = maker.add({ kind: 'sub', inside: inside(maker, place) })
  return maker.chance.is(50) ? guard(maker, place, id, some(maker, [...ASIDE, 'error'])) : whole(id)
}

function repetition(maker: GraphMaker, place: Place): Piece {
  const { chance } = maker
  const repeat = chance.oneOf(['parallel', 'sequential', 'loop'] as const)
  const undo = chance.is(20)
  const quiet = place.quiet && { silent: true }
  const node: Draft = chance.is(50)
    ? { kind: repeatedTask(maker, place), repeat, ...(undo && { undo }), ...quiet }
    : { kind: 'sub', inside: inside(maker, { ...place, depth: place.depth - 1 }), repeat, ...quiet }
  const id = maker.add(node)
  return chance.is(30) ? guard(maker, place, id, some(maker, ['timer', 'message', 'error'])) : whole(id)
}

function repeatedTask({ chance }: GraphMaker, { quiet }: Place): NodeKind {
  const kind = chance.oneOf(['job', 'user', 'receive', 'script', 'manual'] as const)
  return quiet && kind === 'script' ? 'manual' : kind
}

function loop(maker: GraphMaker, place: Place): Piece {
  const [entry, exit] = [maker.add({ kind: 'xor' }), maker.add({ kind: 'xor' })]
  // Without a task it would run on without ever waiting.
  const task = maker.add({ kind: maker.chance.oneOf(['job', 'user', 'receive'] as const) })
  const body = piece(maker, { ...place, depth: 0 })
  maker.flow(entry, task)
  maker.flow(task, body.first)
  maker.flow(body.last, exit)
  maker.flow(exit, entry, { when: '=again' })
  const after = maker.add({ kind: 'manual' })
  maker.flow(exit, after, { otherwise: true })
  return { first: entry, last: after }
}

function transaction(maker: GraphMaker, place: Place): Piece {
  const inner = maker.inner()
  const start = inner.add({ kind: 'start' })
  const work = inner.add({ kind: maker.chance.oneOf(['job', 'user'] as const), undo: true })
  const then = piece(inner, { ...place, depth: place.depth - 1 })
  const decide = inner.add({ kind: 'xor' })
  inner.flow(start, work)
  inner.flow(work, then.first)
  inner.flow(then.last, decide)
  inner.flow(decide, inner.add({ kind: 'end', on: 'cancel' }), { when: '=pick = 2' })
  inner.flow(decide, inner.add({ kind: 'end' }), { otherwise: true })
  return guard(maker, place, maker.add({ kind: 'transaction', inside: inner.graph }), ['cancel'])
}

function undoing(maker: GraphMaker, place: Place): Piece {
  const work = maker.add({ kind: maker.chance.oneOf(['job', 'user', 'manual'] as const), undo: true })
  const between = piece(maker, place)
  const undo = maker.add({ kind: 'throw', on: 'compensation' })
  maker.flow(work, between.first)
  maker.flow(between.last, undo)
  return { first: work, last: undo }
}

function adHoc(maker: GraphMaker, place: Place): Piece {
  const inner = maker.inner()
  for (let count = maker.chance.between(1, 3); count > 0; count--) piece(inner, { ...place, depth: 0 })
  return whole(maker.add({ kind: 'adHoc', inside: inner.graph }))
}

/** A subprocess that may end with an error, which is caught around it, beside another branch that it stops. */
function failing(maker: GraphMaker, place: Place): Piece {
  const inner = maker.inner()
  const [start, split, decide] = [inner.add({ kind: 'start' }), inner.add({ kind: 'and' }), inner.add({ kind: 'xor' })]
  const [work, beside] = [piece(inner, { ...place, depth: 0 }), piece(inner, place)]
  inner.flow(start, split)
  inner.flow(split, work.first)
  inner.flow(split, beside.first)
  inner.flow(work.last, decide)
  const bad: Pick<GraphNode, 'kind' | 'on'> = maker.chance.is(60) ? { kind: 'end', on: 'error' } : { kind: 'terminate' }
  inner.flow(decide, inner.add(bad), { when: '=pick = 2' })
  inner.flow(decide, inner.add({ kind: 'end' }), { otherwise: true })
  inner.flow(beside.last, inner.add({ kind: 'end' }))
  return guard(maker, place, maker.add({ kind: 'sub', inside: inner.graph }), ['error'])
}
