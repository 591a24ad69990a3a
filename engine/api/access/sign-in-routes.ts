import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import type { Me, SignedIn } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import { answers, closed, Nothing, nullable, Time } from '../schema.ts'

const Password = Type.String({ minLength: 1, maxLength: 1_000 })
const MeSchema = Type.Object(
  {
    accountId: Type.String(),
    name: Type.String(),
    displayName: Type.String(),
    roles: Type.Array(Type.String()),
    agency: nullable(Type.String()),
    groups: Type.Array(Type.String()),
    enterprise: nullable(Type.String()),
  },
  { title: 'Me' },
)

export function addAccessRoutes(app: Api, { access, settings }: ApiParts): void {
  app.post(
    '/sign-in',
    {
      config: { guard: 'public' },
      schema: {
        summary: 'Trade name and password for a token that holds 12 hours',
        body: closed({ name: Type.String({ minLength: 1, maxLength: 100 }), password: Password }),
        response: answers({ 200: Type.Object({ token: Type.String(), expiresAt: Time, account: MeSchema }) }),
      },
    },
    async (request): Promise<SignedIn> => {
      const { name, password } = request.body
      request.signInName = name
      request.auditAction = 'access.session.begin'
      const { token, expiresAt, principal } = await access.signIn(name, password, request.ip)
      request.principal = principal
      return { token, expiresAt: isoTime(expiresAt, settings.zone), account: meOf(principal) }
    },
  )

  app.post(
    '/sign-out',
    { config: { guard: 'access.session.end' }, schema: { summary: 'End this session', response: answers({ 204: Nothing }) } },
    async (request, reply) => {
      await access.signOut(request.principal)
      return reply.code(204).send()
    },
  )

  app.get(
    '/me',
    { config: { guard: 'access.me.read' }, schema: { summary: 'Who this is', response: answers({ 200: MeSchema }) } },
    async (request): Promise<Me> => meOf(request.principal),
  )

  app.post(
    '/password',
    {
      config: { guard: 'access.password.change' },
      schema: {
        summary: 'Change the own password; ends every session',
        body: closed({ oldPassword: Password, newPassword: Password }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await access.changeOwnPassword(request.principal, request.body.oldPassword, request.body.newPassword, request.ip)
      return reply.code(204).send()
    },
  )
}

function meOf({ accountId, name, displayName, roles, agency, groups, enterprise }: Principal): Me {
  return { accountId, name, displayName, roles, agency, groups, enterprise }
}
