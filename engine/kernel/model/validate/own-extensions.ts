import type { ElementType } from '../../record/event.ts'
import type { BpmnNote } from '../contract.ts'
import { definitionsOf, type Element, type ExecutableProcess, type SingleEvent, type TextValue } from '../executable-process.ts'

/** What this engine carries out beyond Camunda 8: each with the words for a modeller who must stay compatible. */
const OWN = {
  TRANSACTION: ['a transaction subprocess', 'use a subprocess with compensation'],
  CANCEL_EVENT: ['a cancel event', 'use an error event'],
  COMPLEX_GATEWAY: ['a complex gateway', 'use an inclusive gateway'],
  STANDARD_LOOP: ['a standard loop', 'draw the loop with a gateway'],
  LOOP_CARDINALITY: ['a loop cardinality', 'use an input collection, for example =1..n as a list'],
  MULTIPLE_EVENT: ['several definitions on one event', 'use an event for each'],
  INSTANTIATING: ['a gateway or receive task that starts the process', 'use a start event'],
  COMPENSATION_EVENT_SUBPROCESS: ['a compensation event subprocess', 'use a compensation boundary event'],
  CONDITIONAL_FLOW: ['a conditional or default flow out of an activity', 'put a gateway in between'],
  TOKEN_QUANTITY: ['startQuantity or completionQuantity', 'use gateways'],
  SEQUENTIAL_AD_HOC: ['an ad-hoc subprocess with ordering Sequential', 'activate its elements one after the other'],
  AD_HOC_BEGINS_ALL: ['an ad-hoc subprocess without active elements, which begins all', 'name the elements to activate'],
  ESCALATION_BOUNDARY: ['an escalation boundary event on a task', 'use it on a subprocess or call activity'],
  PUBLISH_MESSAGE: ['zeebe:publishMessage', 'let a job worker publish the message'],
  WORKING_TIME: ['a duration of working time', 'compute the date before, and use a date'],
  CRON_ZONE: ['a zone behind a cron expression', 'write the hours in the time of the server'],
  MISSED_RUNS: ['the property timer.missedRuns', 'accept one run to catch up'],
  FOUR_EYES: ['the property notBy', 'let a task listener refuse the person'],
  STATUS_CLOCK: ['the property clock', 'it has no effect there'],
  CHINESE_NAME: ['the property name.zh', 'it has no effect there'],
  WEBHOOK: ['the property webhook', 'it has no effect there'],
} as const satisfies Readonly<Record<string, readonly [what: string, instead: string]>>
export type OwnExtension = keyof typeof OWN
export const OWN_EXTENSIONS = Object.keys(OWN) as readonly OwnExtension[]

const PROPERTIES: Readonly<Record<string, OwnExtension>> = {
  'timer.missedRuns': 'MISSED_RUNS',
  notBy: 'FOUR_EYES',
  clock: 'STATUS_CLOCK',
  'clock.on': 'STATUS_CLOCK',
  'name.zh': 'CHINESE_NAME',
  webhook: 'WEBHOOK',
}
const TASKS: ReadonlySet<ElementType> = new Set([
  'serviceTask',
  'userTask',
  'scriptTask',
  'businessRuleTask',
  'sendTask',
  'receiveTask',
  'manualTask',
  'task',
])
const ACTIVITIES: ReadonlySet<ElementType> = new Set([...TASKS, 'subProcess', 'transaction', 'adHocSubProcess', 'callActivity'])

/** Every use of what only this engine carries out, by element: a modeller who wants other engines too sees what to replace. */
export function ownExtensions(process: ExecutableProcess): BpmnNote[] {
  return [process.root, ...process.elements.values()].flatMap((element) =>
    [...new Set(usesOf(process, element))].map((extension) => {
      const [what, instead] = OWN[extension]
      return {
        elementId: element.id,
        extension,
        message: `${element.id} has ${what}, which this engine carries out and Camunda 8 does not; to deploy the file there, ${instead}`,
      }
    }),
  )
}

function usesOf(process: ExecutableProcess, element: Element): OwnExtension[] {
  const { type, event, multiInstance, adHoc, outgoing } = element
  const uses: (OwnExtension | false | undefined)[] = [
    type === 'transaction' && 'TRANSACTION',
    type === 'complexGateway' && 'COMPLEX_GATEWAY',
    element.standardLoop && 'STANDARD_LOOP',
    multiInstance?.loopCardinality && 'LOOP_CARDINALITY',
    event?.kind === 'multiple' && 'MULTIPLE_EVENT',
    element.instantiates && 'INSTANTIATING',
    ACTIVITIES.has(type) && (element.defaultFlowId !== undefined || outgoing.some(({ condition }) => condition)) && 'CONDITIONAL_FLOW',
    (element.startQuantity !== undefined || element.completionQuantity !== undefined) && 'TOKEN_QUANTITY',
    adHoc?.sequential && 'SEQUENTIAL_AD_HOC',
    adHoc && !adHoc.activeElements && !element.job && 'AD_HOC_BEGINS_ALL',
    element.publishMessage && 'PUBLISH_MESSAGE',
    ...definitionsOf(event).flatMap((definition) => usesOfEvent(process, element, definition)),
    ...Object.keys(element.properties).map((name) => PROPERTIES[name]),
  ]
  return uses.filter((use): use is OwnExtension => typeof use === 'string')
}

function usesOfEvent(process: ExecutableProcess, element: Element, event: SingleEvent): (OwnExtension | false)[] {
  const host = process.elements.get(element.attachedToId ?? '')
  const scope = process.elements.get(element.scopeId ?? '')
  const timer = event.kind === 'timer' ? event.timer : undefined
  return [
    event.kind === 'cancel' && 'CANCEL_EVENT',
    event.kind === 'escalation' && host !== undefined && TASKS.has(host.type) && 'ESCALATION_BOUNDARY',
    event.kind === 'compensation' && element.type === 'startEvent' && scope?.type === 'eventSubProcess' && 'COMPENSATION_EVENT_SUBPROCESS',
    timer?.kind === 'duration' && /^\s*"?working\s/.test(textOf(timer.value)) && 'WORKING_TIME',
    timer?.kind === 'cycle' && /^[^R].*\[[^\]]+\]$/.test(textOf(timer.value).replaceAll('"', '').trim()) && 'CRON_ZONE',
  ]
}

/** Of an expression its text: one that gives a fixed text shows what it is. */
function textOf(value: TextValue): string {
  return value.kind === 'literal' ? value.text : value.expression.text
}
