import { diagramXml, escapeXml } from './process-diagram.ts'
import { attributesXml, filterXml, listenersXml, mappingExtensions, userTaskExtensions, workExtensions } from './process-extensions.ts'
import type {
  CallOptions,
  CatchOptions,
  JobOptions,
  ListenerOptions,
  Mappings,
  PublishOptions,
  ThrowOptions,
  UserTaskOptions,
} from './process-options.ts'

export type * from './process-options.ts'

/** One element of a process under construction. */
export interface BuiltElement {
  readonly id: string
  readonly tag: string
  readonly attributes: Record<string, string>
  /** Children of `bpmn:extensionElements`. */
  readonly extensions: string[]
  /** Children after incoming and outgoing. */
  readonly content: string[]
  readonly inner?: ProcessBuilder
  readonly attachedTo?: string
  /** Multi-instance marker. */
  loop?: string
}
export interface BuiltFlow {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly condition?: string
}

interface Registry {
  readonly messages: Map<string, { readonly id: string; readonly name: string; readonly correlationKey?: string }>
  readonly errors: Map<string, string>
  /** Signals and escalations by `tag name`. */
  readonly named: Map<string, string>
  readonly flowIds: Set<string>
}

/** Starts a process: `process('p').start().serviceTask('a', { type: 'x' }).end().xml()`. */
export function process(id: string, options: { readonly versionTag?: string; readonly name?: string } = {}): ProcessBuilder {
  const builder = new ProcessBuilder(id, { messages: new Map(), errors: new Map(), named: new Map(), flowIds: new Set() })
  if (options.versionTag !== undefined) builder.extensions.push(`<zeebe:versionTag value="${escapeXml(options.versionTag)}" />`)
  if (options.name !== undefined) builder.name = options.name
  return builder
}

/** One file of several processes. */
export function bpmnFile(...processes: readonly ProcessBuilder[]): string {
  return definitions(processes, true)
}

/**
 * Writes BPMN with the least diagram that deploys. Each element call adds the element and, when there is a place to come
 * from, a sequence flow to it. `at` moves that place, `when`/`otherwise` put a condition on the next flow, `to` joins an existing element.
 */
export class ProcessBuilder {
  readonly id: string
  readonly elements: BuiltElement[] = []
  readonly flows: BuiltFlow[] = []
  readonly extensions: string[] = []
  readonly associations: [string, string][] = []
  /** Written after the content. */
  tail = ''
  readonly registry: Registry
  name: string
  private cursor: string | undefined
  private condition: string | undefined
  private flowId: string | undefined
  private isDefault = false
  private isParallelMultiple = false

  constructor(id: string, registry: Registry) {
    this.id = id
    this.name = id
    this.registry = registry
  }

  start(id = 'start', trigger: CatchOptions = {}): this {
    this.cursor = undefined
    return this.add(id, 'startEvent', {}, [], this.definition(trigger, id))
  }
  /** Start event of an event subprocess. */
  startOn(id: string, trigger: CatchOptions & { readonly interrupting?: boolean }): this {
    this.cursor = undefined
    return this.add(id, 'startEvent', { isInterrupting: String(trigger.interrupting ?? true) }, [], this.definition(trigger, id))
  }
  end(
    id?: string,
    result: { readonly error?: string; readonly terminate?: boolean } & ThrowOptions & Partial<PublishOptions> & Partial<JobOptions> = {},
  ): this {
    const taken = this.elements.filter((element) => element.tag === 'endEvent').length
    const endId = id ?? (taken === 0 ? 'end' : `end${taken + 1}`)
    const content: string[] = []
    if (result.error !== undefined) content.push(`<bpmn:errorEventDefinition errorRef="${this.errorRef(result.error)}" />`)
    content.push(...this.definition(eventOf(result), endId))
    if (result.terminate) content.push('<bpmn:terminateEventDefinition />')
    if (result.type !== undefined || result.message !== undefined) content.push(this.thrownMessage(result))
    this.add(endId, 'endEvent', {}, [...workExtensions(result), ...mappingExtensions(result)], content)
    this.cursor = undefined
    return this
  }

