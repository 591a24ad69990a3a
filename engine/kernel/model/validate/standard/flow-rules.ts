import { type ModdleElement, many, one } from '../../moddle.ts'
import { ancestor, eventDefinitionsOf, hasEvent, idOf, type ModelView, typeOf } from './model-view.ts'
import type { StandardRule } from './standard-rule.ts'

const ARTIFACTS: ReadonlySet<string> = new Set(['TextAnnotation', 'Group', 'Association'])
const GATEWAYS = ['ExclusiveGateway', 'InclusiveGateway', 'ParallelGateway', 'ComplexGateway', 'EventBasedGateway']
const ACTIVITIES = [
  'Task',
  'ServiceTask',
  'UserTask',
  'ScriptTask',
  'BusinessRuleTask',
  'SendTask',
  'ReceiveTask',
  'ManualTask',
  'CallActivity',
  'SubProcess',
  'Transaction',
  'AdHocSubProcess',
]
const INTERMEDIATE = ['IntermediateCatchEvent', 'IntermediateThrowEvent']
/** Left as soon as they are entered. */
const PASSED_THROUGH: ReadonlySet<string> = new Set(['Task', 'ManualTask'])
const CONTAINERS = ['Process', 'SubProcess', 'Transaction']

const isOf = (container: ModdleElement | undefined, type: string) =>
  container !== undefined && many(container, 'flowElements').some((inner) => typeOf(inner) === type)
const isLink = (node: ModdleElement) => hasEvent(node, 'Link')

/** Starts with a token of its own, so that no flow need lead there. */
function startsByItself(node: ModdleElement): boolean {
  return (
    node.triggeredByEvent === true ||
    node.isForCompensation === true ||
    node.instantiate === true ||
    (typeOf(node) === 'IntermediateCatchEvent' && isLink(node)) ||
    typeOf(node.$parent) === 'AdHocSubProcess'
  )
}

function endsByItself(node: ModdleElement): boolean {
  return (
    node.triggeredByEvent === true ||
    node.isForCompensation === true ||
    (typeOf(node) === 'IntermediateThrowEvent' && isLink(node)) ||
    typeOf(node.$parent) === 'AdHocSubProcess'
  )
}

