import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { VariableInstruction, Variables } from '../../kernel/index.ts'
import type { Modification } from '../../runtime/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers, closed, Nothing } from '../schema.ts'
import { InstanceKey, OperationReference, OptionalVariables } from './engine-schema.ts'
import { MigrationBody, ModificationBody } from './surgery-schema.ts'

type Body = Static<typeof ModificationBody>
type Activate = NonNullable<Body['activateInstructions']>[number]
type Move = NonNullable<Body['moveInstructions']>[number]

/** Operations on running instances, in the shapes of Camunda 8. */
export function addSurgeryRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/process-instances/:processInstanceKey/modification',
    {
      config: { guard: 'engine.instance.modify' },
      schema: {
        summary: 'Activate, move and terminate elements, all or nothing',
        params: InstanceKey,
        body: ModificationBody,
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await engine.modifyInstance(request.params.processInstanceKey, modificationOf(request.body), actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.post(
    '/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation',
    {
      config: { guard: 'engine.instance.modify' },
      schema: {
        summary: 'Begin activities of a live ad-hoc subprocess',
        params: closed({ adHocSubProcessInstanceKey: Type.String({ pattern: '^\\d{1,19}$' }) }),
        body: closed({
          elements: Type.Array(closed({ elementId: Type.String({ minLength: 1 }), variables: OptionalVariables }), {
            minItems: 1,
            maxItems: 1_000,
          }),
          cancelRemainingInstances: Type.Optional(Type.Boolean()),
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { elements, cancelRemainingInstances = false } = request.body
      const activations = elements.map(({ elementId, variables }) => ({ elementId, variables: (variables ?? {}) as Variables }))
      const asked = { activations, cancelsRemaining: cancelRemainingInstances }
      await engine.activateAdHoc(request.params.adHocSubProcessInstanceKey, asked, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.post(
    '/process-instances/:processInstanceKey/migration',
    {
      config: { guard: 'engine.instance.migrate' },
      schema: {
        summary: 'Go on with another definition; refused with everything that stands against it',
        params: InstanceKey,
        body: MigrationBody,
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { targetProcessDefinitionKey, mappingInstructions: mapping } = request.body
      const plan = { targetProcessDefinitionKey, mapping }
      await engine.migrateInstance(request.params.processInstanceKey, plan, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  for (const [path, summary] of [
    ['suspension', 'Stand still: no job is handed out, no timer fires, no message is taken'],
    ['resumption', 'Go on, beginning with what came meanwhile'],
  ] as const) {
    app.post(
      `/process-instances/:processInstanceKey/${path}`,
      {
        config: { guard: 'engine.instance.suspend' },
        schema: {
          summary,
          params: InstanceKey,
          body: closed({ operationReference: OperationReference }),
          response: answers({ 204: Nothing }),
        },
      },
      async (request, reply) => {
        const { processInstanceKey } = request.params
        const actor = actorOf(request.principal)
        await (path === 'suspension' ? engine.suspendInstance(processInstanceKey, actor) : engine.resumeInstance(processInstanceKey, actor))
        return reply.code(204).send()
      },
    )
  }
}

function modificationOf(body: Body): Modification {
  return {
    activate: (body.activateInstructions ?? []).map((instruction) => ({
      elementId: instruction.elementId,
      ...ancestorOf(instruction.ancestorElementInstanceKey),
      variables: variablesOf(instruction),
    })),
    move: (body.moveInstructions ?? []).map(moveOf),
    terminate: (body.terminateInstructions ?? []) as NonNullable<Modification['terminate']>,
  }
}

function moveOf(instruction: Move): NonNullable<Modification['move']>[number] {
  const { sourceElementInstruction: source, ancestorScopeInstruction: scope, targetElementId } = instruction
  const more = {
    targetElementId,
    variables: variablesOf(instruction),
    ...(scope?.ancestorScopeType === 'direct' && ancestorOf(scope.ancestorElementInstanceKey)),
  }
  return source.sourceType === 'byId'
    ? { sourceElementId: source.sourceElementId, ...more }
    : { sourceElementInstanceKey: source.sourceElementInstanceKey as never, ...more }
}

function ancestorOf(key: string | undefined): { readonly ancestorElementInstanceKey?: never } {
  return key === undefined || key === '-1' ? {} : { ancestorElementInstanceKey: key as never }
}

function variablesOf({ variableInstructions = [] }: Pick<Activate, 'variableInstructions'>): readonly VariableInstruction[] {
  return variableInstructions.map(({ scopeId = '', variables }) => ({
    variables: variables as VariableInstruction['variables'],
    ...(scopeId !== '' && { scopeId }),
  }))
}
