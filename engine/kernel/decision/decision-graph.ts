import { type ExpressionEnv, FeelFunction, type FeelScope, type FeelValue, toJson } from '../expression/index.ts'
import { compileBoxed, compileFunctionDefinition, logicElement } from './boxed-expression.ts'
import { type Compilation, contextOf, idOf, inside, type Logic, problem } from './compilation.ts'
import type { CompiledDecision, DecisionOutcome, DecisionTraceEntry } from './contract.ts'
import { DecisionFailure } from './decision-failure.ts'
import { compileDecisionTable, type TableResult } from './decision-table.ts'
import { describeMisfit, fitValue, type ItemType } from './item-type.ts'
import type { KnownNames } from './known-names.ts'
import { childOf, childrenNamed, type XmlElement } from './xml-element.ts'

/** One evaluation of a decision: results so far, and the words about them. */
interface Evaluation {
  readonly outer: FeelScope
  readonly env: ExpressionEnv
  readonly results: Map<string, FeelValue>
  readonly trace: DecisionTraceEntry[]
}

interface InputNode {
  readonly name: string
  readonly type: ItemType | undefined
}

interface DecisionNode {
  readonly id: string
  readonly name: string
  readonly variable: string
  readonly type: ItemType | undefined
  readonly requiredDecisions: readonly string[]
  readonly requiredInputs: readonly string[]
  readonly requiredKnowledge: readonly string[]
  readonly evaluate: (scope: FeelScope, env: ExpressionEnv) => TableResult
}

interface KnowledgeNode {
  readonly name: string
  readonly requiredKnowledge: readonly string[]
  readonly makeFunction: Logic
}

interface ServiceNode {
  readonly id: string
  readonly name: string
  readonly outputs: readonly string[]
  readonly inputDecisions: readonly string[]
  readonly inputs: readonly string[]
  /** Type of the result. */
  readonly type: ItemType | undefined
}

/** The decision requirements graph of a file (DMN 1.5 §6). */
export class DecisionGraph {
  private readonly inputs = new Map<string, InputNode>()
  private readonly decisions = new Map<string, DecisionNode>()
  private readonly knowledge = new Map<string, KnowledgeNode>()
  private readonly services = new Map<string, ServiceNode>()

  constructor(
    root: XmlElement,
    private readonly compilation: Compilation,
    private readonly names: KnownNames,
  ) {
    for (const element of childrenNamed(root, 'inputData')) this.addInput(element)
    for (const element of childrenNamed(root, 'businessKnowledgeModel')) this.addKnowledge(element)
    for (const element of childrenNamed(root, 'decisionService')) this.addService(element)
    for (const element of childrenNamed(root, 'decision')) this.addDecision(element)
    this.checkRequirements()
  }

  /** Every decision, and every decision service under its own id. */
  compiled(): ReadonlyMap<string, CompiledDecision> {
    const all = new Map<string, CompiledDecision>()
    for (const { id, name } of this.decisions.values()) {
      all.set(id, {
        decisionId: id,
        name,
        evaluate: (scope, env) => this.run(id, scope, env, (evaluation) => this.resultOf(id, evaluation)),
      })
    }
    for (const { id, name } of this.services.values()) {
      all.set(id, {
        decisionId: id,
        name,
        evaluate: (scope, env) => this.run(id, scope, env, (evaluation) => this.serviceResult(id, evaluation)),
      })
    }
    return all
  }

  private addInput(element: XmlElement): void {
    const variable = childOf(element, 'variable')
    const name = variable?.attributes.name ?? element.attributes.name ?? ''
    this.inputs.set(element.attributes.id ?? name, { name, type: this.compilation.types.find(variable?.attributes.typeRef) })
  }

  private addKnowledge(element: XmlElement): void {
    const name = childOf(element, 'variable')?.attributes.name ?? element.attributes.name ?? ''
    const id = element.attributes.id ?? name
    const definition = childOf(element, 'encapsulatedLogic')
    this.knowledge.set(id, {
      name,
      requiredKnowledge: hrefs(element, 'knowledgeRequirement', 'requiredKnowledge'),
      makeFunction: definition ? compileFunctionDefinition(definition, id, this.compilationFor(element), name) : () => null,
    })
  }

