import { readXml, type XmlElement } from '../../decision/xml-element.ts'
import type { Problems } from '../problems.ts'

const MARKER = /LoopCharacteristics$/
const MARKER_TAG = /<(?:[\w.-]+:)?(?:standard|multiInstance)LoopCharacteristics[\s/>]/g

/** An activity is repeated in one way. The BPMN reader keeps the last marker and does not tell, so the file itself is looked at. */
export function refuseSeveralLoopMarkers(xml: string, problems: Problems): void {
  if ((xml.match(MARKER_TAG) ?? []).length < 2) return
  const read = readXml(xml)
  if (!read.ok) return
  for (const process of read.root.children)
    if (process.name === 'process' && process.attributes.isExecutable === 'true') lookInto(process, problems)
}

function lookInto(element: XmlElement, problems: Problems): void {
  const markers = element.children.filter(({ name }) => MARKER.test(name))
  if (markers.length > 1)
    problems.error(
      element.attributes.id ?? element.name,
      'LOOP_MARKERS',
      `Expected one loop marker on ${element.attributes.id ?? `a ${element.name}`}, but found ${markers.map(({ name }) => name).join(' and ')}; leave one, and put a subprocess around it for the other (BPMN 2.0.2 §10.3.8)`,
    )
  for (const child of element.children) lookInto(child, problems)
}
