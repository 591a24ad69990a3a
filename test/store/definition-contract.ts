import { expect, it } from 'vitest'
import type { DefinitionRecord, DeploymentRecord } from '../../engine/store/index.ts'
import type { Bench } from './contract.ts'

function aDeployment(
  deploymentKey: string,
  deployedAt: number,
  versions: readonly (readonly [id: string, version: number])[],
): DeploymentRecord {
  const definitions: DefinitionRecord[] = versions.map(([id, version]) => ({
    ...{ key: `${deploymentKey}-${id}`, kind: 'process', id, name: id, version, tenantId: '<default>', deploymentKey },
    ...{ resourceName: `${id}.bpmn`, checksum: 'c', deployedAt, versionTag: 'v.1' },
  }))
  const resources = definitions.map(({ resourceName, version }) => ({ name: resourceName, content: `<xml v="${version}">许可</xml>` }))
  return { deploymentKey, tenantId: '<default>', deployedAt, deployedBy: 'analyst', resources, definitions }
}

export function definitionContract(bench: Bench): void {
  it('keeps deployments with their resources, oldest first, after it was opened again', async () => {
    const [second, first] = [
      aDeployment('2', 200, [['permit', 2]]),
      aDeployment('1', 100, [
        ['permit', 1],
        ['licence', 1],
      ]),
    ]
    await bench.store.saveDeployment(second)
    await bench.store.saveDeployment(first)

    const store = await bench.reopen()

    expect(await store.listDefinitions()).toEqual([...first.definitions, ...second.definitions])
    expect(await store.loadResource('2-permit')).toBe('<xml v="2">许可</xml>')
    expect(await store.loadResource('unknown')).toBeUndefined()
  })

  it('stores nothing of a deployment of which one version exists already', async () => {
    await bench.store.saveDeployment(aDeployment('1', 100, [['permit', 1]]))

    await expect(
      bench.store.saveDeployment(
        aDeployment('2', 200, [
          ['licence', 1],
          ['permit', 1],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'DUPLICATE', field: 'version' })

    expect((await bench.store.listDefinitions()).map(({ key }) => key)).toEqual(['1-permit'])
    expect(await bench.store.loadResource('2-licence')).toBeUndefined()
    await bench.store.saveDeployment(aDeployment('3', 300, [['licence', 1]]))
    expect((await bench.store.listDefinitions()).map(({ key }) => key)).toEqual(['1-permit', '3-licence'])
  })
}
