import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'

const ROOT = join(projectRoot(), 'processes')
const CLOCKS = ['submitted', 'accepted-by-platform', 'sent-to-agency', 'agency-ack', 'agency-decision', 'released', 'closed']

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bpmn'))
const parsed = new Map(await Promise.all(files.map(async (file) => [file, await parse(file)] as const)))

async function parse(file: string) {
  const xml = readFileSync(join(ROOT, file), 'utf8')
  const { processes, problems, hasDiagram } = await parseBpmn(xml)
  return { xml, processes, problems, hasDiagram, elements: processes.flatMap((process) => [...process.elements.values()]) }
}
function read(file: string) {
  const found = parsed.get(file)
  if (!found) throw new Error(`Expected ${file} among ${files}`)
  return found
}

/** Agencies that a process writes to, itself or by processes it calls; those are told which one. */
function agenciesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return new Set()
  seen.add(file)
  const { xml, elements } = read(file)
  const written = elements.flatMap(({ job }) =>
    job?.jobType.kind === 'literal' ? (/^agency\.(.+)$/.exec(job.jobType.text)?.[1] ?? []) : [],
  )
  const told = [...xml.matchAll(/<zeebe:input source="([a-z]+)" target="agency" \/>/g)].flatMap(([, agency]) => agency ?? [])
  const called = [...xml.matchAll(/<zeebe:calledElement processId="([^"=]+)"/g)].flatMap(
    ([, id]) => files.find((other) => other.endsWith(`/${id}.bpmn`)) ?? [],
  )
  return new Set([...written, ...told, ...called.flatMap((other) => [...agenciesOf(other, seen)])])
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
/** Pixels between the middle of a shape and the middle of its label, across. */
const LABEL_REACH = 250
const middleOf = ({ x, width }: Box) => x + width / 2
/** Boundary events sit on an edge, so only the middle counts. */
const isInside = (box: Box, around: Box) =>
  middleOf(box) >= around.x &&
  middleOf(box) <= around.x + around.width &&
  box.y >= around.y - 20 &&
  box.y + box.height <= around.y + around.height + 20

/** Of each drawn element its box, then its label's. */
function boxesOf(xml: string): ReadonlyMap<string, readonly Box[]> {
  const shapes = xml.matchAll(/<bpmndi:BPMNShape [^>]*bpmnElement="([^"]+)"[^>]*>(.*?)<\/bpmndi:BPMNShape>/gs)
  return new Map(
    [...shapes].map(([, id = '', content = '']) => {
      const bounds = content.matchAll(/<dc:Bounds x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g)
      return [
        id,
        [...bounds].map(([, x, y, width, height]) => ({ x: Number(x), y: Number(y), width: Number(width), height: Number(height) })),
      ]
    }),
  )
}

describe.each(files)('%s', (file) => {
  test('can be deployed without a warning', () => {
    const { problems, hasDiagram, processes } = read(file)
    expect(problems).toEqual([])
    expect(hasDiagram).toBe(true)
    expect(processes.length).toBeGreaterThan(0)
  })

  test('every named element, lane and flow has a Chinese name', () => {
    const { xml, elements } = read(file)
    expect(
      elements.filter(({ name, properties }) => name !== '' && !/\p{Script=Han}/u.test(properties['name.zh'] ?? '')).map(({ id }) => id),
    ).toEqual([])
    const named = xml.match(/<bpmn:(lane|sequenceFlow|participant) [^>]*name="[^"]+"[^>]*>(?!\s*<bpmn:extensionElements>)/g) ?? []
    expect(named).toEqual([])
  })

  test('every task, event with a meaning and deciding gateway has a name', () => {
    const { elements } = read(file)
    const tasks = elements.filter(({ type }) => /Task$|Activity$|ubProcess$/.test(type))
    expect(tasks.filter(({ name }) => name === '').map(({ id }) => id)).toEqual([])
  })

  test('every element and flow is drawn', () => {
    const { xml, elements, processes } = read(file)
    const flows = processes.flatMap((process) => [...process.flows.keys()])
    const isDrawn = (id: string) => xml.includes(`bpmnElement="${id}"`)
    expect([...elements.map(({ id }) => id), ...flows].filter((id) => !isDrawn(id))).toEqual([])
  })

  test('every element is drawn inside its subprocess, and its label beside it', () => {
    const { xml, elements } = read(file)
    const drawn = boxesOf(xml)
    const strayed = elements.filter(({ id, scopeId }) => {
      const [box, label] = drawn.get(id) ?? []
      const [around] = drawn.get(scopeId ?? '') ?? []
      return box && ((around && !isInside(box, around)) || (label && Math.abs(middleOf(label) - middleOf(box)) > LABEL_REACH))
    })
    expect(strayed.map(({ id }) => id)).toEqual([])
  })

  test('clocks are the ones that the status knows', () => {
    const { elements } = read(file)
    const used = elements.flatMap(({ properties }) => properties.clock ?? [])
    expect(used.filter((clock) => !CLOCKS.includes(clock))).toEqual([])
  })

  test('every form, message and document it names exists', () => {
    const { elements } = read(file)
    const wanted = elements.flatMap(({ userTask, job }) => {
      const form = userTask?.externalReference?.kind === 'literal' ? [`forms/decisions/${userTask.externalReference.text}.form.json`] : []
      const agency = job?.jobType.kind === 'literal' ? /^agency\.(.+)$/.exec(job.jobType.text)?.[1] : undefined
      const message = agency && job ? [`forms/messages/${agency}/${job.headers.message}`] : []
      const document = job?.headers.document ? [`forms/documents/${job.headers.document}`] : []
      return [...form, ...message, ...document]
    })
    const exists = (path: string) =>
      ['', '.xml.hbs', '.json.hbs', '.edi.hbs', '.html.hbs', '.pdf.hbs'].some((ending) => existsSync(join(projectRoot(), path + ending)))
    expect(wanted.filter((path) => !exists(path))).toEqual([])
  })
})

describe.each(readdirSync(ROOT).filter((folder) => existsSync(join(ROOT, folder, 'service.json'))))('service %s', (folder) => {
  const service = JSON.parse(readFileSync(join(ROOT, folder, 'service.json'), 'utf8'))

  test('says what a declaration ends as for every end that closes it', () => {
    const { elements } = read(join(folder, `${folder}.bpmn`))
    const closing = elements.filter(({ type, properties }) => type === 'endEvent' && properties.clock === 'closed').map(({ id }) => id)
    expect(Object.keys(service.ends).sort()).toEqual(closing.sort())
  })

  test('its agencies are the ones its process writes to', () => {
    const file = join(folder, `${folder}.bpmn`)
    const named = [...agenciesOf(file)].sort()
    const isRepeated = read(file).xml.includes('<zeebe:input source="=agency" target="agency" />')
    expect([...service.agencies].sort()).toEqual(isRepeated ? expect.arrayContaining(named) : named)
  })

  test('its corrections are elements of its process', () => {
    const { elements } = read(join(folder, `${folder}.bpmn`))
    const ids = new Set(elements.map(({ id }) => id))
    expect(service.correctionElements.filter((id: string) => !ids.has(id))).toEqual([])
  })
})
