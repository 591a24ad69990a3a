import { type ModdleElement, many, one } from '../moddle.ts'
import { dataOf, typeOf } from '../validate/standard/model-view.ts'

interface Mapping {
  readonly $type: 'zeebe:Input' | 'zeebe:Output'
  readonly source: string
  readonly target: string
}

/**
 * Data objects are variables of the scope they are drawn in (BPMN 2.0.2 §10.4): what an activity takes from them becomes its
 * inputs, what it gives to them its outputs. Associations without declared inputs and outputs are only drawn.
 */
export function dataMapping(activity: ModdleElement): Readonly<Record<string, readonly Mapping[]>> | undefined {
  const inputParameters = [
    ...many(activity, 'flowElements').flatMap(ownObject),
    ...many(activity, 'dataInputAssociations').flatMap(inputOf),
  ]
  const outputParameters = many(activity, 'dataOutputAssociations').flatMap(outputOf)
  if (inputParameters.length + outputParameters.length === 0) return undefined
  return { inputParameters, outputParameters }

  function inputOf(association: ModdleElement): readonly Mapping[] {
    const target = one(association, 'targetRef')
    const object = variableOf(objectOf(many(association, 'sourceRef')[0]))
    const name = target && dataOf(activity, 'dataInputs').includes(target) ? variableOf(target) : undefined
    return object === undefined || name === undefined ? [] : [{ $type: 'zeebe:Input', source: changed(association, object), target: name }]
  }
  function outputOf(association: ModdleElement): readonly Mapping[] {
    const [source] = many(association, 'sourceRef')
    const object = variableOf(objectOf(one(association, 'targetRef')))
    const name = source && dataOf(activity, 'dataOutputs').includes(source) ? variableOf(source) : undefined
    return object === undefined || name === undefined ? [] : [{ $type: 'zeebe:Output', source: changed(association, name), target: object }]
  }
}

/** One of a subprocess begins empty and ends with it. */
function ownObject(element: ModdleElement): readonly Mapping[] {
  const name = typeOf(element) === 'DataObject' ? variableOf(element) : undefined
  return name === undefined ? [] : [{ $type: 'zeebe:Input', source: '=null', target: name }]
}

function objectOf(element: ModdleElement | undefined): ModdleElement | undefined {
  const object = element && typeOf(element) === 'DataObjectReference' ? one(element, 'dataObjectRef') : element
  return object && typeOf(object) === 'DataObject' ? object : undefined
}

/** Its name, or its id where the name is no name of a variable. */
function variableOf(element: ModdleElement | undefined): string | undefined {
  return [element?.name, element?.id].find((name) => name !== undefined && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
}

function changed(association: ModdleElement, name: string): string {
  const transformation = one(association, 'transformation')?.body
  return typeof transformation === 'string' && transformation.trim() !== '' ? `=${transformation.trim().replace(/^=/, '')}` : `=${name}`
}
