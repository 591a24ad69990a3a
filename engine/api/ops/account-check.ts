import type { AccountView } from '../../access/index.ts'
import { checkUscc } from '../../window/index.ts'
import type { ApiParts } from '../api-parts.ts'
import { ProblemError, type ToldField } from '../problem.ts'

type Rights = Partial<Pick<AccountView, 'roles' | 'agency' | 'groups' | 'enterprise'>>

/**
 * Refuses facts of an account that nothing in the house answers to: such an account would sign in and never see a task.
 * `given` is what the request sets, `rights` what the account has then.
 * @throws ProblemError naming each field, what was found and the way out.
 */
export async function checkAccountFacts(parts: Pick<ApiParts, 'engine' | 'window'>, given: Rights, rights: Rights): Promise<void> {
  const en: ToldField[] = []
  const zh: string[] = []
  const refuse = (path: string, rule: string, message: string, chinese: string): void => {
    en.push({ in: 'body', path, rule, message, zh: chinese })
    zh.push(chinese)
  }
  if (given.enterprise) {
    const problem = checkUscc(given.enterprise)
    if (problem) refuse('/enterprise', 'uscc', problem.en, problem.zh)
  }
  if (given.agency) {
    const known = (await parts.window.agencies()).map(({ agencyId }) => agencyId)
    if (!known.includes(given.agency)) {
      const list = known.join(', ')
      const found = JSON.stringify(given.agency)
      refuse(
        '/agency',
        'known-agency',
        `expected one of the agencies ${list}, but found ${found}; register it first at PUT /ops/v1/agencies/${given.agency}`,
        `没有部门 ${found}，已登记的部门为 ${list}；请先通过 PUT /ops/v1/agencies/${given.agency} 登记`,
      )
    }
  }
  const isOfficer = rights.roles?.includes('officer') ?? false
  if (isOfficer && (given.roles || given.groups) && (rights.groups ?? []).length === 0) {
    refuse(
      '/groups',
      'required',
      'expected at least one group for the role officer, or the officer sees no task; GET /ops/v1/groups lists them',
      '经办人员（officer）至少需要一个组，否则看不到任何任务；可用的组见 GET /ops/v1/groups',
    )
  }
  if (isOfficer && given.groups) {
    const known = await parts.engine.candidateGroups()
    for (const [index, group] of given.groups.entries()) {
      if (known.has(group)) continue
      const found = JSON.stringify(group)
      refuse(
        `/groups/${index}`,
        'known-group',
        `expected a group that a deployed process gives tasks to, but found ${found}; choose one of GET /ops/v1/groups, or deploy its process first`,
        `没有已部署的流程使用组 ${found}；请从 GET /ops/v1/groups 中选择，或先部署相应流程`,
      )
    }
  }
  if (en.length === 0) return
  const list = en.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new ProblemError(
    'INVALID_ARGUMENT',
    { en: `The account was not stored. ${list}`, zh: `账户未保存。${zh.join('；')}` },
    { fields: en },
  )
}
