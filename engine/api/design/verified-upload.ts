import { parseDmn } from '../../kernel/index.ts'
import { calledProcesses, isRefusing, type Verification } from '../../verify/index.ts'
import type { ApiParts } from '../api-parts.ts'
import type { Finding, ResourceProblem, VerificationAnswer } from '../contract.ts'
import { resourceProblem } from '../problem-of-error.ts'
import type { Upload } from '../upload.ts'

const DMN = /\.dmn$|spec\/DMN\//i
/** Longest head of a file in which its kind is looked for. */
const HEAD = 4_000

/** Puts every file to the gate. @throws VerifyFailure */
export async function verifyUpload(parts: ApiParts, { resources }: Pick<Upload, 'resources'>): Promise<VerificationAnswer> {
  const called = [...new Set([...resources.flatMap(({ content }) => calledProcesses(content)), ...(await calledByDeployed(parts))])].sort()
  const verified: VerificationAnswer['resources'][number][] = []
  const findings: Finding[] = []
  const problems: ResourceProblem[] = []
  for (const { name, content } of resources) {
    if (DMN.test(name) || DMN.test(content.slice(0, HEAD))) {
      const found = (await parseDmn(content)).problems
      problems.push(...found.map(({ elementId, message }) => dmnProblem(name, elementId, message)))
      continue
    }
    const { cut, states, commands, witness, ...said }: Verification = await parts.verifier.verify(content, { called })
    verified.push({ name, cut, states, commands, witness })
    findings.push(...said.findings.map((finding) => ({ resource: name, ...finding, refuses: isRefusing(finding) })))
    problems.push(...said.problems.map((problem) => resourceProblem({ ...problem, resource: name })))
  }
  const isBroken = problems.some(({ severity }) => severity === 'error')
  const isRefused = findings.some(({ refuses }) => refuses)
  return { verdict: isBroken ? 'broken' : isRefused ? 'refused' : 'passes', findings, problems, resources: verified }
}

const dmnProblem = (resource: string, elementId: string, message: string): ResourceProblem => ({
  resource,
  elementId,
  rule: 'DECISION',
  message,
  severity: 'error',
})

const callsOf = new Map<string, readonly string[]>()

/** Processes that deployed ones call, in their newest versions: what those throw is caught there. */
async function calledByDeployed({ engine }: ApiParts): Promise<readonly string[]> {
  const newest = engine.definitions
    .all()
    .filter((record) => record.kind === 'process' && engine.definitions.latest('process', record.id, record.tenantId) === record)
  const called: string[] = []
  for (const { key } of newest) {
    const calls = callsOf.get(key) ?? calledProcesses((await engine.store.loadResource(key)) ?? '')
    callsOf.set(key, calls)
    called.push(...calls)
  }
  return called
}
