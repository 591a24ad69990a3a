import type { Principal } from './contract.ts'

/** An enterprise sees its own declarations only. */
export function ownsDeclaration(principal: Principal, declaration: { readonly enterprise: string }): boolean {
  return principal.roles.includes('enterprise') && principal.enterprise !== null && principal.enterprise === declaration.enterprise
}

/** An officer sees the tasks of his groups, and only those of his own agency. */
export function seesTask(principal: Principal, task: { readonly candidateGroups: readonly string[] }): boolean {
  return principal.roles.includes('officer') && officerGroups(principal).some((group) => task.candidateGroups.includes(group))
}

/** Groups that count: those of the officer's agency. A group of another agency gives nothing. */
export function officerGroups(principal: Pick<Principal, 'agency' | 'groups'>): readonly string[] {
  const { agency } = principal
  return agency === null ? [] : principal.groups.filter((group) => group.startsWith(`${agency}.`))
}

/** The agency whose rights bind the principal; undefined for those who may see every job (operators). */
export function boundAgency(principal: Principal): string | undefined {
  if (principal.roles.includes('operator') || !principal.roles.includes('agency')) return undefined
  return principal.agency ?? ''
}

/** An agency's system works on jobs of its own type only. */
export function mayWorkOn(principal: Principal, jobType: string): boolean {
  const agency = boundAgency(principal)
  return agency === undefined || (agency !== '' && jobType === `agency.${agency}`)
}

/** An agency's system speaks in its own name only: messages `<agency>.…`. */
export function maySay(principal: Principal, messageName: string): boolean {
  const agency = boundAgency(principal)
  return agency === undefined || (agency !== '' && messageName.startsWith(`${agency}.`))
}
