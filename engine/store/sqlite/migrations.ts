import type { Database } from 'better-sqlite3'
import { StoreFailure } from '../port.ts'
import { TABLE_NAMES } from '../table-fields.ts'
import { COLUMNS, sqlTable } from './row-codec.ts'

interface Migration {
  /** Counts up from 1 without gaps. A released migration is never changed. */
  readonly number: number
  readonly name: string
  readonly run: (db: Database) => void
}

const TABLES = `
  CREATE TABLE counter (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE instance (key TEXT PRIMARY KEY NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE TABLE history (key TEXT NOT NULL, revision INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (key, revision));
  CREATE TABLE list_entry (owner TEXT NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL, key TEXT NOT NULL, PRIMARY KEY (owner, field, value, key)) WITHOUT ROWID;
  CREATE INDEX list_entry_by_key ON list_entry (owner, key);
  CREATE TABLE outbox (key TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, availableAt NUMERIC NOT NULL, attempts INTEGER NOT NULL, lastError TEXT);
  CREATE INDEX outbox_due ON outbox (availableAt, key);
  CREATE TABLE deployment (key TEXT PRIMARY KEY NOT NULL, record TEXT NOT NULL);
  CREATE TABLE resource (deploymentKey TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (deploymentKey, name));
  CREATE TABLE definition (key TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, tenantId TEXT NOT NULL,
    deploymentKey TEXT NOT NULL, ordinal INTEGER NOT NULL, resourceName TEXT NOT NULL, deployedAt NUMERIC NOT NULL, record TEXT NOT NULL, UNIQUE (kind, id, version, tenantId));
  CREATE TABLE message (key TEXT PRIMARY KEY NOT NULL, tenantId TEXT NOT NULL, name TEXT NOT NULL, correlationKey TEXT NOT NULL, messageId TEXT,
    publishedAt NUMERIC NOT NULL, expiresAt NUMERIC NOT NULL, variables TEXT NOT NULL,
    dedup TEXT UNIQUE);
  CREATE INDEX message_by_name ON message (tenantId, name, correlationKey);
  CREATE INDEX message_expiry ON message (expiresAt);
  CREATE TABLE message_claim (messageKey TEXT NOT NULL, bpmnProcessId TEXT NOT NULL, processInstanceKey TEXT NOT NULL, subscriptionKey TEXT NOT NULL,
    confirmed INTEGER NOT NULL, PRIMARY KEY (messageKey, bpmnProcessId)) WITHOUT ROWID;
  CREATE INDEX message_claim_open ON message_claim (messageKey) WHERE confirmed = 0;
  CREATE TABLE collection (name TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL) WITHOUT ROWID;
`
const ROW = `key TEXT PRIMARY KEY NOT NULL, processInstanceKey TEXT NOT NULL, processDefinitionKey TEXT NOT NULL, bpmnProcessId TEXT NOT NULL, version INTEGER NOT NULL, tenantId TEXT NOT NULL`
const IN_ELEMENT = `${ROW}, elementInstanceKey TEXT NOT NULL, elementId TEXT NOT NULL`
const ROW_TABLES = `
  CREATE TABLE row_instance (${ROW}, state TEXT NOT NULL, startedAt NUMERIC NOT NULL, hasIncident INTEGER NOT NULL, endedAt NUMERIC, endElementId TEXT,
    businessKey TEXT, parentProcessInstanceKey TEXT, parentElementInstanceKey TEXT) WITHOUT ROWID;
  CREATE TABLE row_job (${IN_ELEMENT}, type TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, retries INTEGER NOT NULL, customHeaders TEXT NOT NULL,
    priority NUMERIC NOT NULL, createdAt NUMERIC NOT NULL, availableAt NUMERIC NOT NULL, worker TEXT, leaseToken TEXT, errorMessage TEXT, errorCode TEXT) WITHOUT ROWID;
  CREATE TABLE row_userTask (${IN_ELEMENT}, name TEXT NOT NULL, state TEXT NOT NULL, candidateGroups TEXT NOT NULL, candidateUsers TEXT NOT NULL,
    priority NUMERIC NOT NULL, createdAt NUMERIC NOT NULL, customHeaders TEXT NOT NULL, assignee TEXT, endedAt NUMERIC, completedBy TEXT, submitted TEXT,
    dueDate TEXT, followUpDate TEXT, formId TEXT, externalFormReference TEXT, businessKey TEXT) WITHOUT ROWID;
  CREATE TABLE row_incident (${IN_ELEMENT}, incidentType TEXT NOT NULL, message TEXT NOT NULL, state TEXT NOT NULL, createdAt NUMERIC NOT NULL,
    resolvedAt NUMERIC, jobKey TEXT) WITHOUT ROWID;
  CREATE TABLE row_timer (${IN_ELEMENT}, dueAt NUMERIC NOT NULL) WITHOUT ROWID;
  CREATE TABLE row_subscription (${IN_ELEMENT}, messageName TEXT NOT NULL, correlationKey TEXT NOT NULL, createdAt NUMERIC NOT NULL) WITHOUT ROWID;
`
const ROW_INDEXES = `
  CREATE INDEX row_instance_by_process ON row_instance (bpmnProcessId, state, startedAt);
  CREATE INDEX row_instance_by_state ON row_instance (state, startedAt);
  CREATE INDEX row_instance_by_business_key ON row_instance (businessKey) WHERE businessKey IS NOT NULL;
  CREATE INDEX row_instance_by_parent ON row_instance (parentProcessInstanceKey) WHERE parentProcessInstanceKey IS NOT NULL;
  CREATE INDEX row_instance_with_incident ON row_instance (hasIncident) WHERE hasIncident = 1;
  CREATE INDEX row_job_due ON row_job (type, availableAt) WHERE retries > 0 AND state <> 'ERROR_THROWN';
  CREATE INDEX row_job_turn ON row_job (type, priority DESC, createdAt, key, availableAt, tenantId) WHERE retries > 0 AND state <> 'ERROR_THROWN';
  CREATE INDEX row_job_by_instance ON row_job (processInstanceKey);
  CREATE INDEX row_user_task_by_state ON row_userTask (state, createdAt);
  CREATE INDEX row_user_task_by_assignee ON row_userTask (assignee, state) WHERE assignee IS NOT NULL;
  CREATE INDEX row_user_task_by_instance ON row_userTask (processInstanceKey);
  CREATE INDEX row_user_task_by_business_key ON row_userTask (businessKey) WHERE businessKey IS NOT NULL;
  CREATE INDEX row_incident_by_state ON row_incident (state, createdAt);
  CREATE INDEX row_incident_by_instance ON row_incident (processInstanceKey);
  CREATE INDEX row_timer_due ON row_timer (dueAt, key);
  CREATE INDEX row_timer_by_instance ON row_timer (processInstanceKey);
  CREATE INDEX row_subscription_by_message ON row_subscription (messageName, correlationKey, tenantId);
  CREATE INDEX row_subscription_by_instance ON row_subscription (processInstanceKey);
`

