import { Type } from 'typebox'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers, closed, Key, Variables } from '../schema.ts'
import { DEFAULT_TENANT, TenantId } from './engine-schema.ts'

const Started = Type.Object({ processDefinitionKey: Type.String(), processInstanceKey: Type.String() })

export function addConditionRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/conditionals/evaluation',
    {
      config: { guard: 'engine.instance.create' },
      schema: {
        summary: 'Start every process whose conditional start event the variables fulfil; none is no fault',
        body: closed({ variables: Variables, processDefinitionKey: Type.Optional(Key), tenantId: TenantId }),
        response: answers({
          200: Type.Object({ conditionalEvaluationKey: Type.String(), tenantId: Type.String(), processInstances: Type.Array(Started) }),
        }),
      },
    },
    async (request) => {
      const { variables, processDefinitionKey, tenantId = DEFAULT_TENANT } = request.body
      const { evaluationKey, started } = await engine.evaluateConditions(
        {
          variables: variables as EngineVariables,
          tenantId,
          ...(processDefinitionKey === undefined ? {} : { processDefinitionKey }),
        },
        actorOf(request.principal),
      )
      return { conditionalEvaluationKey: evaluationKey, tenantId, processInstances: [...started] }
    },
  )
}
