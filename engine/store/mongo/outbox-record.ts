import type { OutboxRow } from '../port.ts'
import type { OutboxRecord } from './models.ts'

export function toOutboxRecord({ key, payload, ...rest }: OutboxRow): OutboxRecord {
  return { _id: key, payload: JSON.stringify(payload), ...rest }
}

export function toOutboxRow({ _id, payload, ...rest }: OutboxRecord): OutboxRow {
  return { key: _id, payload: JSON.parse(payload), ...rest }
}
