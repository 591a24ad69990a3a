import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing } from '../schema.ts'

/** The clock of a demonstration server that was started with `--clock-pinned`. */
export function addClockRoutes(app: Api, { engine, settings }: ApiParts): void {
  app.put(
    '/clock',
    {
      config: { guard: 'engine.clock.pin' },
      schema: {
        summary: 'Move a clock that stands still',
        description: 'Only on a server started with --clock-pinned, for demonstrations. Time goes forward only; timers until then fire.',
        body: closed({ timestamp: Type.Integer({ minimum: 0, description: 'Epoch milliseconds' }) }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { timestamp } = request.body
      if (!settings.pinClock) {
        throw new ProblemError('INVALID_STATE', {
          en: 'Expected a server whose clock stands still, but this one runs; start a demonstration server with --clock-pinned',
          zh: '本服务器的时钟正常运行，不能拨动；演示服务器请用 --clock-pinned 启动',
        })
      }
      const now = engine.clock.now()
      if (timestamp < now) {
        throw new ProblemError('INVALID_ARGUMENT', {
          en: `Expected a time not before ${new Date(now).toISOString()}, found ${new Date(timestamp).toISOString()}; time goes forward only`,
          zh: `时间只能向前：当前为 ${new Date(now).toISOString()}，收到 ${new Date(timestamp).toISOString()}`,
        })
      }
      settings.pinClock(timestamp)
      return reply.code(204).send()
    },
  )
}
