import type { Actor, JsonObject } from '../kernel/index.ts'
import { type Engine, EngineFailure } from '../runtime/index.ts'
import { MESSAGE_TIME_TO_LIVE_MS, TENANT } from './window-parts.ts'

/** Publishes a message to one declaration; a repeat of its id is a success, for the first one is on its way. */
export async function publishOnce(
  engine: Engine,
  message: { readonly name: string; readonly receiptNo: string; readonly messageId: string; readonly variables: JsonObject },
  actor: Actor,
): Promise<void> {
  const { name, receiptNo, messageId, variables } = message
  try {
    await engine.publishMessage(
      { name, correlationKey: receiptNo, messageId, variables, timeToLiveMs: MESSAGE_TIME_TO_LIVE_MS, tenantId: TENANT },
      actor,
    )
  } catch (error) {
    if (error instanceof EngineFailure && error.code === 'ALREADY_EXISTS') return
    throw error
  }
}
