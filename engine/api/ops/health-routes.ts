import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers } from '../schema.ts'

const Up = Type.Object({ status: Type.String() })
const METRIC_NAME = /[^a-zA-Z0-9_:]/g

export function addHealthRoutes(app: Api, { engine }: ApiParts): void {
  app.get(
    '/health/live',
    { config: { guard: 'public' }, schema: { summary: 'The process answers', response: answers({ 200: Up }) } },
    async () => ({ status: 'UP' }),
  )

  app.get(
    '/health/ready',
    { config: { guard: 'public' }, schema: { summary: 'The store answers: requests may come', response: answers({ 200: Up }) } },
    async () => {
      await engine.store.nextTimerAt().catch((cause: unknown) => {
        throw new ProblemError(
          'UNAVAILABLE',
          { en: 'Expected the store to answer, but it does not; look at its log', zh: '存储无响应' },
          { cause },
        )
      })
      return { status: 'UP' }
    },
  )

  app.get(
    '/ops/v1/metrics',
    { config: { guard: 'ops.metrics.read' }, schema: { summary: 'Prometheus text', response: answers({ 200: Type.String() }) } },
    async (_request, reply) => {
      const memory = process.memoryUsage()
      const figures = { ...engine.metrics(), process_resident_memory_bytes: memory.rss, process_heap_used_bytes: memory.heapUsed }
      const lines = Object.entries(figures).map(
        ([name, value]) =>
          `single_window_${name
            .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
            .toLowerCase()
            .replace(METRIC_NAME, '_')} ${value}`,
      )
      return reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .serializer((body) => body as string)
        .send(`${lines.join('\n')}\n`)
    },
  )
}
