import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  boundAgency,
  may,
  maySay,
  mayWorkOn,
  officerGroups,
  ownsDeclaration,
  PERMISSIONS,
  type Principal,
  ROLES,
  type Role,
  seesTask,
} from '../../engine/access/index.ts'

const agencies = ['customs', 'inspection', 'customs-2', 'terminal'] as const
const anAgency = fc.constantFrom(...agencies)
const aGroup = fc.tuple(anAgency, fc.constantFrom('officer', 'doc-officer', 'liaison')).map(([agency, role]) => `${agency}.${role}`)
const anEnterprise = fc.constantFrom('91350100M000100Y43', '91350200M000100Y44')
const aPrincipal: fc.Arbitrary<Principal> = fc.record({
  accountId: fc.constant('a'),
  name: fc.constant('someone'),
  displayName: fc.constant('Someone'),
  by: fc.constantFrom('session', 'apiKey', 'password'),
  roles: fc.uniqueArray(fc.constantFrom<Role>(...ROLES)),
  agency: fc.option(anAgency),
  groups: fc.uniqueArray(aGroup, { maxLength: 4 }),
  enterprise: fc.option(anEnterprise),
})

describe('the permission table', () => {
  test('lets a principal do exactly what one of its roles may, over all combinations of roles and actions', () => {
    fc.assert(
      fc.property(fc.subarray([...ROLES]), fc.constantFrom(...ACTIONS), (roles, action) => {
        const allowed: readonly string[] = PERMISSIONS[action]
        expect(may({ roles }, action)).toBe(roles.some((role) => allowed.includes(role)))
      }),
      { numRuns: 2_000 },
    )
  })

  test('lets nobody without a role do anything', () => {
    expect(ACTIONS.filter((action) => may({ roles: [] }, action))).toEqual([])
  })

  test('keeps administrators of accounts out of declarations, tasks and instances', () => {
    const beyond = ACTIONS.filter((action) => may({ roles: ['administrator'] }, action))

    expect(beyond.filter((action) => /^(desk|engine\.(?!me)|window\.(?!service))/.test(action))).toEqual([])
  })

  test('lets enterprises reach nothing but the window and themselves', () => {
    const reached = ACTIONS.filter((action) => may({ roles: ['enterprise'] }, action))

    expect(reached.filter((action) => !/^(window|access)\./.test(action))).toEqual(['engine.me.read'])
  })

  test('lets an agency system answer jobs and speak, and see no instance, task or incident', () => {
    const reached = ACTIONS.filter((action) => may({ roles: ['agency'] }, action) && action.startsWith('engine.'))

    expect(reached).toEqual(['engine.job.activate', 'engine.job.answer', 'engine.message.publish', 'engine.me.read'])
  })
})

describe('what it may be done to', () => {
  test('is, for an enterprise, its own declarations only', () => {
    fc.assert(
      fc.property(aPrincipal, anEnterprise, (principal, enterprise) => {
        expect(ownsDeclaration(principal, { enterprise })).toBe(
          principal.roles.includes('enterprise') && principal.enterprise === enterprise,
        )
      }),
    )
  })

  test('is, for an officer, tasks of his groups in his own agency only', () => {
    fc.assert(
      fc.property(aPrincipal, fc.uniqueArray(aGroup, { maxLength: 3 }), (principal, candidateGroups) => {
        const common = principal.groups.filter((group) => candidateGroups.includes(group) && group.split('.')[0] === principal.agency)
        expect(seesTask(principal, { candidateGroups })).toBe(principal.roles.includes('officer') && common.length > 0)
      }),
      { numRuns: 2_000 },
    )
  })

  test('never counts a group of another agency, also when the ids begin alike', () => {
    expect(officerGroups({ agency: 'customs', groups: ['customs.officer', 'customs-2.officer', 'inspection.officer'] })).toEqual([
      'customs.officer',
    ])
  })

  test('is, for an agency system, jobs and messages of its own name only', () => {
    fc.assert(
      fc.property(aPrincipal, anAgency, (principal, agency) => {
        const bound = principal.roles.includes('agency') && !principal.roles.includes('operator')
        expect(boundAgency(principal) !== undefined).toBe(bound)
        expect(mayWorkOn(principal, `agency.${agency}`)).toBe(!bound || principal.agency === agency)
        expect(maySay(principal, `${agency}.answer`)).toBe(!bound || principal.agency === agency)
        expect(maySay(principal, 'declaration.amended')).toBe(!bound)
        expect(mayWorkOn(principal, 'window.validate')).toBe(!bound)
      }),
      { numRuns: 1_000 },
    )
  })
})
