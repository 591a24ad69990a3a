/** How a file of Zeebe's own engine tests is played: what its index says in words. */
export interface ZeebeScript {
  /** What the case is about, where a file has several. */
  readonly name?: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Job types or elements whose work stays open until they are released. All others are completed at once. */
  readonly held?: readonly string[]
  readonly steps?: readonly Step[]
  /** How often the work of a job type or element was completed. Others do not matter. */
  readonly ran?: Readonly<Record<string, number>>
  /** Elements that complete in this order; others may come between. */
  readonly order?: readonly string[]
  /** Elements that are terminated. */
  readonly terminated?: readonly string[]
  readonly ends: 'completed' | 'terminated' | 'active'
}
export type Step =
  | { readonly kind: 'release'; readonly what: string }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'publish'; readonly name: string; readonly correlationKey: string }
  | { readonly kind: 'cancel' }

const release = (what: string): Step => ({ kind: 'release', what })
const advance = (ms: number): Step => ({ kind: 'advance', ms })

const ONCE = { compensableActivity: 1, compensationHandler: 1 }
const BOTH = { ...ONCE, compensableActivity2: 1, compensationHandler2: 1 }

/** By file name. */
export const ZEEBE_SCRIPTS: Readonly<Record<string, readonly ZeebeScript[]>> = {
  'compensation-throw-event': [
    {
      name: 'completes after its handler',
      ran: ONCE,
      order: ['ActivityToCompensate', 'CompensationBoundaryEvent', 'CompensationHandler', 'CompensationThrowEvent', 'EndEvent'],
      ends: 'completed',
    },
    {
      name: 'is cancelled with its handler',
      held: ['compensationHandler'],
      steps: [{ kind: 'cancel' }],
      terminated: ['CompensationHandler', 'CompensationThrowEvent'],
      ends: 'terminated',
    },
  ],
  'multiple-compensation-end-event': [
    { name: 'first handler', ran: BOTH, order: ['CompensationHandler', 'CompensationEndEvent'], ends: 'completed' },
    { name: 'second handler', ran: BOTH, order: ['CompensationHandler2', 'CompensationEndEvent'], ends: 'completed' },
  ],
  'compensation-embedded-subprocess': [{ ran: BOTH, ends: 'completed' }],
  'compensation-single-embedded-subprocess': [
    { name: 'subprocess active', held: ['NotActivableTask'], ran: { compensableActivity: 1, compensationHandler: 0 }, ends: 'active' },
    {
      name: 'goes on',
      held: ['NotActivableTask'],
      steps: [release('NotActivableTask')],
      ran: { compensableActivity: 1, compensationHandler: 0 },
      ends: 'completed',
    },
  ],
  'subprocess-after-compensation-activity': [
    { ran: { ...ONCE, B: 1 }, order: ['Activity_0kee047', 'Event_0gjo6cj', 'CompensationEndEvent'], ends: 'completed' },
  ],
  'compensation-multi-instance-activity': [{ ran: { compensableActivity: 3, compensationHandler: 1 }, ends: 'completed' }],
  'compensation-multi-instance-activity-parallel': [
    { name: 'items incomplete', held: ['compensableActivity'], ran: { activity: 1, compensationHandler: 0 }, ends: 'active' },
    {
      name: 'items complete',
      held: ['activity'],
      steps: [release('activity')],
      ran: { compensableActivity: 3, activity: 1, compensationHandler: 1 },
      ends: 'completed',
    },
  ],
  'compensation-multi-throw-event': [{ ran: ONCE, ends: 'completed' }],
  'compensation-subprocess-multi-handler': [{ ran: BOTH, order: ['CompensationHandler', 'end'], ends: 'completed' }],
  'compensation-subprocess-terminated-multiscope': [
    { held: ['D'], steps: [advance(60_000)], ran: { A: 1, B: 1, C: 1, undoA: 1, undoB: 0, undoC: 0 }, ends: 'completed' },
  ],
  'compensation-multiinstance-subprocess-terminated': [
    { held: ['undoA'], steps: [advance(60_000)], ran: { A: 3, undoA: 0 }, terminated: ['undoA'], ends: 'completed' },
    { name: 'in time', ran: { A: 3, undoA: 3 }, ends: 'completed' },
  ],
  'compensation-no-throw-event': [{ ran: { ActivityToCompensate: 1, CompensationHandler: 0 }, ends: 'completed' }],
  'compensation-no-throw-event-terminate': [
    { held: ['ActivityB'], steps: [{ kind: 'cancel' }], ran: { CompensationHandler: 0 }, terminated: ['ActivityB'], ends: 'terminated' },
  ],
  'LinkEventTest.testValidEventLink': [{ order: ['Activity_1k5srs3', 'Activity_0khevjp', 'Event_18wuva8'], ends: 'completed' }],
  'event-based-gateway': [
    { name: 'timer first', steps: [advance(1_000)], order: ['timer_event', 'end_event'], ends: 'completed' },
    {
      name: 'message first',
      steps: [{ kind: 'publish', name: 'Message_0n4iu42', correlationKey: '123' }, advance(2_000)],
      order: ['message_event', 'end_event'],
      ends: 'completed',
    },
  ],
  bench__typical_process: [
    {
      variables: { var2: true },
      steps: [advance(120_000)],
      ran: { 'benchmark-task': 10 },
      order: ['timer1', 'timer2', 'end'],
      ends: 'completed',
    },
  ],
  bench__ten_tasks: [{ steps: [advance(2_400_000)], ran: { 'benchmark-task': 10 }, ends: 'completed' }],
  bench__timerProcess: [{ steps: [advance(1_000)], ends: 'completed' }],
}

/** Which of our rules a lint rule of camunda-compat is. Its files are fragments: nothing else is asked of them. */
export const LINT_RULES: Readonly<Record<string, readonly string[]>> = {
  'called-element': ['IMPLEMENTATION_MISSING'],
  'event-based-gateway-target': ['EVENT_GATEWAY_TARGET'],
  'escalation-reference': ['ESCALATION_CODE_MISSING'],
  'error-reference': ['ERROR_CODE_MISSING'],
  feel: ['INVALID_EXPRESSION'],
  'loop-characteristics': ['INPUT_COLLECTION_MISSING'],
  'message-reference': ['MESSAGE_MISSING', 'MESSAGE_WITHOUT_NAME'],
}
