import { Type } from 'typebox'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers, closed } from '../schema.ts'
import { DEFAULT_TENANT, OptionalVariables, TenantId } from './engine-schema.ts'

export function addSignalRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/signals/broadcast',
    {
      config: { guard: 'engine.signal.broadcast' },
      schema: {
        summary: 'Broadcast a signal to every instance and definition that waits for its name; it waits for nobody',
        body: closed({ signalName: Type.String({ minLength: 1, maxLength: 255 }), variables: OptionalVariables, tenantId: TenantId }),
        response: answers({ 200: Type.Object({ signalKey: Type.String(), tenantId: Type.String() }) }),
      },
    },
    async (request) => {
      const { signalName, variables, tenantId = DEFAULT_TENANT } = request.body
      const signal = { signalName, variables: (variables ?? {}) as EngineVariables, tenantId }
      return { signalKey: (await engine.broadcastSignal(signal, actorOf(request.principal))).signalKey, tenantId }
    },
  )
}
