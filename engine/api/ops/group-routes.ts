import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers } from '../schema.ts'

export function addGroupRoutes(app: Api, { engine }: ApiParts): void {
  app.get(
    '/groups',
    {
      config: { guard: 'ops.group.read' },
      schema: {
        summary: 'Groups that deployed processes give tasks to, with the processes; an officer account names some of them',
        response: answers({
          200: Type.Object({ items: Type.Array(Type.Object({ group: Type.String(), processes: Type.Array(Type.String()) })) }),
        }),
      },
    },
    async () => {
      const groups = [...(await engine.candidateGroups())].map(([group, processes]) => ({ group, processes }))
      return { items: groups.sort((a, b) => (a.group < b.group ? -1 : 1)) }
    },
  )
}
