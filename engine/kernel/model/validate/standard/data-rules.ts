import { isModdle, type ModdleElement, many, one } from '../../moddle.ts'
import { dataOf, eventDefinitionsOf, idOf, isSameItem, type ModelView, typeOf } from './model-view.ts'
import type { StandardRule } from './standard-rule.ts'

const THROWS = ['IntermediateThrowEvent', 'EndEvent']
const CATCHES = ['StartEvent', 'BoundaryEvent', 'IntermediateCatchEvent']

/** The item of a data input, output or object: what it holds. */
const itemOf = (data: ModdleElement | undefined): ModdleElement | undefined =>
  data && (one(data, 'itemSubjectRef') ?? itemOf(one(data, 'dataObjectRef')) ?? itemOf(one(data, 'dataStoreRef')))
const setsOf = (element: ModdleElement, property: 'inputSets' | 'outputSets') => many(one(element, 'ioSpecification') ?? element, property)

/** The item definition an event definition carries, e.g. that of its message. */
function payloadOf(definition: ModdleElement): ModdleElement | undefined {
  const message = one(definition, 'messageRef')
  if (message) return one(message, 'itemRef')
  const carrier = one(definition, 'signalRef') ?? one(definition, 'errorRef') ?? one(definition, 'escalationRef')
  return carrier && one(carrier, 'structureRef')
}

function carries(definition: ModdleElement): boolean {
  return /^(Message|Signal|Error|Escalation)EventDefinition$/.test(typeOf(definition))
}

const differs = (where: string, found: ModdleElement) =>
  `Expected ${idOf(found)} to be of the item that ${where} carries, but it is of another; refer to the same item definition`

/** A task that sends or receives: the data it works on is that of its message or operation. */
function messageRule(
  name: string,
  on: string,
  side: 'dataInputs' | 'dataOutputs',
  carried: (task: ModdleElement) => ModdleElement | undefined,
): StandardRule {
  return {
    name,
    clause: '§10.3.3 tables 10.8–10.11',
    on: [on],
    isForPlainFiles: true,
    check: (task) => {
      const message = carried(task)
      const item = message && one(message, 'itemRef')
      const wrong = item && dataOf(task, side).find((data) => !isSameItem(itemOf(data), item))
      return wrong && message && differs(idOf(message), wrong)
    },
  }
}

/** A set of data that an owner declares must list what its details speak of. */
function listedRule(on: 'InputSet' | 'OutputSet', all: string, some: string): StandardRule {
  return {
    name: 'DATA_NOT_IN_SET',
    clause: '§10.4.2 tables 10.63, 10.64',
    on: [on],
    isForPlainFiles: true,
    check: (set) => {
      const stray = many(set, some).find((data) => !many(set, all).includes(data))
      return stray && `Expected ${idOf(stray)} to be among the ${all} of its set in ${idOf(set)}, but it stands only in ${some}; list it`
    },
  }
}

function referencedRule(on: 'DataInput' | 'DataOutput', sets: 'inputSets' | 'outputSets', single: string, refs: string): StandardRule {
  return {
    name: 'DATA_NOT_IN_SET',
    clause: '§10.4.1 tables 10.60, 10.61',
    on: [on],
    isForPlainFiles: true,
    check: (data) => {
      const owner = typeOf(data.$parent) === 'MultiInstanceLoopCharacteristics' ? undefined : data.$parent
      const all = owner ? [...many(owner, sets), ...[one(owner, single)].filter(isModdle)] : []
      return !owner || all.some((set) => many(set, refs).includes(data))
        ? undefined
        : `Expected ${idOf(data)} to be listed in a set of ${idOf(owner)}, but none lists it; add it`
    },
  }
}

function associationRule(on: 'DataInputAssociation' | 'DataOutputAssociation'): StandardRule {
  const isInput = on === 'DataInputAssociation'
  return {
    name: 'DATA_ASSOCIATION_DIRECTION',
    clause: '§10.4.2',
    on: [on],
    isForPlainFiles: true,
    check: (association) => {
      const outer = isInput ? many(association, 'sourceRef')[0] : one(association, 'targetRef')
      return outer && typeOf(outer) === (isInput ? 'DataOutput' : 'DataInput')
        ? `Expected ${idOf(association)} to ${isInput ? 'read' : 'write'} a data object, property or data ${isInput ? 'input' : 'output'}, but ${idOf(outer)} is a ${typeOf(outer)}; turn it round`
        : undefined
    },
  }
}

const eventDataOf = (event: ModdleElement) => many(event, THROWS.includes(typeOf(event)) ? 'dataInputs' : 'dataOutputs')

