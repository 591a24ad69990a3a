import type { DefinitionRecord } from '../store/index.ts'
import { type CreateInstanceRequest, EngineFailure } from './contract.ts'
import type { Definitions } from './definitions.ts'

/** The definition a request means. @throws EngineFailure when there is none, or none that can be started by asking */
export async function findStartable(definitions: Definitions, request: CreateInstanceRequest): Promise<DefinitionRecord> {
  if (!find(definitions, request)) await definitions.refresh()
  const definition = find(definitions, request)
  if (!definition)
    throw new EngineFailure('NOT_FOUND', `Expected a deployed process ${describe(request)}, but there is none; deploy it first`)
  const process = definitions.processNow(definition) ?? (await definitions.process(definition))
  if (process.root.startEvent || request.startInstructions) return definition
  throw new EngineFailure(
    'INVALID_ARGUMENT',
    `Expected process '${definition.id}' to have a start event without trigger, but it has none; it is started by its own messages or timers`,
  )
}

function find(definitions: Definitions, request: CreateInstanceRequest): DefinitionRecord | undefined {
  const { bpmnProcessId = '', processDefinitionKey, version = -1, tenantId } = request
  if (processDefinitionKey !== undefined) {
    const record = definitions.byKey(processDefinitionKey)
    return record?.kind === 'process' && record.tenantId === tenantId ? record : undefined
  }
  return version < 0
    ? definitions.latest('process', bpmnProcessId, tenantId)
    : definitions.version('process', bpmnProcessId, tenantId, version)
}

function describe(request: CreateInstanceRequest): string {
  if (request.processDefinitionKey !== undefined) return `with key ${request.processDefinitionKey}`
  return request.version === undefined || request.version < 0
    ? `'${request.bpmnProcessId}'`
    : `'${request.bpmnProcessId}' in version ${request.version}`
}
