import { Type } from 'typebox'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { InstanceMigrationReport, MigrationReport } from '../contract.ts'
import { answers, closed, Key, Variables } from '../schema.ts'
import { MappingInstructions, StartInstructions } from '../v2/surgery-schema.ts'

const InstanceReport = Type.Object(
  {
    processInstanceKey: Type.String(),
    outcome: Type.String({ description: 'migrated, fits, refused, or gone: ended or changed meanwhile' }),
    violations: Type.Array(Type.Object({ rule: Type.String(), elementId: Type.String(), message: Type.String() })),
  },
  { title: 'InstanceMigrationReport' },
)

/** What Camunda has no request for: to try a migration, to migrate all instances of a definition, to begin an ended one again. */
export function addOpsSurgeryRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/process-instances/:processInstanceKey/migration-check',
    {
      config: { guard: 'engine.instance.check' },
      schema: {
        summary: 'Everything that stands against migrating this instance; nothing is changed',
        params: closed({ processInstanceKey: Key }),
        body: closed({ targetProcessDefinitionKey: Key, mappingInstructions: MappingInstructions }),
        response: answers({ 200: InstanceReport }),
      },
    },
    async (request): Promise<InstanceMigrationReport> => {
      const { targetProcessDefinitionKey, mappingInstructions: mapping } = request.body
      return engine.checkMigration(request.params.processInstanceKey, { targetProcessDefinitionKey, mapping })
    },
  )

  for (const [path, guard, dryRun] of [
    ['migration-check', 'engine.instance.check', true],
    ['migration', 'engine.instance.migrate', false],
  ] as const) {
    app.post(
      `/process-definitions/:processDefinitionKey/${path}`,
      {
        config: { guard },
        schema: {
          summary: dryRun
            ? 'How each live instance of a definition would fare, a part at a time'
            : 'Migrate the live instances of a definition, a part at a time, each on its own; repeat with `after` until `next` is absent',
          params: closed({ processDefinitionKey: Key }),
          body: closed({
            targetProcessDefinitionKey: Key,
            mappingInstructions: MappingInstructions,
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
            after: Type.Optional(Key),
          }),
          response: answers({ 200: Type.Object({ instances: Type.Array(InstanceReport), next: Type.Optional(Type.String()) }) }),
        },
      },
      async (request): Promise<MigrationReport> => {
        const { targetProcessDefinitionKey, mappingInstructions: mapping, limit, after } = request.body
        return engine.migrateAll({
          fromDefinitionKey: request.params.processDefinitionKey,
          plan: { targetProcessDefinitionKey, mapping },
          dryRun,
          actor: actorOf(request.principal),
          ...(limit !== undefined && { limit }),
          ...(after !== undefined && { after }),
        })
      },
    )
  }

  app.post(
    '/process-instances/:processInstanceKey/restart',
    {
      config: { guard: 'engine.instance.restart' },
      schema: {
        summary: 'Begin an ended instance again, as a new one, at chosen elements and with the variables it ended with',
        params: closed({ processInstanceKey: Key }),
        body: closed({
          startInstructions: StartInstructions,
          variables: Type.Optional(Variables),
          processDefinitionKey: Type.Optional(Key),
        }),
        response: answers({ 200: Type.Object({ processInstanceKey: Type.String(), processDefinitionKey: Type.String() }) }),
      },
    },
    async (request) => {
      const { startInstructions, variables, processDefinitionKey } = request.body
      const created = await engine.restartInstance(request.params.processInstanceKey, {
        startInstructions,
        actor: actorOf(request.principal),
        ...(variables !== undefined && { variables: variables as never }),
        ...(processDefinitionKey !== undefined && { processDefinitionKey }),
      })
      return { processInstanceKey: created.processInstanceKey, processDefinitionKey: created.processDefinitionKey }
    },
  )
}
