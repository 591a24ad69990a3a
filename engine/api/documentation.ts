import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { PERMISSIONS } from '../access/index.ts'
import type { Api, ApiParts } from './api-parts.ts'
import { readableOpenApi } from './named-schemas.ts'

/** OpenAPI 3.1 made from the schemas that check the requests, readable at /docs. */
export async function addDocumentation(app: Api, { settings }: ApiParts): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Single Window',
        version: settings.version,
        description:
          'Enterprises declare under /window/v1, officers work under /desk/v1, analysts deploy under /design/v1, engines and agencies speak /v2 (the shapes of Camunda 8), operators use /ops/v1. Errors are application/problem+json (RFC 9457) with a stable code. Of two fields of one name in a JSON body the last one counts. Texts come in Chinese or English, by Accept-Language.',
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [
        { name: 'access', description: 'Sign in and out' },
        { name: 'window', description: 'Enterprises: services, declarations, documents, webhooks' },
        { name: 'desk', description: 'Officers: task list, tasks' },
        { name: 'design', description: 'Analysts: verify and deploy' },
        { name: 'engine', description: 'The engine, in the shapes of the Camunda 8 Orchestration Cluster API' },
        { name: 'ops', description: 'Operators and administrators' },
        { name: 'public', description: 'Anyone: is a document genuine' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Session token of POST /access/v1/sign-in, or an API key `swk_…`' },
          basic: { type: 'http', scheme: 'basic', description: 'Account name and password' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const tag = TAGS.find(([prefix]) => url.startsWith(prefix))?.[1]
      const guard = route.config?.guard ?? 'public'
      const permission = guard === 'public' ? { action: guard, roles: [] } : { action: guard, roles: PERMISSIONS[guard] }
      const security = guard === 'public' ? [] : [{ bearer: [] }, { basic: [] }]
      const body = route.config?.documentedBody
      const described = {
        ...schema,
        ...(body ? { body } : {}),
        ...(tag ? { tags: [tag] } : { hide: true }),
        security,
        'x-permission': permission,
      }
      return { url, schema: described }
    },
    transformObject: (made) => readableOpenApi('openapiObject' in made ? made.openapiObject : {}),
  })
  // Also read over plain HTTP from another machine: its styles and scripts must not be asked for by HTTPS.
  const transformStaticCSP = (policy: string): string => policy.replace(/\s*upgrade-insecure-requests;?/, '')
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, transformStaticCSP })
  app.get('/', { config: { guard: 'public' } }, async (_request, reply) => reply.redirect('/docs'))
}

const TAGS = [
  ['/access/', 'access'],
  ['/window/', 'window'],
  ['/desk/', 'desk'],
  ['/design/', 'design'],
  ['/v2/', 'engine'],
  ['/ops/', 'ops'],
  ['/health/', 'ops'],
  ['/verify', 'public'],
] as const
