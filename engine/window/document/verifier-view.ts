import type { RenderedMessage } from '../contract.ts'
import type { ShownField } from './issued-document.ts'
import { type MarkupElement, parseMarkup } from './page-markup.ts'

/** What a page description says of itself for those who check the document. */
export interface PageDescription {
  readonly title: { readonly zh: string; readonly en: string }
  readonly holder: string | undefined
  readonly shown: readonly ShownField[]
}

const NOTHING = '—'

/** Undefined when the document is no PDF. */
export function describePage({ contentType, body }: RenderedMessage): PageDescription | undefined {
  if (contentType !== 'application/pdf') return undefined
  const root = parseMarkup(body)
  const { zh = '', en = '', holder = '' } = root.attributes
  return { title: { zh, en }, holder: holder === '' || holder === NOTHING ? undefined : holder, shown: publicFields(root) }
}

function publicFields(root: MarkupElement): ShownField[] {
  return root.children
    .flatMap(({ name, children }) => (name === 'fields' ? children : []))
    .filter(({ attributes }) => attributes.public === 'yes')
    .map(({ attributes: { zh = '', en = '' }, text }) => ({ zh, en, value: text }))
}