  serviceTask(id: string, options: JobOptions): this {
    return this.add(id, 'serviceTask', named(options), [...workExtensions(options), ...mappingExtensions(options)])
  }
  sendTask(id: string, options: JobOptions | PublishOptions): this {
    const attributes: Record<string, string> = named(options)
    if ('message' in options) attributes.messageRef = this.messageRef(options.message, undefined)
    return this.add(id, 'sendTask', attributes, [...workExtensions(options), ...mappingExtensions(options)])
  }
  userTask(id: string, options: UserTaskOptions = {}): this {
    return this.add(id, 'userTask', named(options), [...userTaskExtensions(options), ...mappingExtensions(options)])
  }
  scriptTask(id: string, options: { readonly expression: string; readonly resultVariable: string } & Mappings): this {
    const script = `<zeebe:script expression="${escapeXml(options.expression)}" resultVariable="${escapeXml(options.resultVariable)}" />`
    return this.add(id, 'scriptTask', named(options), [script, ...mappingExtensions(options)])
  }
  businessRuleTask(
    id: string,
    options: {
      readonly decisionId: string
      readonly resultVariable: string
      readonly bindingType?: string
      readonly versionTag?: string
    } & Mappings,
  ): this {
    const { decisionId, resultVariable, bindingType, versionTag } = options
    const called = `<zeebe:calledDecision${attributesXml({ decisionId, resultVariable, bindingType, versionTag })} />`
    return this.add(id, 'businessRuleTask', named(options), [called, ...mappingExtensions(options)])
  }
  receiveTask(
    id: string,
    options: { readonly message: string; readonly correlationKey?: string; readonly instantiate?: boolean } & Mappings,
  ): this {
    const messageRef = this.messageRef(options.message, options.correlationKey)
    const instantiate = options.instantiate && { instantiate: 'true' }
    return this.add(id, 'receiveTask', { ...named(options), messageRef, ...instantiate }, mappingExtensions(options))
  }
  manualTask(id: string): this {
    return this.add(id, 'manualTask')
  }
  task(id: string): this {
    return this.add(id, 'task')
  }
  callActivity(id: string, options: CallOptions): this {
    const { processId, bindingType, versionTag, propagateAllChildVariables, propagateAllParentVariables } = options
    const flags = {
      propagateAllChildVariables: propagateAllChildVariables === undefined ? undefined : String(propagateAllChildVariables),
      propagateAllParentVariables: propagateAllParentVariables === undefined ? undefined : String(propagateAllParentVariables),
    }
    const called = `<zeebe:calledElement${attributesXml({ processId, bindingType, versionTag, ...flags })} />`
    return this.add(id, 'callActivity', named(options), [called, ...mappingExtensions(options)])
  }
  subProcess(id: string, build: (inner: ProcessBuilder) => unknown, options: Mappings = {}): this {
    const inner = new ProcessBuilder(id, this.registry)
    build(inner)
    return this.add(id, 'subProcess', named(options), mappingExtensions(options), [], { inner })
  }
  /** Its content begins with `startOn`. Has no flows; the place to continue from stays. */
  eventSubProcess(id: string, build: (inner: ProcessBuilder) => unknown): this {
    const inner = new ProcessBuilder(id, this.registry)
    build(inner)
    const place = this.cursor
    this.cursor = undefined
    this.add(id, 'subProcess', { triggeredByEvent: 'true' }, [], [], { inner })
    this.cursor = place
    return this
  }

