import { randomBytes } from 'node:crypto'

/** An account of the demonstration; the server reads the list at its start and makes them. */
export interface DemoAccount {
  readonly name: string
  readonly displayName: string
  readonly roles: readonly string[]
  readonly agency?: string
  readonly groups?: readonly string[]
  readonly enterprise?: string
  readonly password?: string
  readonly apiKey: string
}

const OFFICERS: readonly (readonly [agency: string, role: string, displayName: string])[] = [
  ['customs', 'doc-officer', '林关审 Lin, customs document officer'],
  ['customs', 'inspector', '陈查验 Chen, customs inspector'],
  ['customs', 'liaison', '黄联络 Huang, customs liaison'],
  ['customs', 'manifest-officer', '郑舱单 Zheng, customs manifest officer'],
  ['inspection', 'officer', '吴检审 Wu, inspection officer'],
  ['inspection', 'inspector', '许检验 Xu, inspector of inspection and quarantine'],
  ['inspection', 'liaison', '何联络 He, inspection liaison'],
  ['issuer', 'officer', '苏签证 Su, certificate officer'],
  ['terminal', 'yard', '曾堆场 Zeng, terminal yard'],
  ['epmc', 'duty-desk', '高值班 Gao, duty desk of the electronic port'],
]

/** Fresh accounts with passwords and keys nobody has seen. */
export function makeAccounts(agencyIds: readonly string[], enterprises: readonly string[]): readonly DemoAccount[] {
  return [
    { name: 'admin', displayName: 'Administrator', roles: ['administrator'], ...secrets() },
    { name: 'analyst', displayName: 'Process analyst', roles: ['analyst'], ...secrets() },
    { name: 'operator', displayName: 'Platform operator', roles: ['operator'], ...secrets() },
    ...enterprises.map((enterprise, index) => ({
      name: `enterprise-${index + 1}`,
      displayName: `Enterprise ${enterprise}`,
      roles: ['enterprise'],
      enterprise,
      ...secrets(),
    })),
    ...OFFICERS.map(([agency, role, displayName]) => ({
      name: `${agency}-${role}`,
      displayName,
      roles: ['officer'],
      agency,
      groups: [`${agency}.${role}`],
      ...secrets(),
    })),
    ...agencyIds.map((agency) => ({
      name: `${agency}-system`,
      displayName: `System of ${agency}`,
      roles: ['agency'],
      agency,
      apiKey: newApiKey(),
    })),
  ]
}

export function accountNamed(accounts: readonly DemoAccount[], name: string): DemoAccount {
  const found = accounts.find((account) => account.name === name)
  if (!found) throw new Error(`Expected an account named ${name} among ${accounts.map((account) => account.name).join(', ')}`)
  return found
}

export function newSecret(): string {
  return randomBytes(24).toString('base64url')
}

function secrets(): { readonly password: string; readonly apiKey: string } {
  return { password: randomBytes(12).toString('base64url'), apiKey: newApiKey() }
}

export function newApiKey(): string {
  return `swk_${randomBytes(9).toString('hex')}_${randomBytes(32).toString('base64url')}`
}
