import type { CompiledDecisions, DecisionOutcome } from '../../engine/kernel/decision/index.ts'
import { parseDmn } from '../../engine/kernel/decision/index.ts'
import type { FeelValue } from '../../engine/kernel/expression/index.ts'
import { feelEnv } from './feel.ts'

const namespace = 'https://www.omg.org/spec/DMN/20191111/MODEL/'

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

export function definitions(body: string, uri = namespace): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="${uri}" id="drg" name="Graph" namespace="test">${body}</definitions>`
}

export interface TableColumn {
  readonly name: string
  readonly values?: string
  readonly fallback?: string
}

export interface TableSketch {
  readonly hitPolicy?: string
  readonly aggregation?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly TableColumn[]
  /** Cells: inputs, then outputs. */
  readonly rules: readonly (readonly string[])[]
}

/** A decision table; rules have the ids r1, r2 … */
export function table({ hitPolicy = 'UNIQUE', aggregation, inputs, outputs, rules }: TableSketch): string {
  const input = inputs.map(
    (text, i) => `<input id="i${i}" label="${escapeXml(text)}"><inputExpression><text>${escapeXml(text)}</text></inputExpression></input>`,
  )
  const output = outputs.map(
    ({ name, values, fallback }, i) =>
      `<output id="o${i}" name="${name}">${values ? `<outputValues><text>${escapeXml(values)}</text></outputValues>` : ''}${
        fallback ? `<defaultOutputEntry><text>${escapeXml(fallback)}</text></defaultOutputEntry>` : ''
      }</output>`,
  )
  const rule = rules.map((cells, r) => {
    const entries = cells.map((text, i) => {
      const entry = i < inputs.length ? 'inputEntry' : 'outputEntry'
      return `<${entry} id="r${r + 1}c${i}"><text>${escapeXml(text)}</text></${entry}>`
    })
    return `<rule id="r${r + 1}">${entries.join('')}</rule>`
  })
  const attributes = `hitPolicy="${hitPolicy}"${aggregation ? ` aggregation="${aggregation}"` : ''}`
  return `<decisionTable id="table" ${attributes}>${[...input, ...output, ...rule].join('')}</decisionTable>`
}

export function decision(id: string, logic: string, requirements = '', name = id): string {
  return `<decision id="${id}" name="${name}"><variable name="${name}"/>${requirements}${logic}</decision>`
}

export function literal(text: string): string {
  return `<literalExpression><text>${escapeXml(text)}</text></literalExpression>`
}

export function requires(kind: 'Decision' | 'Input', id: string): string {
  return `<informationRequirement><required${kind} href="#${id}"/></informationRequirement>`
}

export async function compileDmn(xml: string): Promise<CompiledDecisions> {
  const { decisions, problems } = await parseDmn(xml)
  if (!decisions) throw new Error(problems.map((problem) => problem.message).join('\n'))
  return decisions
}

export async function decide(
  xml: string,
  decisionId: string,
  variables: Readonly<Record<string, FeelValue>> = {},
): Promise<DecisionOutcome> {
  const found = (await compileDmn(xml)).decisions.get(decisionId)
  if (!found) throw new Error(`no decision ${decisionId}`)
  return found.evaluate((name) => (Object.hasOwn(variables, name) ? variables[name] : undefined), feelEnv)
}
