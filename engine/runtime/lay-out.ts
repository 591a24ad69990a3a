import { layoutProcess } from 'bpmn-auto-layout'

const COLLABORATION = /<(?:[\w.-]+:)?collaboration[\s>]/
const PROCESS = /<(?:[\w.-]+:)?process[\s>]/g
const SHAPE = /<(?:[\w.-]+:)?BPMN(?:Shape|Edge)[\s>]/

export type LaidOut = { readonly content: string } | { readonly refusal: string }

export function drawsNothing(xml: string): boolean {
  return !SHAPE.test(xml)
}

/** Adds a diagram to a BPMN file that has none. Pools and files of several processes are beyond the layouter, which would draw a part. */
export async function layOut(name: string, xml: string): Promise<LaidOut> {
  const refusal = (why: string): LaidOut => ({
    refusal: `Expected layout=auto to draw '${name}', but ${why}; open it in any BPMN editor that lays files out, and save it again`,
  })
  if (COLLABORATION.test(xml)) return refusal('it holds a collaboration, and pools are not laid out')
  if ((xml.match(PROCESS) ?? []).length !== 1) return refusal('only a file of one process is laid out')
  try {
    const content = await layoutProcess(xml)
    return drawsNothing(content) ? refusal('nothing in it can be drawn') : { content }
  } catch (error) {
    return refusal(`its flows are beyond the layout (${(error as Error).message})`)
  }
}