const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'first tables',
    run: (db) => {
      db.exec(TABLES)
      db.exec(ROW_TABLES)
      db.exec(ROW_INDEXES)
    },
  },
  {
    number: 2,
    name: 'suspended instances',
    run: (db) => db.exec('ALTER TABLE row_instance ADD COLUMN suspendedAt NUMERIC'),
  },
]

/**
 * Brings the file to the program's schema, all of it or nothing.
 * @throws StoreFailure `UNAVAILABLE` when the file was written by a newer program.
 */
export function migrate(db: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  db.exec('CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT')
  const done = (db.prepare('SELECT max(number) FROM schema_migration').pluck().get() as number | null) ?? 0
  const newest = migrations.at(-1)?.number ?? 0
  if (done > newest) {
    throw new StoreFailure(
      'UNAVAILABLE',
      `${db.name} has schema ${done}, but this program knows schemas up to ${newest}. Start the newer program that wrote it, or restore a copy from before that upgrade.`,
    )
  }
  db.transaction(() => {
    for (const migration of migrations.filter(({ number }) => number > done)) {
      migration.run(db)
      db.prepare('INSERT INTO schema_migration (number, name) VALUES (?, ?)').run(migration.number, migration.name)
    }
  }).immediate()
  checkColumns(db)
}

/** A field added to the port without a migration would be lost silently; this makes it a loud fault of the program. */
function checkColumns(db: Database): void {
  for (const table of TABLE_NAMES) {
    const found = new Set(db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(sqlTable(table)) as string[])
    const missing = COLUMNS[table].filter((column) => !found.has(column))
    if (missing.length > 0)
      throw new Error(`Expected table ${sqlTable(table)} to have ${missing.join(', ')}; a migration that adds them is missing`)
  }
}
