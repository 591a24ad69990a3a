/** What is wrong with one item, as an agency says it. */
export interface ItemError {
  readonly item: string
  readonly line?: number
  readonly group?: string
  readonly rule: string
  readonly text: { readonly en: string; readonly zh: string }
}

export function errorOf(item: string, rule: string, en: string, zh: string): ItemError {
  return { item, rule, text: { en, zh } }
}
