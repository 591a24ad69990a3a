import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { TaskListenerResult } from '../../kernel/index.ts'
import { ProblemError } from '../problem.ts'
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

/** @throws ProblemError for a result of an ad-hoc subprocess: these choose their activities by expression, not by a worker. */
export function resultOf(result: Static<typeof JobResult> | null | undefined): { readonly result?: TaskListenerResult } {
  if (!result) return {}
  if (result.type === 'adHocSubProcess')
    throw new ProblemError('INVALID_ARGUMENT', {
      en: 'Expected a result of type userTask, but found adHocSubProcess; no ad-hoc subprocess here is driven by a worker: activate its elements by a modification',
      zh: '结果类型应为 userTask，实际为 adHocSubProcess；本系统的即席子流程不由作业驱动，请通过实例修改激活其元素',
    })
  const corrections = taskChanges(result.corrections ?? {})
  return {
    result: {
      ...(result.denied ? { denied: true } : {}),
      ...(result.denied && result.deniedReason ? { deniedReason: result.deniedReason } : {}),
      ...(Object.keys(corrections).length > 0 ? { corrections } : {}),
    },
  }
}
