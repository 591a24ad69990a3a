import { Type } from 'typebox'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers, Nothing, nullable } from '../schema.ts'
import { DEFAULT_TENANT } from './engine-schema.ts'

export function addClusterRoutes(app: Api, { settings }: ApiParts): void {
  app.get(
    '/topology',
    {
      config: { guard: 'public' },
      schema: {
        summary: 'The cluster as clients see it: one broker, one partition; nodes share the store',
        response: answers({ 200: Type.Object({ clusterSize: Type.Integer() }) }),
      },
    },
    async (request) => {
      const { version } = settings
      const port = request.socket.localPort ?? 0
      return {
        brokers: [
          { nodeId: 0, host: request.hostname, port, version, partitions: [{ partitionId: 1, role: 'leader', health: 'healthy' }] },
        ],
        clusterId: 'single-window',
        clusterSize: 1,
        partitionsCount: 1,
        replicationFactor: 1,
        gatewayVersion: version,
        lastCompletedChangeId: '-1',
      }
    },
  )

  app.get(
    '/status',
    { config: { guard: 'public' }, schema: { summary: 'Takes commands', response: answers({ 204: Nothing }) } },
    async (_request, reply) => reply.code(204).send(),
  )

  app.get(
    '/license',
    { config: { guard: 'public' }, schema: { summary: 'MIT', response: answers({ 200: Type.Object({ validLicense: Type.Boolean() }) }) } },
    async () => ({ validLicense: true, licenseType: 'MIT', isCommercial: false, expiresAt: null }),
  )

  app.get(
    '/authentication/me',
    {
      config: { guard: 'engine.me.read' },
      schema: {
        summary: 'Who this is',
        response: answers({ 200: Type.Object({ username: Type.String(), displayName: nullable(Type.String()) }) }),
      },
    },
    async ({ principal }) => ({
      username: principal.name,
      displayName: principal.displayName,
      email: null,
      authorizedComponents: [],
      tenants: [{ tenantId: DEFAULT_TENANT, name: 'Default', description: '' }],
      groups: principal.groups,
      roles: principal.roles,
      salesPlanType: '',
      c8Links: {},
      canLogout: principal.by === 'session',
    }),
  )
}