  exclusive(id: string): this {
    return this.add(id, 'exclusiveGateway')
  }
  parallel(id: string): this {
    return this.add(id, 'parallelGateway')
  }
  inclusive(id: string): this {
    return this.add(id, 'inclusiveGateway')
  }
  /** With `instantiate` it starts the process: by the first of its events, or waiting for all. */
  eventGateway(id: string, options: { readonly instantiate?: 'first' | 'all' } = {}): this {
    const { instantiate } = options
    const type = instantiate === 'all' ? 'Parallel' : 'Exclusive'
    return this.add(id, 'eventBasedGateway', instantiate ? { instantiate: 'true', eventGatewayType: type } : {})
  }
  catchEvent(id: string, trigger: CatchOptions, options: Mappings = {}): this {
    return this.add(id, 'intermediateCatchEvent', named(options), mappingExtensions(options), this.definition(trigger, id))
  }
  /** Without options a none event; with `type` a job does the work, with `message` the engine publishes. */
  throwEvent(id: string, options: ThrowOptions & ((Partial<JobOptions> & Partial<PublishOptions>) | Mappings) = {}): this {
    const content = 'type' in options || 'message' in options ? [this.thrownMessage(options)] : this.definition(eventOf(options), id)
    return this.add(id, 'intermediateThrowEvent', named(options), [...workExtensions(options), ...mappingExtensions(options)], content)
  }
  boundary(attachedTo: string, id: string, trigger: CatchOptions & { readonly interrupting?: boolean } & Mappings): this {
    this.cursor = undefined
    const attributes = { ...named(trigger), attachedToRef: attachedTo, cancelActivity: String(trigger.interrupting ?? true) }
    return this.add(id, 'boundaryEvent', attributes, mappingExtensions(trigger), this.definition(trigger, id), { attachedTo })
  }

  /** Repeats the element added last for each item. */
  forEach(options: {
    readonly inputCollection?: string
    readonly loopCardinality?: string
    readonly inputElement?: string
    readonly outputCollection?: string
    readonly outputElement?: string
    readonly completionCondition?: string
    readonly sequential?: boolean
  }): this {
    const { inputCollection, inputElement, outputCollection, outputElement } = options
    const zeebe =
      inputCollection === undefined
        ? ''
        : `<bpmn:extensionElements><zeebe:loopCharacteristics${attributesXml({ inputCollection, inputElement, outputCollection, outputElement })} /></bpmn:extensionElements>`
    const formal = (tag: string, body: string | undefined) =>
      body === undefined ? '' : `<bpmn:${tag} xsi:type="bpmn:tFormalExpression">${escapeXml(body)}</bpmn:${tag}>`
    const condition = formal('completionCondition', options.completionCondition)
    const cardinality = formal('loopCardinality', options.loopCardinality)
    const element = this.elements.find(({ id }) => id === this.cursor)
    if (!element) throw new Error('Expected an element to repeat, but none was added')
    element.loop = `<bpmn:multiInstanceLoopCharacteristics isSequential="${options.sequential ?? false}">${zeebe}${cardinality}${condition}</bpmn:multiInstanceLoopCharacteristics>`
    return this
  }

