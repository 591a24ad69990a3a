import { Type } from 'typebox'
import { closed, Key, Variables } from '../schema.ts'

/** Parts that several /v2 requests share. */
export const OperationReference = Type.Optional(Type.Integer({ minimum: 1 }))
export const TenantId = Type.Optional(Type.String({ minLength: 1, maxLength: 31 }))
export const OptionalVariables = Type.Optional(Type.Union([Variables, Type.Null()]))
export const LeaseToken = Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()]))
/** A 64-bit number. Clients that keep it exact send it as text. */
export function long(minimum: -1 | 0 | 1, description?: string) {
  const text = minimum < 0 ? '^-?[0-9]{1,15}$' : minimum === 0 ? '^[0-9]{1,15}$' : '^[1-9][0-9]{0,14}$'
  return Type.Union(
    [Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER }), Type.String({ pattern: text })],
    description === undefined ? {} : { description },
  )
}
/** Under -1 or over 2^53 nothing sensible is meant. */
export const Milliseconds = long(-1)
export const DEFAULT_TENANT = '<default>'

export const InstanceKey = closed({ processInstanceKey: Key })
export const JobKey = closed({ jobKey: Key })
export const UserTaskKey = closed({ userTaskKey: Key })
export const IncidentKey = closed({ incidentKey: Key })
/** A row in Camunda's shape; its fields are those of the Camunda 8 API. */
export const Row = Type.Object({}, { title: 'EngineRow', description: 'In the shape of the Camunda 8 API' })
