import { Type } from 'typebox'

const Ids = Type.Array(Type.String())
const StepSchema = Type.Object(
  {
    kind: Type.Enum(['start', 'complete', 'trigger', 'error', 'escalation']),
    elementId: Type.String({ description: 'What completed or was triggered; for the start the process' }),
    choices: Type.Array(Type.Object({ elementId: Type.String(), flowIds: Ids }), { description: 'At gateways, in order' }),
    completed: Type.Array(Type.String(), { description: 'Elements that completed in this step, in order' }),
  },
  { title: 'PathStep', description: 'One thing that happened from outside, and what followed until every token waited' },
)
export const FindingSchema = Type.Object(
  {
    resource: Type.String(),
    processId: Type.String(),
    elementId: Type.String(),
    kind: Type.Enum(['dead-element', 'deadlock', 'never-ends', 'improper-end', 'straight-through-loop', 'incident', 'disagreement']),
    refuses: Type.Boolean({ description: 'Keeps the definition from being deployed without an override' }),
    message: Type.Object({ en: Type.String(), zh: Type.String() }),
    path: Type.Array(StepSchema, { description: 'The path that shows it; empty where the flows alone do' }),
  },
  { title: 'Finding', description: 'What the gate found about an element' },
)
export const VerifiedResourceSchema = Type.Object(
  {
    name: Type.String(),
    cut: Type.Boolean({ description: 'Not all could be explored: more may be wrong, and less is called dead' }),
    states: Type.Integer(),
    commands: Type.Integer(),
    witness: Type.Object(
      {
        agreed: Type.Integer(),
        disagreed: Type.Integer(),
        notAsked: Type.Integer(),
        knownFaults: Type.Record(Type.String(), Type.Integer()),
      },
      { description: 'Paths that bpmn-engine took likewise, otherwise, otherwise by a known fault of its own, or was not asked about' },
    ),
  },
  { title: 'VerifiedResource' },
)
