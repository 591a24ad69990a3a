import { VerifyFailure } from '../../verify/index.ts'
import type { ApiParts } from '../api-parts.ts'
import type { Finding } from '../contract.ts'
import { ProblemError } from '../problem.ts'
import type { Upload } from '../upload.ts'
import { verifyUpload } from './verified-upload.ts'

export const REASON = { least: 10, most: 1_000 }

export interface GateAnswer {
  readonly findings: readonly Finding[]
  /** Those that keep a definition from going live, unless someone answers for it. */
  readonly refusing: readonly Finding[]
  /** False when the gate could not answer, and the override stands for it. */
  readonly verified: boolean
  /** A file cannot be read: that is told by whoever deploys it. */
  readonly isBroken: boolean
}

/** @throws VerifyFailure when the gate cannot answer and nobody answers for it. */
export async function askGate(parts: ApiParts, upload: Pick<Upload, 'resources'>, override: string | undefined): Promise<GateAnswer> {
  try {
    const { verdict, findings } = await verifyUpload(parts, upload)
    return { findings, refusing: findings.filter(({ refuses }) => refuses), verified: true, isBroken: verdict === 'broken' }
  } catch (error) {
    if (override === undefined || !(error instanceof VerifyFailure)) throw error
    return { findings: [], refusing: [], verified: false, isBroken: false }
  }
}

/** For the audit trail: what an override set aside. Undefined when it set nothing aside. */
export function setAside(
  { refusing, verified }: Pick<GateAnswer, 'refusing' | 'verified'>,
  override: string | undefined,
): string | undefined {
  if (override === undefined || (refusing.length === 0 && verified)) return undefined
  return `${refusing.length === 0 ? 'not verified' : findingList(refusing)}: ${override}`
}

export function findingList(findings: readonly Finding[]): string {
  return findings.map(({ kind, elementId }) => `${kind} ${elementId}`).join(', ')
}

/** @throws ProblemError when it is too short to say anything. */
export function checkedReason(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const reason = given.trim()
  if (reason.length >= REASON.least && reason.length <= REASON.most) return reason
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected in "override" a reason of ${REASON.least} to ${REASON.most} characters, but found ${reason.length}`,
    zh: `"override" 中的理由须为 ${REASON.least} 至 ${REASON.most} 个字符，实际为 ${reason.length} 个`,
  })
}
