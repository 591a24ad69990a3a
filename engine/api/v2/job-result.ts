import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { AdHocResult, TaskListenerResult, Variables } from '../../kernel/index.ts'
import { closed, nullable } from '../schema.ts'
import { Changeset, taskChanges } from './task-changeset.ts'

/** What a worker says beside variables: a task listener, whether and how what is asked may happen. */
export const JobResult = closed(
  {
    type: Type.Optional(Type.String({ pattern: '^(?:userTask|adHocSubProcess)$' })),
    denied: Type.Optional(nullable(Type.Boolean())),
    deniedReason: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
    corrections: Type.Optional(nullable(Changeset)),
    activateElements: Type.Optional(
      nullable(
        Type.Array(closed({ elementId: Type.String(), variables: Type.Optional(nullable(Type.Record(Type.String(), Type.Unknown()))) })),
      ),
    ),
    isCompletionConditionFulfilled: Type.Optional(nullable(Type.Boolean())),
    isCancelRemainingInstances: Type.Optional(nullable(Type.Boolean())),
  },
  { title: 'JobResult' },
)

/** What the engine is told of it. */
export function resultOf(result: Static<typeof JobResult> | null | undefined): {
  readonly result?: TaskListenerResult
  readonly adHoc?: AdHocResult
} {
  if (!result) return {}
  if (result.type === 'adHocSubProcess') {
    const { activateElements, isCompletionConditionFulfilled, isCancelRemainingInstances } = result
    return {
      adHoc: {
        activateElements: (activateElements ?? []).map(({ elementId, variables }) => ({
          elementId,
          variables: (variables ?? {}) as Variables,
        })),
        isFulfilled: isCompletionConditionFulfilled === true,
        cancelsRemaining: isCancelRemainingInstances === true,
      },
    }
  }
  const corrections = taskChanges(result.corrections ?? {})
  return {
    result: {
      ...(result.denied ? { denied: true } : {}),
      ...(result.denied && result.deniedReason ? { deniedReason: result.deniedReason } : {}),
      ...(Object.keys(corrections).length > 0 ? { corrections } : {}),
    },
  }
}
