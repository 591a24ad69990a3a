import type { Principal, Role } from './contract.ts'

/**
 * Who may do what: the whole law, as data. Rows are actions, values the roles that may. What of it they may do it to
 * (own declarations, own agency's tasks) is in scope.ts.
 */
export const PERMISSIONS = {
  'access.session.end': ['administrator', 'analyst', 'officer', 'enterprise', 'operator', 'agency'],
  'access.me.read': ['administrator', 'analyst', 'officer', 'enterprise', 'operator', 'agency'],
  'access.password.change': ['administrator', 'analyst', 'officer', 'enterprise', 'operator'],

  'window.service.read': ['administrator', 'analyst', 'officer', 'enterprise', 'operator', 'agency'],
  'window.declaration.submit': ['enterprise'],
  'window.declaration.validate': ['enterprise'],
  'window.declaration.read': ['enterprise'],
  'window.declaration.amend': ['enterprise'],
  'window.declaration.withdraw': ['enterprise'],
  'window.declaration.notice': ['enterprise'],
  'window.import.read': ['enterprise'],
  'window.import.write': ['enterprise'],
  'window.task.read': ['enterprise'],
  'window.task.complete': ['enterprise'],
  'window.document.read': ['enterprise'],
  'window.ledger.read': ['enterprise'],
  'window.webhook.read': ['enterprise'],
  'window.webhook.write': ['enterprise'],
  'window.answer.give': ['agency'],

  'desk.task.read': ['officer'],
  'desk.task.claim': ['officer'],
  'desk.task.release': ['officer'],
  'desk.task.complete': ['officer'],
  'desk.ledger.read': ['officer'],

  'design.verification.read': ['analyst', 'operator'],
  'design.deployment.write': ['analyst'],
  'design.service.read': ['analyst', 'operator'],
  'design.service.write': ['analyst'],

  'engine.resource.deploy': ['analyst'],
  'engine.definition.read': ['analyst', 'operator'],
  'engine.instance.create': ['analyst', 'operator'],
  'engine.instance.read': ['analyst', 'operator'],
  'engine.instance.cancel': ['operator'],
  'engine.instance.modify': ['operator'],
  'engine.instance.suspend': ['operator'],
  'engine.instance.restart': ['operator'],
  'engine.instance.check': ['analyst', 'operator'],
  'engine.instance.migrate': ['analyst', 'operator'],
  'engine.variable.write': ['operator'],
  'engine.job.activate': ['operator', 'agency'],
  'engine.job.answer': ['operator', 'agency'],
  'engine.job.update': ['operator'],
  'engine.job.read': ['analyst', 'operator'],
  'engine.message.publish': ['operator', 'agency'],
  'engine.signal.broadcast': ['operator'],
  'engine.decision.evaluate': ['analyst', 'operator'],
  'engine.task.read': ['analyst', 'operator'],
  'engine.task.write': ['operator'],
  'engine.incident.read': ['analyst', 'operator'],
  'engine.incident.resolve': ['operator'],
  'engine.clock.pin': ['operator'],
  'engine.me.read': ['administrator', 'analyst', 'officer', 'enterprise', 'operator', 'agency'],

  'ops.metrics.read': ['administrator', 'operator'],
  'ops.account.read': ['administrator'],
  'ops.account.write': ['administrator'],
  'ops.group.read': ['administrator', 'operator', 'analyst'],
  'ops.agency.read': ['administrator', 'operator', 'analyst'],
  'ops.agency.write': ['administrator', 'operator'],
  'ops.calendar.read': ['administrator', 'operator', 'analyst'],
  'ops.calendar.write': ['administrator', 'operator'],
  'ops.credit.write': ['operator'],
  'ops.workload.read': ['administrator', 'operator'],
  'ops.declaration.read': ['operator'],
  'ops.ledger.read': ['operator'],
  'ops.ledger.open': ['operator'],
  'ops.ledger.check': ['operator'],
  'ops.audit.read': ['administrator'],
  'ops.document-key.write': ['administrator'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof PERMISSIONS
export const ACTIONS = Object.keys(PERMISSIONS) as readonly Action[]

/** True when one of the principal's roles may do the action. */
export function may(principal: Pick<Principal, 'roles'>, action: Action): boolean {
  const allowed: readonly Role[] = PERMISSIONS[action]
  return principal.roles.some((role) => allowed.includes(role))
}