  private addService(element: XmlElement): void {
    const name = childOf(element, 'variable')?.attributes.name ?? element.attributes.name ?? ''
    const id = element.attributes.id ?? name
    const references = (kind: string) => childrenNamed(element, kind).map((reference) => local(reference.attributes.href))
    this.services.set(id, {
      id,
      name,
      outputs: references('outputDecision'),
      inputDecisions: references('inputDecision'),
      inputs: references('inputData'),
      type: this.compilation.types.findOutput(childOf(element, 'variable')?.attributes.typeRef),
    })
  }

  private addDecision(element: XmlElement): void {
    const variable = childOf(element, 'variable')
    const name = element.attributes.name ?? ''
    const id = element.attributes.id ?? name
    const logic = logicElement(element)
    this.decisions.set(id, {
      id,
      name,
      variable: variable?.attributes.name ?? name,
      type: this.compilation.types.find(variable?.attributes.typeRef),
      requiredDecisions: hrefs(element, 'informationRequirement', 'requiredDecision'),
      requiredInputs: hrefs(element, 'informationRequirement', 'requiredInput'),
      requiredKnowledge: hrefs(element, 'knowledgeRequirement', 'requiredKnowledge'),
      evaluate: this.compileDecisionLogic(logic, id, this.compilationFor(element)),
    })
  }

  private compilationFor(element: XmlElement): Compilation {
    return { ...this.compilation, names: this.names.of(element) }
  }

  private compileDecisionLogic(logic: XmlElement | undefined, id: string, compilation: Compilation): DecisionNode['evaluate'] {
    if (logic?.name === 'decisionTable') return compileDecisionTable(logic, idOf(logic, id), compilation).evaluate
    const boxed = compileBoxed(logic, id, compilation)
    return (scope, env) => ({ value: boxed(scope, env), matchedRules: [], inputs: {} })
  }

  private checkRequirements(): void {
    for (const node of this.decisions.values()) {
      const missing = [
        ...node.requiredDecisions.filter((id) => !this.decisions.has(id)),
        ...node.requiredInputs.filter((id) => !this.inputs.has(id)),
        ...node.requiredKnowledge.filter((id) => !this.knowledge.has(id) && !this.services.has(id)),
      ]
      for (const id of missing) {
        problem(
          this.compilation,
          node.id,
          `Expected every requirement to be in the file, found none with id '${id}'. Draw the requirement again.`,
        )
      }
      const cycle = this.cycleFrom(node.id, [])
      if (cycle)
        problem(
          this.compilation,
          node.id,
          `Expected decisions that do not require themselves, found ${cycle.join(' → ')}. Remove one requirement.`,
        )
    }
  }

