import fc from 'fast-check'
import type { Json, JsonObject } from '../../engine/kernel/index.ts'

/** Symbols that XML, JSON or HTML must escape, or that come from the right. */
const HARD_TEXTS = ['', '<&>"\'', ']]>', '{{items}}', '厦门 😀', 'شركة', '\\u0041"', 'a\nb\tc', '</script>']

/**
 * A declaration with every item of the form, in every group one to three rows, where no two values are alike: texts and numbers carry
 * a running number. Values keep the form's types, not its rules, so that each can be found again in a message.
 */
export function anyDeclaration(schema: JsonObject): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      fc.infiniteStream(fc.nat({ max: HARD_TEXTS.length - 1 })),
      fc.infiniteStream(fc.boolean()),
      fc.tuple(rowCount, rowCount, rowCount),
    )
    .map(([hard, flags, rows]) => {
      let running = 1000
      const counts = [...rows]
      const make = (node: JsonObject): Json => {
        running += 1
        if (node.type === 'object') return mapObject(node.properties as JsonObject, make)
        if (node.type === 'array') {
          const count = node['x-group'] === undefined ? 2 : (counts.pop() ?? 1)
          return Array.from({ length: count }, () => make(node.items as JsonObject))
        }
        if (node.type === 'boolean') return flags.next().value as boolean
        if (node.type === 'integer') return running
        if (node.type === 'number') return running + 0.25
        return `T${running}${HARD_TEXTS[hard.next().value as number]}`
      }
      return make(schema) as JsonObject
    })
}

const rowCount = fc.integer({ min: 1, max: 3 })

function mapObject(properties: JsonObject, make: (node: JsonObject) => Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, make(node as JsonObject)]))
}
