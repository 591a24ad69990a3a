/** What we use of an element that bpmn-moddle read; everything else is reached through the transformers. */
export interface ModdleElement {
  readonly $type: string
  readonly $parent?: ModdleElement
  readonly $descriptor?: { readonly isGeneric?: boolean; readonly ns?: { readonly uri?: string } }
  readonly id?: string
  readonly name?: string
  readonly [property: string]: unknown
}

export function isModdle(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && typeof (value as { $type?: unknown }).$type === 'string'
}

/** The element at a property, or undefined. */
export function one(element: ModdleElement, property: string): ModdleElement | undefined {
  const value = element[property]
  return isModdle(value) ? value : undefined
}

/** The elements at a property, or none. */
export function many(element: ModdleElement, property: string): readonly ModdleElement[] {
  const value = element[property]
  return Array.isArray(value) ? value.filter(isModdle) : []
}

export function text(element: ModdleElement, property: string): string | undefined {
  const value = element[property]
  return typeof value === 'string' ? value : undefined
}

/** Extension elements of a type, e.g. `zeebe:TaskDefinition`. */
export function extensions(element: ModdleElement, type: string): readonly ModdleElement[] {
  const container = one(element, 'extensionElements')
  return container ? many(container, 'values').filter((value) => value.$type === type) : []
}

export function extension(element: ModdleElement, type: string): ModdleElement | undefined {
  return extensions(element, type)[0]
}
