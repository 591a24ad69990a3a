import type { FastifyRequest } from 'fastify'
import type { Action, Principal } from '../access/index.ts'
import { may, NOBODY, PERMISSIONS } from '../access/index.ts'
import type { Api, ApiParts } from './api-parts.ts'
import { ProblemError } from './problem.ts'

/** Who /v2 believes to talk to in open development mode. */
const LOCAL: Principal = {
  accountId: 'local',
  name: 'local',
  displayName: 'local',
  by: 'local',
  roles: ['analyst', 'operator'],
  agency: null,
  groups: [],
  enterprise: null,
}

/** Before a body is read: who asks, and whether the route is theirs. */
export function addAuthentication(app: Api, parts: ApiParts): void {
  app.addHook('onRoute', (route) => {
    if (!route.config?.guard && !route.url.startsWith('/docs')) {
      throw new Error(`Expected route ${String(route.method)} ${route.url} to name its guard in config.guard`)
    }
  })

  app.addHook('onRequest', async (request) => {
    const guard = request.routeOptions.config.guard
    const open = request.is404 || guard === undefined || guard === 'public'
    request.principal = open ? await whoIfKnown(request, parts) : await who(request, parts)
    if (open || may(request.principal, guard)) return
    if (request.principal.by === 'nothing') {
      throw new ProblemError('UNAUTHORIZED', {
        en: 'Expected an Authorization header (Bearer with a session token or an API key, or Basic); sign in at POST /access/v1/sign-in',
        zh: '缺少 Authorization 请求头（Bearer 会话令牌或 API 密钥，或 Basic）；请通过 POST /access/v1/sign-in 登录',
      })
    }
    throw forbidden(request.principal, guard)
  })
}

/** Names the roles that may. An administrator is not sent to an administrator: accounts of those roles are his to make. */
function forbidden({ name, roles }: Principal, guard: Action): ProblemError {
  const allowed = PERMISSIONS[guard].join(', ')
  const isAdministrator = roles.includes('administrator')
  const wayOut = isAdministrator
    ? 'sign in with an account that has one, or make it at POST /ops/v1/accounts'
    : 'ask an administrator for one'
  const chineseWayOut = isAdministrator ? '请使用具有该角色的账户，或通过 POST /ops/v1/accounts 创建' : '请联系管理员授予'
  return new ProblemError('FORBIDDEN', {
    en: `Expected one of the roles ${allowed} for ${guard}, but ${name} has ${roles.join(', ') || 'none'}; ${wayOut}`,
    zh: `${guard} 需要角色 ${allowed}，账户 ${name} 的角色为 ${roles.join('、') || '无'}；${chineseWayOut}`,
  })
}

async function who(request: FastifyRequest, parts: ApiParts): Promise<Principal> {
  const principal = await parts.access.authenticate(request.headers.authorization, request.ip)
  return principal.by === 'nothing' && parts.settings.openApi && request.url.startsWith('/v2/') ? LOCAL : principal
}
/** A public route stays public for someone whose session has ended. */
async function whoIfKnown(request: FastifyRequest, parts: ApiParts): Promise<Principal> {
  return who(request, parts).catch(() => NOBODY)
}
