import { Type } from 'typebox'
import { closed, Key, Variables } from '../schema.ts'
import { OperationReference } from './engine-schema.ts'

const ElementId = Type.String({ minLength: 1, maxLength: 255 })
const MOST = 1_000

const VariableInstructions = Type.Optional(
  Type.Array(closed({ variables: Variables, scopeId: Type.Optional(Type.String({ description: 'Empty: the root' })) }), { maxItems: MOST }),
)
/** Clients of Camunda say -1 when they mean none. */
const Ancestor = Type.String({ pattern: '^(-1|[0-9]{1,19})$' })

const MoveInstruction = closed(
  {
    sourceElementInstruction: Type.Union([
      closed({ sourceType: Type.Literal('byId'), sourceElementId: ElementId }),
      closed({ sourceType: Type.Literal('byKey'), sourceElementInstanceKey: Key }),
    ]),
    targetElementId: ElementId,
    ancestorScopeInstruction: Type.Optional(
      Type.Union([
        closed({ ancestorScopeType: Type.Literal('direct'), ancestorElementInstanceKey: Ancestor }),
        closed({
          ancestorScopeType: Type.Union([Type.Literal('inferred'), Type.Literal('sourceParent')]),
        }),
      ]),
    ),
    variableInstructions: VariableInstructions,
  },
  { title: 'MoveInstruction' },
)

export const ModificationBody = closed(
  {
    operationReference: OperationReference,
    activateInstructions: Type.Optional(
      Type.Array(
        closed({ elementId: ElementId, ancestorElementInstanceKey: Type.Optional(Ancestor), variableInstructions: VariableInstructions }),
        { maxItems: MOST },
      ),
    ),
    moveInstructions: Type.Optional(Type.Array(MoveInstruction, { maxItems: MOST })),
    terminateInstructions: Type.Optional(
      Type.Array(Type.Union([closed({ elementInstanceKey: Key }), closed({ elementId: ElementId })]), { maxItems: MOST }),
    ),
  },
  { title: 'ModificationRequest' },
)

export const MappingInstructions = Type.Array(closed({ sourceElementId: ElementId, targetElementId: ElementId }), { maxItems: 10_000 })
export const MigrationBody = closed(
  {
    targetProcessDefinitionKey: Key,
    mappingInstructions: MappingInstructions,
    operationReference: OperationReference,
  },
  { title: 'MigrationRequest' },
)
export const StartInstructions = Type.Array(closed({ elementId: ElementId }), { maxItems: MOST })