  /** A compensation boundary event on `activity`, and the job that undoes it. */
  undo(activity: string, id: string, options: JobOptions): this {
    const place = this.cursor
    this.boundary(activity, `${id}_boundary`, { compensate: '' })
    this.cursor = undefined
    this.add(id, 'serviceTask', { isForCompensation: 'true' }, [...workExtensions(options), ...mappingExtensions(options)])
    this.associations.push([`${id}_boundary`, id])
    this.cursor = place
    return this
  }
  transaction(id: string, build: (inner: ProcessBuilder) => unknown): this {
    const inner = new ProcessBuilder(id, this.registry)
    build(inner)
    return this.add(id, 'transaction', {}, [], [], { inner })
  }
  adHoc(
    id: string,
    build: (inner: ProcessBuilder) => unknown,
    options: {
      readonly activeElements?: string
      readonly completionCondition?: string
      readonly outputCollection?: string
      readonly outputElement?: string
      /** Job type of the worker that chooses. */
      readonly job?: string
    } = {},
  ): this {
    const inner = new ProcessBuilder(id, this.registry)
    build(inner)
    const { activeElements, outputCollection, outputElement, job } = options
    const attributes = {
      ...(activeElements && { activeElementsCollection: activeElements }),
      ...(outputCollection && { outputCollection }),
      ...(outputElement && { outputElement }),
    }
    const zeebe = [
      ...(Object.keys(attributes).length > 0 ? [`<zeebe:adHoc${attributesXml(attributes)} />`] : []),
      ...(job === undefined ? [] : [`<zeebe:taskDefinition type="${job}" />`]),
    ]
    const { completionCondition } = options
    if (completionCondition !== undefined)
      inner.tail = `<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${escapeXml(completionCondition)}</bpmn:completionCondition>`
    return this.add(id, 'adHocSubProcess', {}, zeebe, [], { inner })
  }
  complex(id: string, activationCondition: string): this {
    return this.add(
      id,
      'complexGateway',
      {},
      [],
      [`<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">${escapeXml(activationCondition)}</bpmn:activationCondition>`],
    )
  }
  /** Repeats the element added last while the condition holds. */
  loop(options: { readonly condition?: string; readonly maximum?: number; readonly testBefore?: boolean }): this {
    const element = this.elements.find(({ id }) => id === this.cursor)
    if (!element) throw new Error('Expected an element to repeat, but none was added')
    const condition =
      options.condition === undefined
        ? ''
        : `<bpmn:loopCondition xsi:type="bpmn:tFormalExpression">${escapeXml(options.condition)}</bpmn:loopCondition>`
    element.loop = `<bpmn:standardLoopCharacteristics${attributesXml({ testBefore: String(options.testBefore ?? false), loopMaximum: options.maximum === undefined ? undefined : String(options.maximum) })}>${condition}</bpmn:standardLoopCharacteristics>`
    return this
  }

  /** Puts children into the extension elements of the element added last; before the first element, of the process or container. */
  extend(...extensions: readonly string[]): this {
    const element = this.elements.at(-1)
    ;(element ?? this).extensions.push(...extensions)
    return this
  }
  /** Execution listeners of the element added last; before the first element, of the process. Each is `event:type` or has more. */
  listen(...listeners: readonly (string | ListenerOptions)[]): this {
    return this.extend(listenersXml('executionListener', listeners))
  }
  /** Task listeners of the user task added last. */
  listenToTask(...listeners: readonly (string | ListenerOptions)[]): this {
    return this.extend(listenersXml('taskListener', listeners))
  }

  /** No flow leads to the next element. */
  apart(): this {
    this.cursor = undefined
    return this
  }
  /** Continues from this element. */
  at(id: string): this {
    this.cursor = id
    return this
  }
  /** Puts a FEEL condition (with `=`) on the next flow. */
  when(condition: string, flowId?: string): this {
    this.condition = condition
    this.flowId = flowId
    return this
  }
  /** Makes the next flow the default of its gateway. */
  otherwise(flowId?: string): this {
    this.isDefault = true
    this.flowId = flowId
    return this
  }
  /** A flow to an element that is there (or will be). */
  to(id: string): this {
    this.connect(id)
    this.cursor = undefined
    return this
  }

  xml(options: { readonly diagram?: boolean } = {}): string {
    return definitions([this], options.diagram ?? true)
  }

  private add(
    id: string,
    tag: string,
    attributes: Record<string, string> = {},
    extensions: string[] = [],
    content: string[] = [],
    place: { readonly inner?: ProcessBuilder; readonly attachedTo?: string } = {},
  ): this {
    const parallel = this.isParallelMultiple && { parallelMultiple: 'true' }
    this.isParallelMultiple = false
    this.elements.push({ id, tag, attributes: { ...attributes, ...parallel }, extensions, content, ...place })
    this.connect(id)
    this.cursor = id
    return this
  }

