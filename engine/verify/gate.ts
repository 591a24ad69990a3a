import type { VerifyFinding, VerifyKind } from './contract.ts'

/** A definition with one of these does not do what any modeller can want; the others may be meant. */
const REFUSING: ReadonlySet<VerifyKind> = new Set<VerifyKind>(['deadlock', 'improper-end', 'never-ends', 'straight-through-loop'])

/** True when the finding keeps a definition from going live, unless someone answers for it. */
export function isRefusing({ kind }: Pick<VerifyFinding, 'kind'>): boolean {
  return REFUSING.has(kind)
}
