import type { JsonObject, StartTrigger } from '../kernel/index.ts'
import { type DefinitionRecord, type DocumentCollection, type Store, StoreFailure } from '../store/index.ts'
import type { Definitions } from './definitions.ts'

interface Start<K extends StartTrigger['kind']> {
  readonly definition: DefinitionRecord
  readonly trigger: Extract<StartTrigger, { kind: K }>
}
export type MessageStart = Start<'message'>
export type SignalStart = Start<'signal'>
export type ConditionStart = Start<'condition'>
interface TriggerDocument extends JsonObject {
  readonly definitionKey: string
  readonly version: number
  /** JSON of the start triggers; most processes have none. */
  readonly triggers: string
}
/** Told of every process whose newest version is another one, once for each; durable work must be repeatable. */
export type OnNewVersion = (definition: DefinitionRecord, triggers: readonly StartTrigger[]) => Promise<void>

const PAGE = 500

/**
 * The start events of newest versions that wait for a message, a signal or a time. Kept beside the definitions, so that a node
 * knows them without compiling every process when it starts.
 */
export class StartTriggers {
  private readonly definitions: Definitions
  private readonly onNewVersion: OnNewVersion
  private readonly documents: DocumentCollection<TriggerDocument>
  private readonly known = new Map<string, { readonly definition: DefinitionRecord; readonly triggers: readonly StartTrigger[] }>()
  private updating: Promise<void> = Promise.resolve()

  constructor(store: Store, definitions: Definitions, onNewVersion: OnNewVersion) {
    this.definitions = definitions
    this.onNewVersion = onNewVersion
    this.documents = store.documents<TriggerDocument>({ name: 'start_trigger', indexes: [], unique: [] })
  }

  /** Reads what is stored, then takes up what was deployed since. */
  async load(): Promise<void> {
    for (let from = 0; ; from += PAGE) {
      const { items, total } = await this.documents.find({ from, limit: PAGE, sort: [{ field: 'id', order: 'asc' }] })
      for (const { id, body } of items) {
        const definition = this.definitions.byKey(body.definitionKey)
        if (definition) this.known.set(id, { definition, triggers: JSON.parse(body.triggers) as StartTrigger[] })
      }
      if (from + PAGE >= total) break
    }
    await this.update()
  }

  /** Brings triggers to the newest versions. One update at a time, each sees what was deployed before it was asked for. */
  update(): Promise<void> {
    this.updating = this.updating.catch(() => undefined).then(() => this.takeUpNewVersions())
    return this.updating
  }

  messageStarts(tenantId: string, messageName: string): readonly MessageStart[] {
    return this.starts(tenantId, 'message').filter(({ trigger }) => trigger.messageName === messageName)
  }

  messageStartsOf(tenantId: string, bpmnProcessId: string): readonly MessageStart[] {
    return this.starts(tenantId, 'message').filter(({ definition }) => definition.id === bpmnProcessId)
  }

  signalStarts(tenantId: string, signalName: string): readonly SignalStart[] {
    return this.starts(tenantId, 'signal').filter(({ trigger }) => trigger.signalName === signalName)
  }

  conditionStarts(tenantId: string): readonly ConditionStart[] {
    return this.starts(tenantId, 'condition')
  }

  private starts<K extends StartTrigger['kind']>(tenantId: string, kind: K): Start<K>[] {
    return [...this.known.values()].flatMap(({ definition, triggers }) => {
      if (definition.tenantId !== tenantId) return []
      return triggers.flatMap((trigger) => (trigger.kind === kind ? [{ definition, trigger: trigger as Start<K>['trigger'] }] : []))
    })
  }

  private async takeUpNewVersions(): Promise<void> {
    for (const definition of this.definitions.latestProcesses()) {
      const id = triggerId(definition)
      if ((this.known.get(id)?.definition.version ?? 0) >= definition.version) continue
      const { startTriggers } = await this.definitions.process(definition)
      await this.onNewVersion(definition, startTriggers)
      await this.write(id, { definitionKey: definition.key, version: definition.version, triggers: JSON.stringify(startTriggers) })
      this.known.set(id, { definition, triggers: startTriggers })
    }
  }

  private async write(id: string, body: TriggerDocument): Promise<void> {
    const stored = await this.documents.get(id)
    if (stored && stored.body.version >= body.version) return
    try {
      if (stored) await this.documents.replace(id, stored.revision, body)
      else await this.documents.insert(id, body)
    } catch (error) {
      // Another node deployed at the same time; what it wrote is as good or newer, and the next update compares again.
      if (!(error instanceof StoreFailure) || (error.code !== 'REVISION_CONFLICT' && error.code !== 'DUPLICATE')) throw error
    }
  }
}

function triggerId({ tenantId, id }: { readonly tenantId: string; readonly id: string }): string {
  return JSON.stringify([tenantId, id])
}
