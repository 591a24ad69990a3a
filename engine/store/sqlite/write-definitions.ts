import { type DeploymentRecord, StoreFailure } from '../port.ts'
import type { WriteCalls } from './protocol.ts'
import type { Statements } from './statements.ts'

export function definitionCalls(statements: Statements): Pick<WriteCalls, 'saveDeployment'> {
  return { saveDeployment: (deployment) => saveDeployment(statements, deployment) }
}

function saveDeployment(statements: Statements, deployment: DeploymentRecord): void {
  const { resources, definitions, ...record } = deployment
  statements.run('INSERT INTO deployment (key, record) VALUES (?, ?)', record.deploymentKey, JSON.stringify(record))
  for (const { name, content } of resources) {
    statements.run('INSERT INTO resource (deploymentKey, name, content) VALUES (?, ?, ?)', record.deploymentKey, name, content)
  }
  for (const [ordinal, definition] of definitions.entries()) {
    const { key, kind, id, version, tenantId, resourceName, deployedAt } = definition
    const inserted = statements.run(
      `INSERT INTO definition (key, kind, id, version, tenantId, deploymentKey, ordinal, resourceName, deployedAt, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id, version, tenantId) DO NOTHING`,
      ...[key, kind, id, version, tenantId, record.deploymentKey, ordinal, resourceName, deployedAt, JSON.stringify(definition)],
    )
    if (inserted === 0) {
      throw new StoreFailure('DUPLICATE', `Version ${version} of ${kind} "${id}" of tenant "${tenantId}" exists already`, {
        field: 'version',
      })
    }
  }
}
