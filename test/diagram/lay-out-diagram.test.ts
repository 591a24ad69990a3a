import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { layOutDiagram } from '../../engine/diagram/index.ts'
import { parseBpmn } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { xmlOf } from '../fuzz/graph-xml.ts'
import { caseOf } from '../fuzz/random-model.ts'
import { process } from '../helpers/process-builder.ts'

interface Box {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
type Point = readonly [number, number]

function shapesOf(xml: string): Box[] {
  const shapes = xml.matchAll(
    /<bpmndi:BPMNShape [^>]*bpmnElement="([^"]+)"[^>]*><dc:Bounds x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g,
  )
  return [...shapes].map(([, id = '', x, y, width, height]) => ({
    id,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }))
}
function edgesOf(xml: string): { readonly id: string; readonly points: readonly Point[] }[] {
  const edges = xml.matchAll(/<bpmndi:BPMNEdge [^>]*bpmnElement="([^"]+)"[^>]*>(.*?)<\/bpmndi:BPMNEdge>/gs)
  return [...edges].map(([, id = '', content = '']) => ({
    id,
    points: [...content.matchAll(/waypoint x="([\d.-]+)" y="([\d.-]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const),
  }))
}
const overlap = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

async function drawn(xml: string) {
  const laidOut = await layOutDiagram(xml)
  const { processes, problems } = await parseBpmn(laidOut)
  const elements = processes.flatMap((found) => [...found.elements.values()])
  return {
    laidOut,
    problems,
    elements,
    flows: processes.flatMap((found) => [...found.flows.values()]).filter(({ id }) => xml.includes(`id="${id}"`)),
    shapes: shapesOf(laidOut),
    edges: edgesOf(laidOut),
  }
}
/** Pairs of elements of one scope that lie on each other; a boundary event sits on its host. */
function clashes({ elements, shapes }: Awaited<ReturnType<typeof drawn>>): string[] {
  const boxOf = new Map(shapes.map((shape) => [shape.id, shape]))
  const solid = elements.filter(({ type }) => type !== 'boundaryEvent' && type !== 'process')
  return solid.flatMap((a, index) =>
    solid.slice(index + 1).flatMap((b) => {
      const [boxA, boxB] = [boxOf.get(a.id), boxOf.get(b.id)]
      return a.scopeId === b.scopeId && boxA && boxB && overlap(boxA, boxB) ? [`${a.id} on ${b.id}`] : []
    }),
  )
}

describe('a file that is laid out', () => {
  test('keeps every other letter of it, and replaces a diagram that is there', async () => {
    const bare = process('p').start().serviceTask('work', { type: 'w' }).end().xml({ diagram: false })
    const once = await layOutDiagram(bare)
    const twice = await layOutDiagram(once)

    expect(twice).toBe(once)
    expect(once.replace(/\n? *<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, '').replace(/ xmlns:(bpmndi|dc|di)="[^"]*"/g, '')).toBe(
      bare.replace(/ xmlns:(bpmndi|dc|di)="[^"]*"/g, ''),
    )
  })

  test('puts the longest way in one line and the others beside it', async () => {
    const xml = process('p')
      .start('start')
      .exclusive('which')
      .when('=true')
      .end('short')
      .at('which')
      .otherwise()
      .serviceTask('a', { type: 'a' })
      .serviceTask('b', { type: 'b' })
      .end('done')
      .xml({ diagram: false })
    const { shapes } = await drawn(xml)
    const middle = (id: string) => shapes.filter((shape) => shape.id === id).map(({ y, height }) => y + height / 2)[0]

    expect([middle('which'), middle('a'), middle('b'), middle('done')]).toEqual(Array(4).fill(middle('start')))
    expect(middle('short')).toBeGreaterThan(middle('start') ?? 0)
  })
})

describe('any model', () => {
  test.each(Array.from({ length: 40 }, (_, index) => 7_000 + index))(
    'seed %i: is drawn whole, nothing on top of another, flows at right angles',
    async (seed) => {
      const found = await drawn(xmlOf(caseOf(seed).graphs))
      const names = new Set([...found.shapes, ...found.edges].map(({ id }) => id))

      expect(found.problems.filter(({ severity }) => severity === 'error')).toEqual([])
      expect([...found.elements.filter(({ type }) => type !== 'process'), ...found.flows].filter(({ id }) => !names.has(id))).toEqual([])
      expect(clashes(found)).toEqual([])
      const slanted = found.edges.filter(({ points }) =>
        points.some(([x, y], index) => index > 0 && points[index - 1]?.[0] !== x && points[index - 1]?.[1] !== y),
      )
      expect(slanted.map(({ id }) => id)).toEqual([])
    },
  )

  const models = join(projectRoot(), '..', 'shared', 'conformance', 'reallife')
  test.skipIf(!existsSync(models))('of real life with pools and lanes is drawn without a clash', async () => {
    const files = readdirSync(models, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bpmn'))
    const faults: string[] = []
    for (const file of files.slice(0, 25)) {
      const found = await layOutDiagram(readFileSync(join(models, file), 'utf8')).catch((error: Error) => error.message)
      if (!found.includes('BPMNShape') && !/^Expected|failed to parse/.test(found)) faults.push(`${file}: ${found}`)
    }
    expect(faults).toEqual([])
  })
})
