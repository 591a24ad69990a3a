import { many, one } from '../../moddle.ts'
import { hasEvent, idOf, typeOf } from './model-view.ts'
import type { StandardRule } from './standard-rule.ts'

const ARTIFACTS: ReadonlySet<string> = new Set(['TextAnnotation', 'Group', 'Association'])
const CHOREOGRAPHY_ACTIVITIES = ['ChoreographyTask', 'CallChoreography', 'SubChoreography']

/** Pools, message flows and choreographies (BPMN 2.0.2 §9, §11). */
export const COLLABORATION_RULES: readonly StandardRule[] = [
  {
    name: 'MESSAGE_FLOW_AT_ARTIFACT',
    clause: '§7.6.2',
    on: ['MessageFlow'],
    check: (flow) => {
      const end = [one(flow, 'sourceRef'), one(flow, 'targetRef')].find((node) => ARTIFACTS.has(typeOf(node)))
      return (
        end &&
        `Expected message flow ${idOf(flow)} to connect pools, activities and events, but ${idOf(end)} is an artifact; draw an association`
      )
    },
  },
  {
    name: 'MESSAGE_FLOW_IN_POOL',
    clause: '§9.3',
    on: ['MessageFlow'],
    check: (flow, model) => {
      const [from, to] = [one(flow, 'sourceRef'), one(flow, 'targetRef')]
      if (!from || !to) return undefined
      const pool = model.poolOf(from)
      return pool && pool === model.poolOf(to)
        ? `Expected message flow ${idOf(flow)} to connect two pools, but both its ends are in ${idOf(pool)}; draw a sequence flow`
        : undefined
    },
  },
  {
    name: 'MESSAGE_FLOW_WITHOUT_MESSAGE',
    clause: '§10.5.2, §10.5.3',
    on: ['MessageFlow'],
    isForPlainFiles: true,
    check: (flow) => {
      const [from, to] = [one(flow, 'sourceRef'), one(flow, 'targetRef')]
      const event = to && typeOf(to) === 'StartEvent' ? to : from && typeOf(from) === 'EndEvent' ? from : undefined
      return event && !hasEvent(event, 'Message')
        ? `Expected ${idOf(event)} to have a message, because message flow ${idOf(flow)} is at it; give it one`
        : undefined
    },
  },
  {
    name: 'MESSAGE_FLOW_INTO_END',
    clause: '§10.5.3',
    on: ['MessageFlow'],
    check: (flow) => {
      const to = one(flow, 'targetRef')
      return to && typeOf(to) === 'EndEvent'
        ? `Expected message flow ${idOf(flow)} to end at what can receive, but ${idOf(to)} is an end event; connect it elsewhere`
        : undefined
    },
  },
  {
    name: 'PARTICIPANT_MULTIPLICITY',
    clause: '§9.2.2 table 9.5',
    on: ['ParticipantMultiplicity'],
    check: (multiplicity) =>
      Number(multiplicity.minimum ?? 0) < 0
        ? `Expected the minimum of ${idOf(multiplicity)} to be 0 or more, but found ${multiplicity.minimum}; correct it`
        : undefined,
  },
  {
    name: 'CHOREOGRAPHY_REFERENCE',
    clause: '§11.2, §9.5.4',
    on: ['Choreography', 'GlobalChoreographyTask', 'GlobalConversation'],
    check: (element) => {
      const [referenced] = many(element, 'choreographyRef')
      return (
        referenced && `Expected ${idOf(element)} to refer to no choreography, but it refers to ${idOf(referenced)}; remove the reference`
      )
    },
  },
  {
    name: 'CHOREOGRAPHY_CLOSED',
    clause: '§9.2 table 9.1',
    on: ['Collaboration'],
    check: (collaboration) => {
      const other = many(collaboration, 'choreographyRef').find(
        (choreography) => (choreography.isClosed ?? false) !== (collaboration.isClosed ?? false),
      )
      return (
        other && `Expected ${idOf(collaboration)} and ${idOf(other)} to be closed alike, but one is and one is not; set isClosed of both`
      )
    },
  },
  {
    name: 'CHOREOGRAPHY_IN_PROCESS',
    clause: '§10.3.5',
    on: CHOREOGRAPHY_ACTIVITIES,
    check: (activity) =>
      ['Process', 'SubProcess', 'Transaction', 'AdHocSubProcess'].includes(typeOf(activity.$parent))
        ? `Expected only activities of a process in ${idOf(activity.$parent)}, but ${idOf(activity)} is of a choreography; use a task`
        : undefined,
  },
]