/** Data that flows through a process (BPMN 2.0.2 §10.4). */
export const DATA_RULES: readonly StandardRule[] = [
  {
    name: 'COLLECTION_MISMATCH',
    clause: '§10.4.1 tables 10.52, 10.60, 10.61',
    on: ['DataInput', 'DataOutput', 'DataObject'],
    isForPlainFiles: true,
    check: (data) => {
      const item = one(data, 'itemSubjectRef')
      return item && (item.isCollection ?? false) !== (data.isCollection ?? false)
        ? `Expected isCollection of ${idOf(data)} to be that of ${idOf(item)}, but it is not; set both alike`
        : undefined
    },
  },
  {
    name: 'OPERATION_SETS',
    clause: '§10.3.3 table 10.8',
    on: ['ServiceTask'],
    isForPlainFiles: true,
    check: (task) => {
      if (!one(task, 'operationRef')) return undefined
      const [inputs, outputs] = [setsOf(task, 'inputSets').length, setsOf(task, 'outputSets').length]
      return inputs === 1 && outputs <= 1
        ? undefined
        : `Expected one input set and at most one output set of ${idOf(task)}, because it calls an operation, but found ${inputs} and ${outputs}; correct them`
    },
  },
  {
    name: 'OPERATION_SETS',
    clause: '§10.3.3 table 10.9',
    on: ['SendTask'],
    isForPlainFiles: true,
    check: (task) => {
      const inputs = setsOf(task, 'inputSets').length
      return one(task, 'messageRef') && inputs > 1
        ? `Expected at most one input set of ${idOf(task)}, because it sends one message, but found ${inputs}; keep one`
        : undefined
    },
  },
  messageRule('MESSAGE_ITEM_MISMATCH', 'ServiceTask', 'dataInputs', (task) => refOf(task, 'inMessageRef')),
  messageRule('MESSAGE_ITEM_MISMATCH', 'ServiceTask', 'dataOutputs', (task) => refOf(task, 'outMessageRef')),
  messageRule('MESSAGE_ITEM_MISMATCH', 'SendTask', 'dataInputs', (task) => one(task, 'messageRef')),
  messageRule('MESSAGE_ITEM_MISMATCH', 'ReceiveTask', 'dataOutputs', (task) => one(task, 'messageRef')),
  {
    name: 'IO_SPECIFICATION_IN_SUBPROCESS',
    clause: '§10.4.2',
    on: ['SubProcess', 'Transaction', 'AdHocSubProcess'],
    isForPlainFiles: true,
    check: (subProcess) =>
      one(subProcess, 'ioSpecification')
        ? `Expected no data inputs and outputs of subprocess ${idOf(subProcess)}, but it has some; use data objects inside`
        : undefined,
  },
  referencedRule('DataInput', 'inputSets', 'inputSet', 'dataInputRefs'),
  referencedRule('DataOutput', 'outputSets', 'outputSet', 'dataOutputRefs'),
  listedRule('InputSet', 'dataInputRefs', 'optionalInputRefs'),
  listedRule('InputSet', 'dataInputRefs', 'whileExecutingInputRefs'),
  listedRule('OutputSet', 'dataOutputRefs', 'optionalOutputRefs'),
  listedRule('OutputSet', 'dataOutputRefs', 'whileExecutingOutputRefs'),
  associationRule('DataInputAssociation'),
  associationRule('DataOutputAssociation'),
  {
    name: 'DATA_ASSOCIATION_TYPES',
    clause: '§10.4.2',
    on: ['DataInputAssociation', 'DataOutputAssociation'],
    isForPlainFiles: true,
    check: (association) => {
      const sources = many(association, 'sourceRef')
      if (one(association, 'transformation') || many(association, 'assignment').length > 0) return undefined
      if (sources.length > 1)
        return `Expected one source of ${idOf(association)}, because nothing transforms it, but found ${sources.length}; add a transformation`
      const [from, to] = [itemOf(sources[0]), itemOf(one(association, 'targetRef'))]
      return from && to && !isSameItem(from, to)
        ? `Expected both ends of ${idOf(association)} to be of one item, but they are of ${idOf(from)} and ${idOf(to)}; add a transformation`
        : undefined
    },
  },
  {
    name: 'EVENT_DATA_MISSING',
    clause: '§10.5.6',
    on: [...THROWS, ...CATCHES],
    isForPlainFiles: true,
    check: (event) => {
      const [data, wanted] = [eventDataOf(event).length, eventDefinitionsOf(event).filter(carries).length]
      return data === 0 || data >= wanted
        ? undefined
        : `Expected data for each of the ${wanted} event definitions of ${idOf(event)}, but found ${data}; add the others`
    },
  },
  {
    name: 'EVENT_DATA_TYPES',
    clause: '§10.5.6',
    on: [...THROWS, ...CATCHES],
    isForPlainFiles: true,
    check: (event) => {
      const data = eventDataOf(event)
      const wrong = data.find((entry, index) => {
        const definition = eventDefinitionsOf(event).filter(carries)[index]
        const payload = definition && payloadOf(definition)
        return payload && itemOf(entry) && !isSameItem(itemOf(entry), payload)
      })
      return wrong && differs(`the trigger of ${idOf(event)}`, wrong)
    },
  },
  {
    name: 'LOOP_DATA',
    clause: '§10.3.8 table 10.30',
    on: ['MultiInstanceLoopCharacteristics'],
    isForPlainFiles: true,
    check: (loop) => {
      const input = one(loop, 'loopDataInputRef')
      const activity = loop.$parent
      if (!input || !activity) return undefined
      if (typeOf(activity).endsWith('Task') && !dataOf(activity, 'dataInputs').includes(input))
        return `Expected the repetitions of ${idOf(activity)} to go through one of its data inputs, but ${idOf(input)} is none; refer to a data input`
      const [whole, each] = [itemOf(input), itemOf(one(loop, 'inputDataItem'))]
      if (!whole || !each) return undefined
      const isScalar = each.isCollection !== true && isSameItem(whole, each)
      return isScalar
        ? undefined
        : `Expected an item of ${idOf(input)} to be one of its collection, but ${idOf(each)} is not; correct the item definition`
    },
  },
  {
    name: 'CALL_DATA_MISMATCH',
    clause: '§10.3.6',
    on: ['CallActivity'],
    isForPlainFiles: true,
    check: (call, model) => {
      const called = calledBy(call, model)
      if (!called || (!one(call, 'ioSpecification') && !one(called, 'ioSpecification'))) return undefined
      const wrong = (['dataInputs', 'dataOutputs'] as const).find((side) => !matches(dataOf(call, side), dataOf(called, side)))
      return wrong && `Expected the ${wrong} of ${idOf(call)} to be those of ${idOf(called)}, but they differ; declare the same`
    },
  },
  {
    name: 'IO_BINDING_MISSING',
    clause: '§10.4.2 table 10.65',
    on: ['CallActivity'],
    isForPlainFiles: true,
    check: (call, model) => {
      const called = calledBy(call, model)
      return called && many(called, 'supportedInterfaceRef').length > 0 && many(called, 'ioBinding').length === 0
        ? `Expected ${idOf(called)} to bind its data to the operations it offers, but it has no ioBinding; add one`
        : undefined
    },
  },
  {
    name: 'IO_BINDING_MISMATCH',
    clause: '§10.4.2 table 10.65',
    on: ['InputOutputBinding'],
    isForPlainFiles: true,
    check: (binding) => {
      const operation = one(binding, 'operationRef')
      const wrong = (
        [
          ['inputDataRef', 'inMessageRef'],
          ['outputDataRef', 'outMessageRef'],
        ] as const
      ).find(([data, message]) => {
        const carried = operation && one(operation, message)
        const item = carried && one(carried, 'itemRef')
        return item && !isSameItem(itemOf(boundData(binding, data)), item)
      })
      return (
        wrong &&
        `Expected the ${wrong[0]} of a binding of ${idOf(binding)} to be of the item of its operation's message, but it is not; bind other data`
      )
    },
  },
]

/** `inputDataRef` names an input set in the schema's metamodel; tools name the data itself. */
function boundData(binding: ModdleElement, property: 'inputDataRef' | 'outputDataRef'): ModdleElement | undefined {
  const bound = one(binding, property)
  return bound && (many(bound, 'dataInputRefs')[0] ?? many(bound, 'dataOutputRefs')[0] ?? bound)
}

function refOf(task: ModdleElement, message: 'inMessageRef' | 'outMessageRef'): ModdleElement | undefined {
  const operation = one(task, 'operationRef')
  return operation && one(operation, message)
}

function calledBy(call: ModdleElement, model: ModelView): ModdleElement | undefined {
  const { calledElement } = call
  return typeof calledElement === 'string' ? model.elements.find(({ id }) => id === calledElement.replace(/^.*:/, '')) : undefined
}

/** As many on both sides, of the same items. */
function matches(a: readonly ModdleElement[], b: readonly ModdleElement[]): boolean {
  const left = [...b]
  return (
    a.length === b.length &&
    a.every((data) => {
      const index = left.findIndex((other) => isSameItem(itemOf(data), itemOf(other)))
      if (index >= 0) left.splice(index, 1)
      return index >= 0
    })
  )
}
