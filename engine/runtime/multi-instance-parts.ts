import { type Actor, instanceOf } from '../kernel/index.ts'
import { payloadOf } from './child-instances.ts'
import { EngineFailure } from './contract.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { Outbox } from './outbox.ts'
import type { OutboxPayloads } from './project-outbox.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }

/** Begins the next part of a large multi-instance body. Told twice it begins the part after that a little early, which is no harm. */
export function continueMultiInstances(outbox: Outbox, loop: InstanceLoop): void {
  outbox.handle('continueMultiInstance', async (row) => {
    const { elementInstanceKey } = payloadOf<OutboxPayloads['continueMultiInstance']>(row)
    const command = { type: 'continueMultiInstance', elementInstanceKey: elementInstanceKey as never } as const
    try {
      await loop.submit({ key: instanceOf(elementInstanceKey), command, actor: ENGINE })
    } catch (error) {
      // Refused: the body has ended or has begun everything.
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
    }
  })
}
