import { afterEach, expect, test } from 'vitest'
import { webhookRegister } from '../../engine/window/webhook-register.ts'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'

let harness: EngineHarness | undefined
afterEach(() => harness?.remove())

test.each(['http://example.com/hook', 'https://127.0.0.1/hook', 'https://[::1]/hook', 'https://10.0.0.7/hook', 'https://localhost/hook'])(
  'in production %s is refused as a webhook',
  async (url) => {
    harness = await openEngineHarness()
    const { engine } = harness
    const webhooks = webhookRegister({ engine, store: engine.store }, { allowPrivate: false })

    await expect(webhooks.add('91350200MA2DEM017J', { url, events: ['*'] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  },
)
