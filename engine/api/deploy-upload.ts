import type { Principal } from '../access/index.ts'
import type { DeployedNote, KnownToTasks } from '../runtime/index.ts'
import { actorOf } from './actor.ts'
import type { ApiParts } from './api-parts.ts'
import type { ResourceProblem } from './contract.ts'
import { ProblemError } from './problem.ts'
import { resourceProblem } from './problem-of-error.ts'
import type { Upload } from './upload.ts'
import { DEFAULT_TENANT } from './v2/engine-schema.ts'
import { deploymentShape } from './v2/shapes.ts'

const ACCOUNTS_AT_ONCE = 1_000
/** Tasks of this group go to the enterprise that declared. */
const ENTERPRISE_GROUP = 'enterprise'

export interface DeploymentAnswer {
  readonly deploymentKey: string
  readonly tenantId: string
  readonly deployments: readonly ReturnType<typeof deploymentShape>[]
  readonly warnings?: readonly ResourceProblem[]
  readonly notes?: readonly DeployedNote[]
}

/** Deploys what was uploaded, in Camunda's shape of the answer. */
export async function deployUpload(
  parts: ApiParts,
  principal: Principal,
  { resources, fields }: Upload,
  layoutOfQuery?: string,
): Promise<DeploymentAnswer> {
  const { engine } = parts
  const { tenantId = DEFAULT_TENANT, layout = layoutOfQuery } = fields
  if (layout !== undefined && layout !== 'auto')
    throw new ProblemError('INVALID_ARGUMENT', `Expected layout to be "auto" or absent, but found ${JSON.stringify(layout)}`)
  const result = await engine.deploy({
    resources,
    tenantId,
    actor: actorOf(principal),
    known: await knownToTasks(parts),
    ...(layout === undefined ? {} : { layout }),
  })
  return {
    deploymentKey: result.deploymentKey,
    tenantId,
    deployments: result.definitions.map((record) =>
      deploymentShape(record, engine.definitions.byKey(record.decisionRequirementsKey ?? '')),
    ),
    ...(result.warnings.length > 0 ? { warnings: result.warnings.map(resourceProblem) } : {}),
    ...(result.notes.length > 0 ? { notes: result.notes } : {}),
  }
}

/** Forms and groups a task may name: a deployment that names others is taken, with a warning. */
async function knownToTasks({ access, window }: Pick<ApiParts, 'access' | 'window'>): Promise<KnownToTasks> {
  const groups = new Set([ENTERPRISE_GROUP])
  for (let from = 0; ; from += ACCOUNTS_AT_ONCE) {
    const { items, total } = await access.listAccounts({ role: 'officer', from, limit: ACCOUNTS_AT_ONCE })
    for (const account of items) for (const group of account.groups) groups.add(group)
    if (from + ACCOUNTS_AT_ONCE >= total) break
  }
  return { hasForm: (formId) => window.forms.officerForm(formId) !== undefined, groups: [...groups] }
}
