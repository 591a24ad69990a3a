import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../engine/root.ts'
import { type DemoAccount, newApiKey } from './accounts.ts'

/** Accounts of everyone who acts in the cases: an officer for each group that models name, a system for each agency, the enterprises. */
export function caseAccounts(enterprises: readonly string[]): readonly DemoAccount[] {
  const processes = join(projectRoot(), 'processes')
  const agencies = (JSON.parse(readFileSync(join(processes, 'agencies.json'), 'utf8')) as { agencyId: string }[]).map(
    ({ agencyId }) => agencyId,
  )
  return [
    account('operator', { roles: ['operator'] }),
    ...[...new Set(enterprises)].map((enterprise) =>
      account(`enterprise-${enterprise.toLowerCase()}`, { roles: ['enterprise'], enterprise }),
    ),
    ...agencies.map((agency) => account(`${agency}-system`, { roles: ['agency'], agency })),
    ...groupsOf(processes, agencies).map((group) =>
      account(group, { roles: ['officer'], agency: group.slice(0, group.indexOf('.')), groups: [group] }),
    ),
  ]
}

/** Groups named in the models; a role that an expression gives to some agency is there for all of them. */
function groupsOf(processes: string, agencies: readonly string[]): readonly string[] {
  const models = readdirSync(processes, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bpmn'))
  const texts = models.map((file) => readFileSync(join(processes, file), 'utf8')).join('\n')
  const named = [...texts.matchAll(/[a-z]+\.[a-z][a-z-]*/g)]
    .map(([group]) => group)
    .filter((group) => agencies.includes(group.split('.')[0] ?? ''))
  const roles = [...texts.matchAll(/&#34;\.([a-z-]+)&#34;|&quot;\.([a-z-]+)&quot;|"\.([a-z-]+)"/g)].map(
    (match) => match[1] ?? match[2] ?? match[3],
  )
  return [...new Set([...named, ...agencies.flatMap((agency) => roles.map((role) => `${agency}.${role}`))])].sort()
}

function account(name: string, more: Pick<DemoAccount, 'roles'> & Partial<DemoAccount>): DemoAccount {
  return { name, displayName: name, apiKey: newApiKey(), ...more }
}
