import { layOutDiagram } from '../diagram/index.ts'

const SHAPE = /<(?:[\w.-]+:)?BPMN(?:Shape|Edge)[\s>]/

export type LaidOut = { readonly content: string } | { readonly refusal: string }

export function drawsNothing(xml: string): boolean {
  return !SHAPE.test(xml)
}

/** Adds a diagram to a BPMN file that has none. */
export async function layOut(name: string, xml: string): Promise<LaidOut> {
  const refusal = (why: string): LaidOut => ({
    refusal: `Expected layout=auto to draw '${name}', but ${why}; open it in any BPMN editor that lays files out, and save it again`,
  })
  try {
    const content = await layOutDiagram(xml)
    return drawsNothing(content) ? refusal('nothing in it can be drawn') : { content }
  } catch (error) {
    return refusal(`its flows are beyond the layout (${(error as Error).message})`)
  }
}
