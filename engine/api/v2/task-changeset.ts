import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { UserTaskChanges } from '../../kernel/index.ts'
import { closed, nullable } from '../schema.ts'

const Names = Type.Optional(nullable(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1_000 })))
const Moment = Type.Optional(nullable(Type.String({ maxLength: 100, description: 'ISO 8601 with offset; empty takes it away' })))
/** What of a task can be changed: absent or null stays as it is. */
export const Changeset = closed(
  {
    assignee: Type.Optional(nullable(Type.String({ maxLength: 255, description: 'Empty takes it away' }))),
    candidateGroups: Names,
    candidateUsers: Names,
    dueDate: Moment,
    followUpDate: Moment,
    priority: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 100 }))),
  },
  { title: 'UserTaskChangeset' },
)

export function taskChanges(changeset: Static<typeof Changeset>): UserTaskChanges {
  return Object.fromEntries(Object.entries(changeset).filter(([, value]) => value !== null && value !== undefined)) as UserTaskChanges
}
