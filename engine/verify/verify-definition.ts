import { parseBpmn } from '../kernel/index.ts'
import type { ExploreOptions, VerifyFinding } from './contract.ts'
import { explore } from './explore.ts'
import { compare, type Testimony } from './witness.ts'
import { witnessModel } from './witness-model.ts'

export interface Verification {
  readonly findings: readonly VerifyFinding[]
  /** The budget did not suffice for all processes. */
  readonly cut: boolean
  readonly states: number
  readonly witness: {
    readonly agreed: number
    readonly disagreed: number
    /** Disagreements by name of a known fault of the witness; no findings. */
    readonly knownFaults: Readonly<Record<string, number>>
    readonly notAsked: number
  }
}

/** Explores every process of a file and puts the paths found to the witness. A file that cannot be deployed gives nothing: its problems are told there. */
export async function verifyDefinition(xml: string, options: ExploreOptions = {}): Promise<Verification> {
  const { processes } = await parseBpmn(xml)
  const findings: VerifyFinding[] = []
  const knownFaults: Record<string, number> = {}
  const counts = { agreed: 0, disagreed: 0, notAsked: 0 }
  let cut = false
  let states = 0
  for (const process of processes) {
    const explored = explore(process, options)
    findings.push(...explored.findings)
    cut ||= explored.cut
    states += explored.states
    const model = await witnessModel(xml, process.bpmnProcessId)
    for (const path of explored.paths) {
      const said: Testimony = model ? await compare(model, path) : { kind: 'not-asked', reason: '' }
      if (said.kind === 'agrees') counts.agreed++
      else if (said.kind === 'not-asked') counts.notAsked++
      else if (said.knownFault) knownFaults[said.knownFault.name] = (knownFaults[said.knownFault.name] ?? 0) + 1
      else {
        counts.disagreed++
        const message = `Expected bpmn-engine to complete ${said.expected.join(', ') || 'nothing'}, but it completed ${said.found.join(', ') || 'nothing'}; look at ${said.elementId} before trusting the path`
        findings.push({ kind: 'disagreement', elementId: said.elementId, message, path })
      }
    }
  }
  return { findings, cut, states, witness: { ...counts, knownFaults } }
}
