import { type DefinitionRecord, type DeploymentRecord, StoreFailure } from '../port.ts'
import type { DefinitionClaim, Models } from './models.ts'
import { isDuplicateKey } from './mongo-failure.ts'

/** After this long a reserved version without its deployment belongs to a node that died in between. */
const ABANDONED_AFTER_MS = 60_000

/**
 * Deployments. Versions are reserved first, resources written next; inserting the deployment's own record, which holds
 * its definitions, makes them all visible at once.
 */
export class MongoDefinitions {
  readonly #models: Models

  constructor(models: Models) {
    this.#models = models
  }

  async save(deployment: DeploymentRecord): Promise<void> {
    const { deploymentKey, deployedAt, definitions, resources } = deployment
    const reserved: string[] = []
    try {
      for (const definition of definitions) reserved.push(await this.#reserve(definition, deploymentKey))
      for (const { name, content } of resources) {
        await this.#models.resource.collection.replaceOne({ _id: resourceId(deploymentKey, name) as never }, { content }, { upsert: true })
      }
      await this.#models.deployment.collection.insertOne({
        _id: deploymentKey as never,
        deployedAt,
        definitions: JSON.stringify(definitions),
      })
    } catch (error) {
      for (const _id of reserved) await this.#models.definition.collection.deleteOne({ _id: _id as never }).catch(() => {})
      if (isDuplicateKey(error))
        throw new StoreFailure('DUPLICATE', `Deployment ${deploymentKey} exists already`, { field: 'deploymentKey', cause: error })
      throw error
    }
  }

  async list(): Promise<readonly DefinitionRecord[]> {
    const deployments = await this.#models.deployment.collection.find({}, { sort: { deployedAt: 1, _id: 1 } }).toArray()
    return deployments.flatMap(({ definitions }) => JSON.parse(definitions as string) as DefinitionRecord[])
  }

  async loadResource(definitionKey: string): Promise<string | undefined> {
    const definition = (await this.#models.definition.collection.findOne({ key: definitionKey })) as DefinitionClaim | null
    if (definition === null) return undefined
    const resource = await this.#models.resource.collection.findOne({
      _id: resourceId(definition.deploymentKey, definition.resourceName) as never,
    })
    return resource?.content as string | undefined
  }

  async #reserve(definition: DefinitionRecord, deploymentKey: string): Promise<string> {
    const { kind, id, version, tenantId, key, resourceName } = definition
    const claim: DefinitionClaim = {
      _id: JSON.stringify([kind, id, version, tenantId]),
      key,
      deploymentKey,
      resourceName,
      claimedAt: Date.now(),
    }
    const { collection } = this.#models.definition
    for (;;) {
      try {
        await collection.insertOne(claim as never)
        return claim._id
      } catch (error) {
        if (!isDuplicateKey(error) || !(await this.#dropAbandoned(claim._id))) {
          if (!isDuplicateKey(error)) throw error
          throw new StoreFailure('DUPLICATE', `Version ${version} of ${kind} "${id}" of tenant "${tenantId}" exists already`, {
            field: 'version',
            cause: error,
          })
        }
      }
    }
  }

  async #dropAbandoned(claimId: string): Promise<boolean> {
    const { collection } = this.#models.definition
    const claim = (await collection.findOne({ _id: claimId as never })) as DefinitionClaim | null
    if (claim === null) return true
    if (claim.claimedAt > Date.now() - ABANDONED_AFTER_MS) return false
    if ((await this.#models.deployment.collection.findOne({ _id: claim.deploymentKey as never }, { projection: { _id: 1 } })) !== null)
      return false
    await collection.deleteOne({ _id: claimId as never, deploymentKey: claim.deploymentKey })
    return true
  }
}

function resourceId(deploymentKey: string, name: string): string {
  return `${deploymentKey}/${name}`
}