  private connect(target: string): void {
    if (this.cursor === undefined) return
    const source = this.cursor
    let id = this.flowId ?? `${source}_${target}`
    for (let n = 2; this.registry.flowIds.has(id); n++) id = `${source}_${target}_${n}`
    this.registry.flowIds.add(id)
    this.flows.push({ id, source, target, ...(this.condition === undefined ? {} : { condition: this.condition }) })
    const gateway = this.elements.find((element) => element.id === source)
    if (this.isDefault && gateway) gateway.attributes.default = id
    this.condition = undefined
    this.flowId = undefined
    this.isDefault = false
  }

  private definition(trigger: CatchOptions, id: string): string[] {
    if (trigger.any ?? trigger.all) {
      if (trigger.all) this.isParallelMultiple = true
      return (trigger.any ?? trigger.all ?? []).flatMap((each, index) => this.definition(each, `${id}_${index}`))
    }
    if (trigger.terminate) return ['<bpmn:terminateEventDefinition />']
    const timer = (tag: string, value: string) =>
      `<bpmn:timerEventDefinition id="${id}_timer"><bpmn:${tag} xsi:type="bpmn:tFormalExpression">${escapeXml(value)}</bpmn:${tag}></bpmn:timerEventDefinition>`
    if (trigger.duration !== undefined) return [timer('timeDuration', trigger.duration)]
    if (trigger.date !== undefined) return [timer('timeDate', trigger.date)]
    if (trigger.cycle !== undefined) return [timer('timeCycle', trigger.cycle)]
    if (trigger.message !== undefined)
      return [`<bpmn:messageEventDefinition messageRef="${this.messageRef(trigger.message, trigger.correlationKey)}" />`]
    if (trigger.signal !== undefined) return [`<bpmn:signalEventDefinition signalRef="${this.namedRef('signal', trigger.signal)}" />`]
    if (trigger.escalation === '') return ['<bpmn:escalationEventDefinition />']
    if (trigger.escalation !== undefined)
      return [`<bpmn:escalationEventDefinition escalationRef="${this.namedRef('escalation', trigger.escalation)}" />`]
    if (trigger.link !== undefined) return [`<bpmn:linkEventDefinition name="${escapeXml(trigger.link)}" />`]
    if (trigger.cancel) return ['<bpmn:cancelEventDefinition />']
    if (trigger.compensate !== undefined)
      return [`<bpmn:compensateEventDefinition${attributesXml({ activityRef: trigger.compensate || undefined })} />`]
    if (trigger.condition !== undefined)
      return [
        `<bpmn:conditionalEventDefinition>${filterXml(trigger)}<bpmn:condition xsi:type="bpmn:tFormalExpression">${escapeXml(trigger.condition)}</bpmn:condition></bpmn:conditionalEventDefinition>`,
      ]
    if (trigger.error === '') return ['<bpmn:errorEventDefinition />']
    if (trigger.error !== undefined) return [`<bpmn:errorEventDefinition errorRef="${this.errorRef(trigger.error)}" />`]
    return []
  }

  private namedRef(tag: string, name: string): string {
    const key = `${tag} ${name}`
    const known = this.registry.named.get(key)
    if (known !== undefined) return known
    const id = `${tag === 'signal' ? 'Signal' : 'Escalation'}_${this.registry.named.size + 1}`
    this.registry.named.set(key, id)
    return id
  }

  private thrownMessage(options: { readonly message?: string }): string {
    return options.message === undefined
      ? '<bpmn:messageEventDefinition />'
      : `<bpmn:messageEventDefinition messageRef="${this.messageRef(options.message, undefined)}" />`
  }

  private messageRef(name: string, correlationKey: string | undefined): string {
    const key = JSON.stringify([name, correlationKey ?? null])
    const known = this.registry.messages.get(key)
    if (known) return known.id
    const id = `Message_${this.registry.messages.size + 1}`
    this.registry.messages.set(key, { id, name, ...(correlationKey === undefined ? {} : { correlationKey }) })
    return id
  }