  private cycleFrom(id: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(id)) return id === path[0] ? [...path, id] : undefined
    for (const next of this.decisions.get(id)?.requiredDecisions ?? []) {
      const cycle = this.cycleFrom(next, [...path, id])
      if (cycle) return cycle
    }
    return undefined
  }

  private run(id: string, outer: FeelScope, env: ExpressionEnv, evaluate: (evaluation: Evaluation) => FeelValue): DecisionOutcome {
    const trace: DecisionTraceEntry[] = []
    try {
      return { ok: true, output: toJson(evaluate({ outer, env, results: new Map(), trace })), trace }
    } catch (error) {
      if (error instanceof DecisionFailure) {
        const decisionId = error.decisionId ?? id
        return { ok: false, message: `Decision '${decisionId}': ${error.message}`, decisionId }
      }
      if (error instanceof RangeError) {
        return {
          ok: false,
          message: `Decision '${id}': expected logic that ends, found one nested or recursing too deeply. Split it.`,
          decisionId: id,
        }
      }
      throw error
    }
  }

  /** Required decisions first, each once. */
  private resultOf(id: string, evaluation: Evaluation): FeelValue {
    const known = evaluation.results.get(id)
    if (known !== undefined) return known
    const node = this.decisions.get(id)
    if (!node) return null
    const scope = inside(this.requirementsOf(node, evaluation), evaluation.outer)
    try {
      const { value, matchedRules, inputs } = node.evaluate(scope, evaluation.env)
      const result = fitValue(value, node.type, evaluation.env)
      if (result === undefined && node.type)
        throw new DecisionFailure(`Result: ${describeMisfit(value, node.type)}. Correct the logic, or the type of the decision.`)
      evaluation.results.set(id, result ?? null)
      evaluation.trace.push({ decisionId: id, matchedRules, inputs, output: toJson(result ?? null) })
      return result ?? null
    } catch (error) {
      throw error instanceof DecisionFailure && error.decisionId === undefined ? new DecisionFailure(error.message, id) : error
    }
  }

  private requirementsOf(node: DecisionNode, evaluation: Evaluation): Record<string, FeelValue> {
    const entries: (readonly [string, FeelValue])[] = []
    for (const id of node.requiredInputs) {
      const input = this.inputs.get(id)
      if (input) entries.push([input.name, this.inputOf(input, evaluation)])
    }
    for (const id of node.requiredDecisions) {
      const required = this.decisions.get(id)
      const value = this.resultOf(id, evaluation)
      if (required) entries.push([id, value], [required.name, value], [required.variable, value])
    }
    for (const id of node.requiredKnowledge) entries.push(...this.functionOf(id, evaluation))
    return contextOf(entries)
  }

  private inputOf(input: InputNode, { outer, env }: Evaluation): FeelValue {
    const raw = outer(input.name) ?? null
    const value = fitValue(raw, input.type, env, 'lenient')
    if (value === undefined && input.type) {
      throw new DecisionFailure(
        `Input '${input.name}': ${describeMisfit(raw, input.type)}. Correct the variable, or the type of the input.`,
      )
    }
    return value ?? null
  }

  /** A business knowledge model sees its parameters and the knowledge it requires, nothing else. */
  private functionOf(id: string, evaluation: Evaluation): (readonly [string, FeelValue])[] {
    const service = this.services.get(id)
    if (service) return [[service.name, this.serviceFunction(service, evaluation)]]
    const node = this.knowledge.get(id)
    if (!node) return []
    // filled after the function is made, so that a model may call itself
    const entries = contextOf([])
    const made = node.makeFunction(
      inside(entries, () => undefined),
      evaluation.env,
    )
    Object.assign(entries, contextOf([[node.name, made]]))
    for (const required of node.requiredKnowledge)
      if (required !== id) Object.assign(entries, contextOf(this.functionOf(required, evaluation)))
    return [[node.name, made]]
  }

  private serviceFunction(service: ServiceNode, evaluation: Evaluation): FeelFunction {
    const inputs = service.inputs.map((id) => this.inputs.get(id)?.name ?? id)
    const decisions = service.inputDecisions.map((id) => this.decisions.get(id)?.variable ?? id)
    const parameters = [...inputs, ...decisions].map((name) => ({ name }))
    const types = [
      ...service.inputs.map((id) => this.inputs.get(id)?.type),
      ...service.inputDecisions.map((id) => this.decisions.get(id)?.type),
    ]
    return new FeelFunction(service.name, parameters, (args, run) => {
      const misfit = types.findIndex((type, index) => fitValue(args[index] ?? null, type, run.env) === undefined)
      if (misfit >= 0) return run.warn(`The argument '${parameters[misfit]?.name}' does not have the parameter's type`)
      const given = contextOf(parameters.map((parameter, index) => [parameter.name, args[index] ?? null]))
      return this.serviceResult(service.id, { ...evaluation, outer: inside(given, () => undefined), results: new Map() })
    })
  }

  /** The input decisions of a service are not evaluated: the caller gives their results as variables. */
  private serviceResult(id: string, evaluation: Evaluation): FeelValue {
    const service = this.services.get(id)
    if (!service) return null
    for (const inputId of service.inputDecisions) {
      const decision = this.decisions.get(inputId)
      if (!decision) continue
      const raw = evaluation.outer(decision.variable) ?? null
      evaluation.results.set(inputId, fitValue(raw, decision.type, evaluation.env) ?? null)
    }
    const outputs = service.outputs.map(
      (outputId) => [this.decisions.get(outputId)?.variable ?? outputId, this.resultOf(outputId, evaluation)] as const,
    )
    const [only] = outputs
    const result = outputs.length === 1 && only ? only[1] : contextOf(outputs)
    return fitValue(result, service.type, evaluation.env) ?? null
  }
}

function hrefs(element: XmlElement, requirement: string, kind: string): readonly string[] {
  return childrenNamed(element, requirement).flatMap((part) => {
    const href = childOf(part, kind)?.attributes.href
    return href === undefined ? [] : [local(href)]
  })
}

/** `#id` and `namespace#id` both name an element of this file. */
function local(href: string | undefined): string {
  return (href ?? '').slice((href ?? '').lastIndexOf('#') + 1)
}
