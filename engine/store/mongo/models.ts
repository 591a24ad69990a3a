import { type Connection, type Model, Schema } from 'mongoose'
import type { TableName } from '../port.ts'
import { type FieldType, TABLE_FIELDS, TABLE_NAMES } from '../table-fields.ts'

/**
 * Payloads (state, events, variables, bodies) are JSON text beside the fields that are searched: names in them may hold
 * dots and dollars, which not every server takes, and a text is neither cast nor re-ordered on its way.
 */
export interface InstanceRecord {
  readonly _id: string
  readonly revision: number
  readonly state: string
}
/** One commit. Inserting it is the atomic step; `pending` goes once all that follows from it is written. */
export interface HistoryRecord {
  readonly _id: string
  readonly processInstanceKey: string
  readonly revision: number
  /** Tells this commit from another node's with the same revision when an answer got lost. */
  readonly commitId: string
  readonly entry: string
  readonly isPending?: true
  /** JSON of `PendingWork`. */
  readonly pending?: string
}
export type RowRecord = Readonly<Record<string, unknown>> & { readonly _id: string; readonly rev: number }
export interface OutboxRecord {
  readonly _id: string
  readonly kind: string
  readonly payload: string
  readonly availableAt: number
  readonly attempts: number
  readonly lastError?: string
}
export interface MessageRecord {
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  readonly correlationKey: string
  readonly messageId?: string
  readonly publishedAt: number
  readonly expiresAt: number
  readonly variables: string
  readonly dedup: string
}
export interface ClaimRecord {
  readonly _id: string
  readonly messageKey: string
  readonly bpmnProcessId: string
  readonly processInstanceKey: string
  readonly subscriptionKey: string
  readonly confirmed: boolean
}
export interface DeploymentRow {
  readonly _id: string
  readonly deployedAt: number
  readonly definitions: string
}
/** Reserves a (kind, id, version, tenant) for a deployment. */
export interface DefinitionClaim {
  readonly _id: string
  readonly key: string
  readonly deploymentKey: string
  readonly resourceName: string
  readonly claimedAt: number
}
export interface ResourceRecord {
  readonly _id: string
  readonly content: string
}
export interface KeyLeaseRecord {
  readonly _id: number
  /** First prefix that is still free. */
  readonly next: number
}
export interface CollectionRecord {
  readonly _id: string
  readonly definition: string
}

export interface Models {
  readonly instance: Model<InstanceRecord>
  readonly history: Model<HistoryRecord>
  readonly outbox: Model<OutboxRecord>
  readonly message: Model<MessageRecord>
  readonly claim: Model<ClaimRecord>
  readonly deployment: Model<DeploymentRow>
  readonly definition: Model<DefinitionClaim>
  readonly resource: Model<ResourceRecord>
  readonly keyLease: Model<KeyLeaseRecord>
  readonly collection: Model<CollectionRecord>
  readonly rows: { readonly [T in TableName]: Model<RowRecord> }
}

type Index = Readonly<Record<string, 1 | -1>>
const ROW_INDEXES: { readonly [T in TableName]: readonly Index[] } = {
  instance: [{ bpmnProcessId: 1, state: 1, startedAt: 1 }, { state: 1, startedAt: 1 }, { businessKey: 1 }, { parentProcessInstanceKey: 1 }],
  job: [{ type: 1, availableAt: 1 }, { type: 1, priority: -1, createdAt: 1, _id: 1 }, { processInstanceKey: 1 }],
  userTask: [{ state: 1, candidateGroups: 1, createdAt: 1 }, { assignee: 1, state: 1 }, { processInstanceKey: 1 }, { businessKey: 1 }],
  incident: [{ state: 1, createdAt: 1 }, { processInstanceKey: 1 }],
  timer: [{ dueAt: 1, _id: 1 }, { processInstanceKey: 1 }],
  subscription: [{ messageName: 1, correlationKey: 1, tenantId: 1 }, { processInstanceKey: 1 }],
}

const MONGOOSE_TYPE: Readonly<Record<FieldType, unknown>> = {
  text: String,
  number: Number,
  boolean: Boolean,
  texts: [String],
  json: String,
  any: Schema.Types.Mixed,
}

export function defineModels(connection: Connection): Models {
  const define = <T>(
    name: string,
    fields: Record<string, unknown>,
    indexes: readonly [Index, { unique?: true; sparse?: true }?][],
    shardKey: Index,
  ): Model<T> => {
    // A field named "type" must not be read as mongoose's own keyword.
    const schema = new Schema(fields, {
      collection: name,
      versionKey: false,
      autoIndex: false,
      autoCreate: false,
      typeKey: '$type',
      shardKey: { ...shardKey },
    })
    for (const [index, options] of indexes) schema.index({ ...index }, options ?? {})
    return connection.model(name, schema) as unknown as Model<T>
  }
  const text = { _id: String }
  return {
    instance: define('instance', { ...text, revision: Number, state: String }, [], { _id: 1 }),
    history: define(
      'history',
      { ...text, processInstanceKey: String, revision: Number, commitId: String, entry: String, isPending: Boolean, pending: String },
      [[{ processInstanceKey: 1, revision: 1 }], [{ isPending: 1 }, { sparse: true }]],
      { processInstanceKey: 1 },
    ),
    outbox: define(
      'outbox',
      { ...text, kind: String, payload: String, availableAt: Number, attempts: Number, lastError: String },
      [[{ availableAt: 1, _id: 1 }]],
      { _id: 1 },
    ),
    message: define(
      'message',
      {
        ...text,
        ...{ tenantId: String, name: String, correlationKey: String, messageId: String },
        ...{ publishedAt: Number, expiresAt: Number, variables: String, dedup: String },
      },
      [[{ dedup: 1 }, { unique: true }], [{ tenantId: 1, name: 1, correlationKey: 1 }], [{ expiresAt: 1 }]],
      { dedup: 1 },
    ),
    claim: define(
      'message_claim',
      { ...text, messageKey: String, bpmnProcessId: String, processInstanceKey: String, subscriptionKey: String, confirmed: Boolean },
      [[{ messageKey: 1 }], [{ confirmed: 1 }]],
      { _id: 1 },
    ),
    deployment: define('deployment', { ...text, deployedAt: Number, definitions: String }, [[{ deployedAt: 1 }]], { _id: 1 }),
    definition: define(
      'definition',
      { ...text, key: String, deploymentKey: String, resourceName: String, claimedAt: Number },
      [[{ key: 1 }]],
      { _id: 1 },
    ),
    resource: define('resource', { ...text, content: String }, [], { _id: 1 }),
    keyLease: define('key_lease', { _id: Number, next: Number }, [], { _id: 1 }),
    collection: define('collection', { ...text, definition: String }, [], { _id: 1 }),
    rows: Object.fromEntries(
      TABLE_NAMES.map((table) => {
        const fields: Record<string, unknown> = { ...text, rev: Number }
        for (const [field, type] of Object.entries(TABLE_FIELDS[table])) if (field !== 'key') fields[field] = { $type: MONGOOSE_TYPE[type] }
        return [
          table,
          define<RowRecord>(
            `row_${table}`,
            fields,
            ROW_INDEXES[table].map((index) => [index]),
            { processInstanceKey: 1 },
          ),
        ]
      }),
    ) as Models['rows'],
  }
}
