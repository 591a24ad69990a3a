import type { Graph, NodeKind, Trigger } from './graph.ts'
import type { Draft, GraphMaker } from './graph-maker.ts'

const KINDS: readonly NodeKind[] = [
  ...(['job', 'job', 'job', 'user', 'manual', 'script', 'receive', 'publish', 'catch', 'catch', 'throw'] as const),
  ...(['xor', 'xor', 'and', 'and', 'or', 'or', 'complex', 'end', 'sub', 'sub', 'transaction', 'adHoc'] as const),
]
const CATCHES: readonly Trigger[] = ['timer', 'message', 'signal', 'condition']
const THROWS: readonly (Trigger | undefined)[] = ['message', 'signal', 'escalation', 'compensation', undefined]
const ENDS: readonly (Trigger | undefined)[] = [undefined, undefined, 'error', 'escalation', 'signal', 'message', 'compensation']
const BOUNDARIES: readonly Trigger[] = ['timer', 'cycle', 'message', 'signal', 'condition', 'error', 'escalation']
const ACTIVITIES: readonly NodeKind[] = ['job', 'user', 'receive', 'sub', 'transaction', 'adHoc', 'call', 'script', 'manual']
const GATEWAYS: readonly NodeKind[] = ['xor', 'or', 'complex']

/** Elements at random, connected at random: joins may wait for ever, tokens may pile up, nothing need ever end. */
export function unstructuredModel(maker: GraphMaker, depth: number, inTransaction = false): Graph {
  const { chance } = maker
  const start = maker.add({ kind: 'start' })
  const ids = Array.from({ length: chance.between(3, depth > 0 ? 9 : 5) }, () => maker.add(node(maker, depth, inTransaction)))
  attach(maker)
  connect(maker, start, ids, chance.is(20) ? race(maker) : [])
  if (depth > 0 && chance.is(30)) maker.add({ kind: 'eventSub', inside: eventSub(maker, depth - 1) })
  return maker.graph
}

function node(maker: GraphMaker, depth: number, inTransaction: boolean): Draft {
  const { chance, names } = maker
  if (names.children.length > 0 && chance.is(6)) return { kind: 'call', calls: chance.oneOf(names.children), ...repeated(maker) }
  const kind = chance.oneOf(KINDS)
  switch (kind) {
    case 'catch':
      return { kind, on: chance.oneOf(CATCHES) }
    case 'throw':
      return withTrigger(kind, chance.oneOf(THROWS))
    case 'end':
      if (inTransaction && chance.is(40)) return { kind, on: 'cancel' }
      return chance.is(15) ? { kind: 'terminate' } : withTrigger(kind, chance.oneOf(ENDS))
    case 'sub':
    case 'transaction':
    case 'adHoc':
      if (depth === 0) return { kind: 'job', ...repeated(maker) }
      return { kind, inside: within(maker, kind, depth - 1), ...repeated(maker) }
    case 'job':
    case 'user':
      return { kind, ...repeated(maker), ...(chance.is(20) && { undo: true }), ...listening(maker) }
    case 'manual':
      return { kind, ...listening(maker) }
    case 'receive':
    case 'script':
      return { kind, ...repeated(maker), ...listening(maker) }
    default:
      return { kind }
  }
}
const withTrigger = (kind: NodeKind, on: Trigger | undefined): Draft => ({ kind, ...(on && { on }) })

function repeated({ chance }: GraphMaker): Pick<Draft, 'repeat'> {
  return chance.is(20) ? { repeat: chance.oneOf(['parallel', 'sequential', 'loop'] as const) } : {}
}
function listening({ chance }: GraphMaker): Pick<Draft, 'listens'> {
  return chance.is(12) ? { listens: chance.oneOf([['start'], ['end'], ['start', 'end']] as const) } : {}
}

function within(maker: GraphMaker, kind: 'sub' | 'transaction' | 'adHoc', depth: number): Graph {
  const inner = maker.inner()
  if (kind !== 'adHoc') return unstructuredModel(inner, depth, kind === 'transaction')
  const ids = Array.from({ length: maker.chance.between(1, 3) }, () =>
    inner.add({ kind: maker.chance.oneOf(['job', 'user', 'manual'] as const) }),
  )
  if (ids.length > 2) inner.flow(ids[0] as string, ids[1] as string)
  return inner.graph
}

