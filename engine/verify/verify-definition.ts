import { parseBpmn } from '../kernel/index.ts'
import type { ExploreOptions, Path, Verification, VerifyFinding } from './contract.ts'
import { explore } from './explore.ts'
import { compare, type Testimony } from './witness.ts'
import { witnessModel } from './witness-model.ts'

export interface VerifyOptions extends Pick<ExploreOptions, 'budget'> {
  /** Processes that call activities elsewhere call; those this file calls itself are known. */
  readonly called?: readonly string[]
}

/** By a known fault of its own; after that its word on the process is worth nothing, and costs most of the time. */
const MOST_WRONG = 5

/** Explores every process of a file and puts the paths found to the witness. */
export async function verifyDefinition(xml: string, options: VerifyOptions = {}): Promise<Verification> {
  const { processes, problems } = await parseBpmn(xml)
  const findings: VerifyFinding[] = []
  const knownFaults: Record<string, number> = {}
  const counts = { agreed: 0, disagreed: 0, notAsked: 0 }
  let [cut, states, commands] = [false, 0, 0]
  const isBroken = problems.some(({ severity }) => severity === 'error')
  const called = new Set([...(options.called ?? []), ...calledProcesses(xml)])
  for (const process of isBroken ? [] : processes) {
    const explored = explore(process, { ...options, isCalled: called.has(process.bpmnProcessId) })
    findings.push(...explored.findings)
    cut ||= explored.cut
    states += explored.states
    commands += explored.commands
    const model = await witnessModel(xml, process.bpmnProcessId)
    let wrong = 0
    for (const path of explored.paths) {
      const isAsked = model !== undefined && wrong < MOST_WRONG
      const said: Testimony = isAsked ? await compare(model, path) : { kind: 'not-asked', reason: 'there is no hearing it' }
      if (said.kind === 'agrees') counts.agreed++
      else if (said.kind === 'not-asked') counts.notAsked++
      else if (said.knownFault) {
        wrong++
        knownFaults[said.knownFault.name] = (knownFaults[said.knownFault.name] ?? 0) + 1
      } else {
        counts.disagreed++
        findings.push(disagreement(process.bpmnProcessId, said, path))
      }
    }
  }
  return { problems, findings, cut, states, commands, witness: { ...counts, knownFaults } }
}

function disagreement(processId: string, said: Testimony & { kind: 'disagrees' }, path: Path): VerifyFinding {
  const { elementId } = said
  const [expected, found] = [said.expected.join(', '), said.found.join(', ')]
  const message = {
    en: `Expected bpmn-engine to complete ${expected || 'nothing'}, but it completed ${found || 'nothing'}; look at ${elementId} before trusting the path`,
    zh: `bpmn-engine 应完成 ${expected || '（无）'}，实际完成 ${found || '（无）'}；采信此路径之前请检查 ${elementId}`,
  }
  return { kind: 'disagreement', processId, elementId, message, path }
}

/** Ids of processes that call activities of a file name literally. */
export function calledProcesses(xml: string): readonly string[] {
  return [...xml.matchAll(/<(?:\w+:)?calledElement\b[^>]*?\bprocessId="([^"=][^"]*)"/g)].flatMap(([, id]) => id ?? [])
}
