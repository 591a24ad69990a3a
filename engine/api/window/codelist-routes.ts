import { Type } from 'typebox'
import type { CodeEntry, Codelist } from '../../window/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { Language } from '../language.ts'
import { notFound } from '../problem.ts'
import { answers, closed } from '../schema.ts'

const ListSchema = Type.Object(
  { id: Type.String(), name: Type.String(), source: Type.String(), size: Type.Integer() },
  { title: 'CodeList', description: '`size` is the number of entries; some lists take further codes by rule.' },
)
const EntrySchema = Type.Object(
  { code: Type.String(), name: Type.String() },
  {
    title: 'CodeListEntry',
    description: 'Further fields are the list’s own: other names of the code, `validFrom`, `validTo`.',
    additionalProperties: true,
  },
)
const ListId = closed({ listId: Type.String({ maxLength: 100 }) })

export function addCodelistRoutes(app: Api, { window }: ApiParts): void {
  const { forms } = window
  const find = (id: string): Codelist => {
    const list = forms.codelist(id)
    if (!list) throw notFound({ en: `a code list ${id}`, zh: `代码表 ${id}` })
    return list
  }

  app.get(
    '/codelists',
    {
      config: { guard: 'window.service.read' },
      schema: { summary: 'Code lists of the forms', response: answers({ 200: Type.Object({ items: Type.Array(ListSchema) }) }) },
    },
    async (request) => ({ items: forms.codelists().map((id) => listOf(find(id), request.language)) }),
  )

  app.get(
    '/codelists/:listId',
    {
      config: { guard: 'window.service.read' },
      schema: {
        summary: 'Search a code list',
        description: 'Finds codes that begin with the text, and entries whose name in either language has its words; the best first.',
        params: ListId,
        querystring: closed({
          search: Type.Optional(Type.String({ maxLength: 100, default: '' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 20 })),
          day: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Only codes that are valid on this day.' })),
        }),
        response: answers({ 200: Type.Object({ list: ListSchema, items: Type.Array(EntrySchema) }) }),
      },
    },
    async (request) => {
      const { search = '', limit, day } = request.query
      const list = find(request.params.listId)
      const found = list.search(search, { ...(limit === undefined ? {} : { limit }), ...(day === undefined ? {} : { day }) })
      return { list: listOf(list, request.language), items: found.map((entry) => entryOf(entry, request.language)) }
    },
  )
}

function listOf({ id, name, source, size }: Codelist, language: Language) {
  return { id, name: name[language], source, size }
}

function entryOf(entry: CodeEntry, language: Language) {
  return { ...entry, name: entry.name[language] }
}
