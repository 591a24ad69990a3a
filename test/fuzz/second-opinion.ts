import { parseBpmn } from '../../engine/kernel/index.ts'
import { explore, witness } from '../../engine/verify/index.ts'
import { Chance } from './chance.ts'
import { Finding } from './finding.ts'
import type { Graph } from './graph.ts'
import { type Draft, GraphMaker } from './graph-maker.ts'
import { xmlOf } from './graph-xml.ts'

const LEAVES: readonly Draft[] = [
  ...(['job', 'user', 'manual', 'receive', 'plain', 'send', 'script'] as const).map((kind) => ({ kind })),
  ...(['timer', 'message', 'signal'] as const).map((on) => ({ kind: 'catch', on }) as const),
]

/** A block-structured model of the elements bpmn-engine gets right: tasks, events that wait, choices, forks, races, subprocesses. */
function sharedModel(chance: Chance): Graph {
  const maker = new GraphMaker(chance, { count: 0, children: [] })
  fill(maker, chance.between(1, 3))
  return maker.graph
}

function fill(maker: GraphMaker, depth: number): void {
  const start = maker.add({ kind: 'start' })
  const [first, last] = piece(maker, depth)
  maker.flow(start, first)
  maker.flow(last, maker.add({ kind: 'end' }))
}

function piece(maker: GraphMaker, depth: number): readonly [string, string] {
  const { chance } = maker
  const kind = depth === 0 ? 'leaf' : chance.oneOf(['leaf', 'sequence', 'xor', 'and', 'sub', 'race'] as const)
  if (kind === 'sequence') {
    const [before, after] = [piece(maker, depth - 1), piece(maker, depth - 1)]
    maker.flow(before[1], after[0])
    return [before[0], after[1]]
  }
  if (kind === 'xor' || kind === 'and') {
    const [split, join] = [maker.add({ kind }), maker.add({ kind })]
    for (let index = 0; index < chance.between(2, 3); index++) {
      const [first, last] = piece(maker, depth - 1)
      const when = index === 0 ? { otherwise: true } : { when: `=pick = ${index}` }
      maker.flow(split, first, kind === 'xor' ? when : {})
      maker.flow(last, join)
    }
    return [split, join]
  }
  if (kind === 'sub') {
    const inner = maker.inner()
    fill(inner, depth - 1)
    const id = maker.add({ kind, inside: inner.graph })
    return [id, id]
  }
  if (kind === 'race') return race(maker, depth)
  const id = maker.add(chance.oneOf(LEAVES))
  return [id, id]
}

function race(maker: GraphMaker, depth: number): readonly [string, string] {
  const [gateway, merge] = [maker.add({ kind: 'race' }), maker.add({ kind: 'xor' })]
  for (const on of ['timer', 'message'] as const) {
    const caught = maker.add({ kind: 'catch', on })
    const [first, last] = piece(maker, depth - 1)
    maker.flow(gateway, caught)
    maker.flow(caught, first)
    maker.flow(last, merge)
  }
  return [gateway, merge]
}

export interface SecondOpinion {
  readonly graph: Graph
  readonly agreed: number
  /** Paths on which bpmn-engine is known to be wrong. */
  readonly knownFaults: number
  readonly finding?: Finding
}

/** Explores a model of a seed and runs its paths on bpmn-engine: both complete the same at every step. */
export async function secondOpinion(seed: number): Promise<SecondOpinion> {
  const graph = sharedModel(new Chance(seed))
  const xml = xmlOf({ main: graph })
  const [process] = (await parseBpmn(xml)).processes
  if (!process) throw new Error(`Expected the model of seed ${seed} to be executable`)
  const { paths, findings } = explore(process, { budget: 300 })
  let agreed = 0
  let knownFaults = 0
  const [unsound] = findings
  if (unsound)
    return { graph, agreed, knownFaults, finding: new Finding('not-sound', `${unsound.kind} ${unsound.elementId} in a sound model`) }
  for (const path of paths.slice(0, 3)) {
    const said = await witness(xml, 'main', path)
    if (said.kind === 'agrees') agreed++
    else if (said.kind === 'disagrees' && said.knownFault) knownFaults++
    else if (said.kind === 'disagrees') {
      const message = `${said.elementId}: the kernel completed ${said.expected.join()}, bpmn-engine ${said.found.join()}`
      return { graph, agreed, knownFaults, finding: new Finding('second-opinion', message) }
    }
  }
  return { graph, agreed, knownFaults }
}
