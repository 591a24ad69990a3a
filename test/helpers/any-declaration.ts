import fc from 'fast-check'
import type { Json, JsonObject } from '../../engine/kernel/index.ts'

/** Symbols that XML, JSON or HTML must escape, or that come from the right. */
const HARD_TEXTS = ['', '<&>"\'', ']]>', '{{items}}', '厦门 😀', 'شركة', '\\u0041"', 'a\nb\tc', '</script>']

/** First running number; all have as many digits, so that none is a part of another. */
const FIRST = 100_001

/**
 * A declaration with every item of the form, in every group one to three rows, where no two values are alike: texts and numbers carry
 * a running number of six digits. Values keep the form's types, not its rules, so that each can be found again in a message.
 */
export function anyDeclaration(schema: JsonObject): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      fc.infiniteStream(fc.nat({ max: HARD_TEXTS.length - 1 })),
      fc.infiniteStream(fc.boolean()),
      fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
    )
    .map(([hard, flags, rows]) => {
      let running = FIRST
      const make = (node: JsonObject): Json => {
        running += 1
        if (node.type === 'object') return mapObject(node.properties as JsonObject, make)
        if (node.type === 'array') {
          const count = node['x-group'] === undefined ? 2 : (rows.next().value as number)
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

/** The running numbers in a text. */
export function runningNumbers(text: string): readonly string[] {
  return text.match(/(?<!\d)[1-9]\d{5}(?!\d)/g) ?? []
}

function mapObject(properties: JsonObject, make: (node: JsonObject) => Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, make(node as JsonObject)]))
}
