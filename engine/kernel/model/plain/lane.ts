import { type ModdleElement, many } from '../moddle.ts'
import { type ModelView, typeOf } from '../validate/standard/model-view.ts'

/** The innermost lane that names the element or a subprocess around it: whose work it is. */
export function laneOf(element: ModdleElement, model: ModelView): ModdleElement | undefined {
  const lanes = model.elements.filter((candidate) => typeOf(candidate) === 'Lane')
  for (let at: ModdleElement | undefined = element; at; at = at.$parent) {
    const node = at
    // Lanes inside others come after them.
    const lane = lanes.findLast((candidate) => many(candidate, 'flowNodeRef').includes(node))
    if (lane) return lane
  }
  return undefined
}
