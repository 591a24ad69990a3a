import type { CompiledExpression, Element, ExecutableProcess, Json } from '../kernel/index.ts'
import type { PathChoice } from './contract.ts'

/** Decides instead of conditions while one command is carried out, and notes what there was to decide. */
export class Choices {
  /** What to choose at the first decisions; after that the first option, and further ones when it comes round again. */
  private readonly script: readonly number[]
  readonly made: PathChoice[] = []
  /** Options there were at each decision, and the one that was picked. */
  readonly options: number[] = []
  readonly picked: number[] = []
  private readonly current = new Map<string, readonly string[]>()
  private readonly visits = new Map<string, number>()
  /** The conditional event that is to become true. */
  readonly trueEvent: string | undefined

  constructor(script: readonly number[] = [], trueEvent?: string) {
    this.script = script
    this.trueEvent = trueEvent
  }

  takes(element: Element, flowId: string): boolean {
    const options = optionsOf(element)
    const first = element.outgoing.find(({ id, condition }) => condition && id !== element.defaultFlowId)
    if (first?.id === flowId) {
      const visit = this.visits.get(element.id) ?? 0
      this.visits.set(element.id, visit + 1)
      const option = (this.script[this.made.length] ?? visit) % options.length
      const flowIds = options[option] ?? []
      this.options.push(options.length)
      this.picked.push(option)
      this.made.push({ elementId: element.id, flowIds: flowIds.length > 0 ? flowIds : defaultOf(element) })
      this.current.set(element.id, flowIds)
    }
    return this.current.get(element.id)?.includes(flowId) ?? false
  }
}

const defaultOf = ({ defaultFlowId }: Element): readonly string[] => (defaultFlowId === undefined ? [] : [defaultFlowId])

/** Sets of conditional flows that may be true together: none where there is a default, each alone, and where all may be taken, all. */
function optionsOf(element: Element): readonly (readonly string[])[] {
  const conditional = element.outgoing.flatMap(({ id, condition }) => (condition && id !== element.defaultFlowId ? [id] : []))
  const single = conditional.map((id) => [id])
  const all = element.type === 'exclusiveGateway' || conditional.length < 2 ? [] : [conditional]
  return [...single, ...all, ...(element.defaultFlowId === undefined ? [] : [[]])]
}

type Answer = (choices: Choices) => Json

function expression(answer: Answer, holder: ChoiceHolder): CompiledExpression {
  const evaluate = () => ({ ok: true, value: answer(holder.choices), warnings: [] }) as const
  return { text: 'chosen', variableNames: [], foreignCalls: [], evaluate, evaluateRaw: evaluate }
}

/** Where the choices of the command at hand are found. */
export interface ChoiceHolder {
  choices: Choices
}

/** What is about data and people, and says nothing about the way of tokens. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'dueDate',
  'followUpDate',
  'priority',
  'activeElements',
  'startListeners',
  'endListeners',
  'taskListeners',
  'messageId',
  'timeToLive',
  'filter',
])

/**
 * The process with every expression replaced: conditions by choices, collections by one item, loops by one round, timers by
 * an hour. What is left is the way tokens can go, whatever the data.
 */
export function withChoices(process: ExecutableProcess, holder: ChoiceHolder): ExecutableProcess {
  const known = new Map<object, unknown>()
  const always = (value: Json) => expression(() => value, holder)
  const copyOf = (value: unknown, owner: string): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (known.has(value)) return known.get(value)
    if (Array.isArray(value)) {
      const list: unknown[] = []
      known.set(value, list)
      list.push(...value.map((entry) => copyOf(entry, owner)))
      return list
    }
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>()
      known.set(value, map)
      for (const [key, entry] of value) map.set(key, copyOf(entry, owner))
      return map
    }
    const source = value as Record<string, unknown>
    const copy: Record<string, unknown> = {}
    known.set(value, copy)
    if (source.kind === 'feel') return Object.assign(copy, { kind: 'literal', text: 'any' })
    const id = typeof source.id === 'string' && 'incoming' in source ? source.id : owner
    for (const [name, entry] of Object.entries(source)) {
      if (LEFT_OUT.has(name)) continue
      copy[name] = replaced(name, entry, source, id) ?? copyOf(entry, id)
    }
    return copy
  }
  const replaced = (name: string, entry: unknown, source: Record<string, unknown>, owner: string): unknown => {
    if (name === 'inputs' || name === 'outputs') return []
    if (name === 'timer') return hour(entry)
    if (!isExpression(entry)) return undefined
    if (name === 'condition' && typeof source.sourceId === 'string') {
      const { sourceId, id } = source
      return expression((choices) => {
        const element = process.elements.get(sourceId)
        return element !== undefined && choices.takes(element, String(id))
      }, holder)
    }
    if (name === 'condition' && source.kind === 'condition') return expression(({ trueEvent }) => trueEvent === owner, holder)
    if (name === 'inputCollection') return always([1])
    if (name === 'loopCardinality') return always(1)
    if (name === 'activationCondition') return entry
    if (name === 'condition' || name === 'completionCondition') return always(false)
    return always('any')
  }
  return copyOf(process, process.bpmnProcessId) as ExecutableProcess
}

function isExpression(value: unknown): value is CompiledExpression {
  return typeof value === 'object' && value !== null && 'evaluateRaw' in value
}

function hour(timer: unknown): unknown {
  const isCycle = typeof timer === 'object' && timer !== null && 'kind' in timer && timer.kind === 'cycle'
  const value = (text: string) => ({ kind: 'literal', text })
  return isCycle ? { kind: 'cycle', value: value('R1/PT1H') } : { kind: 'duration', value: value('PT1H') }
}