/** Where sequence flows may begin and end (BPMN 2.0.2 §7.6, §10.5, §10.6). */
export const FLOW_RULES: readonly StandardRule[] = [
  {
    name: 'FLOW_AT_ARTIFACT',
    clause: '§7.6.1',
    on: ['SequenceFlow'],
    check: (flow) => {
      const end = [one(flow, 'sourceRef'), one(flow, 'targetRef')].find((node) => ARTIFACTS.has(typeOf(node)))
      return (
        end &&
        `Expected flow ${idOf(flow)} to connect activities, events and gateways, but ${idOf(end)} is an artifact; draw an association`
      )
    },
  },
  {
    name: 'FLOW_CROSSES_POOL',
    clause: '§7.6.1',
    on: ['SequenceFlow'],
    check: (flow) => {
      const [from, to] = [one(flow, 'sourceRef'), one(flow, 'targetRef')]
      const crosses = from && to && ancestor(from, 'Process') !== ancestor(to, 'Process')
      return crosses
        ? `Expected flow ${idOf(flow)} to stay in its pool, but it leads from ${idOf(from)} to ${idOf(to)}; send a message instead`
        : undefined
    },
  },
  {
    name: 'FLOW_CROSSES_SCOPE',
    clause: '§10.3.5',
    on: ['SequenceFlow'],
    isForPlainFiles: true,
    check: (flow) => {
      const [from, to] = [one(flow, 'sourceRef'), one(flow, 'targetRef')]
      const crosses = from && to && from.$parent !== to.$parent && ancestor(from, 'Process') === ancestor(to, 'Process')
      return crosses
        ? `Expected flow ${idOf(flow)} to stay inside one subprocess, but it leads from ${idOf(from)} to ${idOf(to)}; connect elements of one level`
        : undefined
    },
  },
  {
    name: 'FLOW_NOT_LISTED',
    clause: '§8.4.13',
    on: ['SequenceFlow'],
    isForPlainFiles: true,
    check: (flow, model) => {
      const [from, to] = [one(flow, 'sourceRef'), one(flow, 'targetRef')]
      if (!from || !to || !model.listsFlows) return undefined
      const node = many(from, 'outgoing').includes(flow) ? to : from
      const isListed = node === to && many(to, 'incoming').includes(flow)
      return isListed
        ? undefined
        : `Expected ${idOf(node)} to list flow ${idOf(flow)}, but it does not; save the file again with the tool that made it`
    },
  },
  {
    name: 'GATEWAY_DIRECTION',
    clause: '§10.6.1 table 10.55',
    on: GATEWAYS,
    check: (gateway, model) => {
      const [incoming, outgoing] = [model.flowsInto(gateway).length, model.flowsOutOf(gateway).length]
      const { gatewayDirection } = gateway
      const holds =
        gatewayDirection === 'Converging'
          ? outgoing <= 1
          : gatewayDirection === 'Diverging'
            ? incoming <= 1
            : gatewayDirection !== 'Mixed' || (incoming > 1 && outgoing > 1)
      return holds
        ? undefined
        : `Expected ${idOf(gateway)} to be ${gatewayDirection}, but ${incoming} flows lead there and ${outgoing} leave; correct its direction`
    },
  },
  {
    name: 'GATEWAY_FLOWS',
    clause: '§10.6.1',
    on: GATEWAYS,
    isForPlainFiles: true,
    check: (gateway, model) => {
      const [incoming, outgoing] = [model.flowsInto(gateway).length, model.flowsOutOf(gateway).length]
      return incoming > 1 || outgoing > 1
        ? undefined
        : `Expected ${idOf(gateway)} to split or to join, but ${incoming} flows lead there and ${outgoing} leave; connect it or remove it`
    },
  },
  {
    name: 'END_WITHOUT_START',
    clause: '§10.5.3',
    on: CONTAINERS,
    isForPlainFiles: true,
    check: (container) =>
      isOf(container, 'EndEvent') &&
      !isOf(container, 'StartEvent') &&
      !many(container, 'flowElements').some((node) => node.instantiate === true)
        ? `Expected a start event in ${idOf(container)}, because it has an end event; add one`
        : undefined,
  },
  {
    name: 'START_WITHOUT_END',
    clause: '§10.5.2',
    on: CONTAINERS,
    isForPlainFiles: true,
    check: (container) =>
      isOf(container, 'StartEvent') && !isOf(container, 'EndEvent')
        ? `Expected an end event in ${idOf(container)}, because it has a start event; add one`
        : undefined,
  },
  {
    name: 'INCOMING_FLOW_MISSING',
    clause: '§10.5.2, §10.5.3, §10.5.4',
    on: [...ACTIVITIES, ...GATEWAYS, ...INTERMEDIATE, 'EndEvent'],
    isForPlainFiles: true,
    check: (node, model) => {
      const isEvent = typeOf(node).endsWith('Event')
      if (startsByItself(node) || model.flowsInto(node).length > 0 || !(isEvent || isOf(node.$parent, 'StartEvent'))) return undefined
      return `Expected a sequence flow into ${idOf(node)}, but none leads there: it never begins; connect it`
    },
  },
  {
    name: 'OUTGOING_FLOW_MISSING',
    clause: '§10.5.3',
    on: [...ACTIVITIES, ...GATEWAYS, ...INTERMEDIATE, 'StartEvent'],
    isForPlainFiles: true,
    check: (node, model) =>
      endsByItself(node) || model.flowsOutOf(node).length > 0 || !isOf(node.$parent, 'EndEvent')
        ? undefined
        : `Expected a sequence flow out of ${idOf(node)}, because ${idOf(node.$parent)} has end events; connect it`,
  },
  {
    name: 'LINK_FLOW',
    clause: '§10.5.5',
    on: INTERMEDIATE,
    check: (event, model) => {
      if (!isLink(event)) return undefined
      const isCatch = typeOf(event) === 'IntermediateCatchEvent'
      const [flow] = isCatch ? model.flowsInto(event) : model.flowsOutOf(event)
      return (
        flow &&
        `Expected link ${idOf(event)} to be ${isCatch ? 'entered' : 'left'} only by its link, but flow ${idOf(flow)} is drawn too; remove it`
      )
    },
  },
  {
    name: 'LINK_WITHOUT_SOURCE',
    clause: '§10.5.5',
    on: ['IntermediateCatchEvent'],
    isForPlainFiles: true,
    check: (event) => {
      const [link] = linksOf(event)
      if (!link) return undefined
      const throws = many(event.$parent ?? event, 'flowElements').filter((other) => typeOf(other) === 'IntermediateThrowEvent')
      const isReached = throws.flatMap(linksOf).some((other) => leadsTo(other, link))
      return isReached ? undefined : `Expected a link throw event to '${link.name ?? ''}' beside ${idOf(event)}, but there is none; add it`
    },
  },
  {
    name: 'EVENT_GATEWAY_TARGET',
    clause: '§10.6.6',
    on: ['EventBasedGateway'],
    check: (gateway, model) => {
      const targets = model.flowsOutOf(gateway).flatMap((flow) => one(flow, 'targetRef') ?? [])
      const link = targets.find((node) => typeOf(node) === 'IntermediateCatchEvent' && linksOf(node).length > 0)
      if (link)
        return `Expected only events to wait for behind ${idOf(gateway)}, but ${idOf(link)} is a link; put a message, timer, signal or condition there`
      // Valid BPMN, but no file for Camunda 8 may have it.
      const task = model.isPlain ? undefined : targets.find((node) => typeOf(node) === 'ReceiveTask')
      return task && `Expected only catch events behind ${idOf(gateway)}, but ${idOf(task)} is a receive task; use a message event`
    },
  },
  {
    name: 'EVENT_GATEWAY_MIXED',
    clause: '§10.6.6',
    on: ['EventBasedGateway'],
    check: (gateway, model) => {
      const targets = model.flowsOutOf(gateway).flatMap((flow) => one(flow, 'targetRef') ?? [])
      const task = targets.find((node) => typeOf(node) === 'ReceiveTask')
      const event = targets.find((node) => typeOf(node) === 'IntermediateCatchEvent' && hasEvent(node, 'Message'))
      return (
        task &&
        event &&
        `Expected message events or receive tasks behind ${idOf(gateway)}, but found both, ${idOf(event)} and ${idOf(task)}; choose one kind`
      )
    },
  },
  {
    name: 'ENDLESS_LOOP',
    clause: '§13.2.2',
    on: [...PASSED_THROUGH],
    check: (node, model) =>
      returnsTo(node, model)
        ? `Expected ${idOf(node)} to wait for something in its loop, but its token goes round for ever; put work, an event or a condition into the loop`
        : undefined,
  },
  {
    name: 'INSTANTIATING_WITH_INCOMING',
    clause: '§10.3.3, §10.6.6',
    on: ['ReceiveTask', 'EventBasedGateway'],
    check: (node, model) => {
      const [flow] = node.instantiate === true ? model.flowsInto(node) : []
      return flow && `Expected no flow into ${idOf(node)}, because it starts the process, but ${idOf(flow)} leads there; remove it`
    },
  },
]

function linksOf(event: ModdleElement): readonly ModdleElement[] {
  return eventDefinitionsOf(event).filter((definition) => typeOf(definition) === 'LinkEventDefinition')
}

/** Links find each other by reference where they have one, else by name. */
function leadsTo(from: ModdleElement, to: ModdleElement): boolean {
  const target = one(from, 'target')
  return target ? target === to : (from.name ?? '') === (to.name ?? '')
}

/** True when a token that leaves the node comes back without ever waiting or choosing. */
function returnsTo(node: ModdleElement, model: ModelView): boolean {
  const seen = new Set<ModdleElement>()
  const open = [node]
  for (let at = open.pop(); at; at = open.pop()) {
    for (const flow of model.flowsOutOf(at)) {
      const next = one(flow, 'targetRef')
      if (next === node) return true
      if (!next || seen.has(next) || !PASSED_THROUGH.has(typeOf(next)) || one(flow, 'conditionExpression')) continue
      seen.add(next)
      open.push(next)
    }
  }
  return false
}