  private errorRef(code: string): string {
    const known = this.registry.errors.get(code)
    if (known !== undefined) return known
    const id = `Error_${this.registry.errors.size + 1}`
    this.registry.errors.set(code, id)
    return id
  }
}

/** The event among the options of a throw or end event; errors and messages are written elsewhere. */
function eventOf(options: ThrowOptions): CatchOptions {
  const { escalation, signal, link, compensate, cancel, any } = options
  return Object.fromEntries(
    Object.entries({ escalation, signal, link, compensate, cancel, any }).filter(([, value]) => value !== undefined),
  )
}

function named(options: { readonly name?: string }): Record<string, string> {
  return options.name === undefined ? {} : { name: options.name }
}

function scopeXml(scope: ProcessBuilder): string {
  const elements = scope.elements.map((element) => {
    const extensions =
      element.extensions.length > 0 ? `<bpmn:extensionElements>${element.extensions.join('')}</bpmn:extensionElements>` : ''
    const incoming = scope.flows.filter((flow) => flow.target === element.id).map((flow) => `<bpmn:incoming>${flow.id}</bpmn:incoming>`)
    const outgoing = scope.flows.filter((flow) => flow.source === element.id).map((flow) => `<bpmn:outgoing>${flow.id}</bpmn:outgoing>`)
    const content = (element.loop ?? '') + (element.inner ? scopeXml(element.inner) : element.content.join(''))
    const head = attributesXml({ id: element.id, ...element.attributes })
    return `<bpmn:${element.tag}${head}>${extensions}${incoming.join('')}${outgoing.join('')}${content}</bpmn:${element.tag}>`
  })
  const flows = scope.flows.map((flow) => {
    const head = attributesXml({ id: flow.id, sourceRef: flow.source, targetRef: flow.target })
    if (flow.condition === undefined) return `<bpmn:sequenceFlow${head} />`
    const condition = `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${escapeXml(flow.condition)}</bpmn:conditionExpression>`
    return `<bpmn:sequenceFlow${head}>${condition}</bpmn:sequenceFlow>`
  })
  const associations = scope.associations.map(
    ([from, to]) =>
      `<bpmn:association${attributesXml({ id: `${from}_${to}`, sourceRef: from, targetRef: to, associationDirection: 'One' })} />`,
  )
  return [...elements, ...flows, ...associations, scope.tail].join('\n')
}

function definitions(processes: readonly ProcessBuilder[], diagram: boolean): string {
  const roots: string[] = []
  for (const [index, process] of processes.entries()) {
    const extensions =
      process.extensions.length > 0 ? `<bpmn:extensionElements>${process.extensions.join('')}</bpmn:extensionElements>` : ''
    let body = `<bpmn:process${attributesXml({ id: process.id, name: process.name, isExecutable: 'true' })}>${extensions}${scopeXml(process)}</bpmn:process>\n`
    for (const { id, name, correlationKey } of process.registry.messages.values()) {
      const subscription =
        correlationKey === undefined
          ? ''
          : `<bpmn:extensionElements><zeebe:subscription${attributesXml({ correlationKey })} /></bpmn:extensionElements>`
      body += `<bpmn:message${attributesXml({ id, name })}>${subscription}</bpmn:message>\n`
    }
    for (const [code, id] of process.registry.errors) body += `<bpmn:error${attributesXml({ id, name: code, errorCode: code })} />\n`
    for (const [key, id] of process.registry.named) {
      const [tag = '', name = ''] = key.split(' ')
      body += `<bpmn:${tag}${attributesXml({ id, name, ...(tag === 'escalation' && { escalationCode: name }) })} />\n`
    }
    // Ids of messages and errors are counted per process; in a file of several they must differ.
    roots.push(index === 0 ? body : body.replaceAll(/"((?:Message|Error|Signal|Escalation)_\d+)"/g, `"P${index + 1}_$1"`))
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">
${roots.join('')}${diagram ? processes.map(diagramXml).join('') : ''}</bpmn:definitions>
`
}
