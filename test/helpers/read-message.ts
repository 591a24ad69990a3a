import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Json } from '../../engine/kernel/index.ts'

/** Reads a message of one format back: its values as the agency's program sees them, without their names. Throws when it is not well formed. */
export type MessageReader = (body: string) => readonly Json[]

/** By ending of the template. A format without a reader is not read back. */
export const MESSAGE_READERS: Readonly<Record<string, MessageReader | undefined>> = {
  json: (body) => leavesOf(JSON.parse(body) as Json),
  xml(body) {
    const fault = XMLValidator.validate(body)
    if (fault !== true) throw new Error(`Expected XML, found ${JSON.stringify(fault)}`)
    const parser = new XMLParser({
      parseTagValue: false,
      trimValues: false,
      htmlEntities: true,
      processEntities: { maxTotalExpansions: 1e7 },
    })
    return leavesOf(parser.parse(body) as Json)
  },
}

/** Every text, number and flag inside, in order. */
export function leavesOf(node: Json): readonly Json[] {
  if (Array.isArray(node)) return node.flatMap(leavesOf)
  if (typeof node === 'object' && node !== null) return Object.values(node).flatMap(leavesOf)
  return node === null ? [] : [node]
}