function eventSub(maker: GraphMaker, depth: number): Graph {
  const inner = maker.inner()
  const { chance } = maker
  const on = chance.oneOf(BOUNDARIES)
  const aside = on !== 'error' && (on === 'cycle' || chance.is(50))
  const start = inner.add({ kind: 'start', on, ...(aside && { aside }) })
  const ids = Array.from({ length: chance.between(1, 3) }, () => inner.add(node(inner, depth, false)))
  connect(inner, start, ids)
  return inner.graph
}

/** An event-based gateway and the events it alone leads to. */
function race(maker: GraphMaker): readonly string[] {
  const gateway = maker.add({ kind: 'race' })
  const events = [maker.add({ kind: 'catch', on: 'timer' }), maker.add({ kind: 'catch', on: maker.chance.oneOf(CATCHES) })]
  for (const event of events) maker.flow(gateway, event)
  return [gateway, ...events]
}

function attach(maker: GraphMaker): void {
  const { chance } = maker
  for (const { id, kind } of [...maker.nodes]) {
    if (!ACTIVITIES.includes(kind) || !chance.is(25)) continue
    const on = kind === 'transaction' && chance.is(60) ? 'cancel' : chance.oneOf(BOUNDARIES)
    const aside = on !== 'error' && on !== 'cancel' && (on === 'cycle' || chance.is(50))
    maker.add({ kind: 'boundary', on, attachedTo: id, ...(aside && { aside }) })
  }
}

/** Everything can be reached; where a gateway splits there are conditions, mostly with a default. */
function connect(maker: GraphMaker, start: string, ids: readonly string[], [gateway, ...events]: readonly string[] = []): void {
  const { chance } = maker
  const kindOf = new Map(maker.nodes.map(({ id, kind }) => [id, kind]))
  const isOneOf = (id: string, kinds: readonly NodeKind[]) => kinds.includes(kindOf.get(id) ?? 'job')
  const pairs = new Set<string>()
  const link = (from: string, to: string) => pairs.add(`${from} ${to}`)
  const sources = [start]
  for (const id of ids) {
    link(chance.is(65) ? (sources.at(-1) as string) : chance.oneOf(sources), id)
    if (!isOneOf(id, ['end', 'terminate'])) sources.push(id)
  }
  if (gateway !== undefined) link(chance.oneOf(sources), gateway)
  const boundaries = maker.nodes.filter(({ kind }) => kind === 'boundary').map(({ id }) => id)
  for (const id of [...boundaries, ...events]) link(id, chance.oneOf(ids))
  const splits = sources.filter((id) => id !== start)
  const gateways = splits.filter((id) => isOneOf(id, ['xor', 'and', 'or', 'complex']))
  for (let extra = chance.below(ids.length); extra > 0 && splits.length > 0; extra--)
    link(chance.oneOf(gateways.length > 0 && chance.is(80) ? gateways : splits), chance.oneOf(ids))
  const outgoing = new Map<string, string[]>()
  for (const pair of pairs) {
    const [from = '', to = ''] = pair.split(' ')
    outgoing.set(from, [...(outgoing.get(from) ?? []), to])
  }
  for (const [from, targets] of outgoing) decide(maker, from, kindOf.get(from) ?? 'job', targets)
}

function decide(maker: GraphMaker, from: string, kind: NodeKind, targets: readonly string[]): void {
  const { chance } = maker
  const isChoice = GATEWAYS.includes(kind) && targets.length > 1
  const withDefault = kind !== 'complex' && chance.is(80)
  for (const [index, to] of targets.entries()) {
    if (!isChoice) maker.flow(from, to)
    else if (index === 0 && withDefault) maker.flow(from, to, { otherwise: true })
    else maker.flow(from, to, { when: chance.oneOf([`=pick = ${index}`, `=pick >= ${index}`, '=again', '=flag']) })
  }
}
