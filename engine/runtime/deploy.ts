import { keyWithin, planTimer } from '../kernel/index.ts'
import { type DefinitionRecord, type Store, StoreFailure } from '../store/index.ts'
import { deployedGroups } from './candidate-groups.ts'
import { type Clock, type DeployRequest, type DeployResult, EngineFailure } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { KeyStock } from './key-stock.ts'
import { type ReadResource, type ResourceProblem, readResource } from './resource.ts'
import { unworkableTasks } from './unworkable-tasks.ts'

/** Deployments of several nodes at once compete for version numbers; each round one of them wins. */
const TRIES = 10

export interface DeployTools {
  readonly store: Store
  readonly clock: Clock
  readonly definitions: Definitions
  readonly keys: KeyStock
  readonly zone: string
}

/** Stores resources as new versions, all or none. @throws EngineFailure with `problems` */
export async function deploy(tools: DeployTools, request: DeployRequest): Promise<DeployResult> {
  const { resources, warnings } = await readAll(tools, request)
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...(await save(tools, request, resources)), warnings, notes: resources.flatMap(({ notes }) => notes) }
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.code !== 'DUPLICATE' || attempt === TRIES) throw error
      await tools.definitions.refresh()
    }
  }
}

/** Reads resources and tells what is wrong with them, errors first. */
export async function checkResources(
  tools: DeployTools,
  request: DeployRequest,
): Promise<{ readonly resources: readonly ReadResource[]; readonly problems: readonly ResourceProblem[] }> {
  const resources = await Promise.all(request.resources.map(({ name, content }) => readResource(name, content, request.layout)))
  const problems = [...resources.flatMap((resource) => resource.problems), ...duplicates(resources), ...deadStartTimers(tools, resources)]
  const errors = problems.filter(({ severity }) => severity === 'error')
  const doubts = unworkableTasks(resources, await deployedGroups(tools.definitions), request.known)
  const warnings = [...problems.filter(({ severity }) => severity === 'warning'), ...doubts]
  return { resources, problems: [...errors, ...warnings] }
}

async function readAll(
  tools: DeployTools,
  request: DeployRequest,
): Promise<{ readonly resources: readonly ReadResource[]; readonly warnings: readonly ResourceProblem[] }> {
  if (request.resources.length === 0)
    throw new EngineFailure('INVALID_ARGUMENT', 'Expected at least one resource to deploy, but found none')
  const { resources, problems } = await checkResources(tools, request)
  const errors = problems.filter(({ severity }) => severity === 'error')
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  const [first] = errors
  if (first) {
    const others = errors.length - 1
    const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'error' : 'errors'})` : ''
    throw new EngineFailure('INVALID_ARGUMENT', `Nothing was deployed. ${first.resource}, ${first.elementId}: ${first.message}${more}`, {
      problems,
    })
  }
  return { resources, warnings }
}

function duplicates(resources: readonly ReadResource[]): ResourceProblem[] {
  const seen = new Map<string, string>()
  const problems: ResourceProblem[] = []
  const names = new Set<string>()
  for (const resource of resources) {
    const refuse = (elementId: string, rule: string, message: string) =>
      problems.push({ resource: resource.name, elementId, rule, message, severity: 'error' })
    if (names.has(resource.name))
      refuse('definitions', 'DUPLICATE_RESOURCE', `Expected resource names used once, but found '${resource.name}' twice; rename one`)
    names.add(resource.name)
    for (const { kind, id } of resource.drafts) {
      const key = `${kind} ${id}`
      const other = seen.get(key)
      if (other !== undefined)
        refuse(
          id,
          'DUPLICATE_ID',
          `Expected ${kind} '${id}' once in a deployment, but found it in '${other}' and '${resource.name}'; rename one`,
        )
      seen.set(key, resource.name)
    }
  }
  return problems
}

/** A start timer is read when it is deployed; one that cannot be read would never fire. */
function deadStartTimers({ clock, zone }: DeployTools, resources: readonly ReadResource[]): ResourceProblem[] {
  return resources.flatMap(({ name, compiled }) =>
    compiled.processes.flatMap(({ startTriggers }) =>
      startTriggers.flatMap((trigger) => {
        const plan = trigger.kind === 'timer' ? planTimer(trigger.timer.kind, trigger.timer.value, clock.now(), zone) : undefined
        if (!plan || plan.ok) return []
        return [
          {
            resource: name,
            elementId: trigger.elementId,
            rule: 'INVALID_TIMER',
            message: plan.failure.message,
            severity: 'error' as const,
          },
        ]
      }),
    ),
  )
}

async function save(
  tools: DeployTools,
  request: DeployRequest,
  resources: readonly ReadResource[],
): Promise<Omit<DeployResult, 'warnings' | 'notes'>> {
  const { store, clock, definitions, keys } = tools
  const deploymentInstanceKey = await keys.take()
  const deployment = { deploymentKey: deploymentInstanceKey as string, deployedAt: clock.now(), tenantId: request.tenantId }
  const fresh: DefinitionRecord[] = []
  const result: DefinitionRecord[] = []
  const compiled = new Map<DefinitionRecord, ReadResource>()
  for (const resource of resources) {
    let requirementsKey: string | undefined
    for (const draft of resource.drafts) {
      const newest = definitions.latest(draft.kind, draft.id, request.tenantId)
      const isUnchanged = newest?.checksum === resource.checksum
      const record: DefinitionRecord = isUnchanged
        ? newest
        : {
            ...draft,
            ...deployment,
            key: keyWithin(deploymentInstanceKey, fresh.length + 1),
            version: (newest?.version ?? 0) + 1,
            resourceName: resource.name,
            checksum: resource.checksum,
            ...(draft.kind === 'decision' && requirementsKey !== undefined && { decisionRequirementsKey: requirementsKey }),
          }
      if (draft.kind === 'decisionRequirements') requirementsKey = record.key
      if (!isUnchanged) {
        fresh.push(record)
        compiled.set(record, resource)
      }
      result.push(record)
    }
  }
  if (fresh.length > 0) {
    const used = new Set(fresh.map(({ resourceName }) => resourceName))
    const kept = resources.filter(({ name }) => used.has(name)).map(({ name, content }) => ({ name, content }))
    await store.saveDeployment({ ...deployment, deployedBy: request.actor.id, resources: kept, definitions: fresh })
    for (const [record, resource] of compiled) definitions.remember(record, resource.compiled)
    definitions.add(fresh)
  }
  return { deploymentKey: deployment.deploymentKey, deployedAt: deployment.deployedAt, definitions: result }
}
