import type { ForeignCall } from '../contract.ts'

/** What names mean where a node stands, innermost first. Mirrors the frames at run time. */
export type Names =
  | {
      readonly kind: 'root'
      /** Names told by the caller; they win over built-in functions. */
      readonly declared: ReadonlySet<string>
      /** Collects every variable the expression may read. */
      readonly read: Set<string>
      /** Collects calls of names that are neither a built-in function nor bound in the expression. */
      readonly foreignCalls?: ForeignCall[]
    }
  | { readonly kind: 'slots'; readonly names: readonly string[]; readonly up: Names }
  /** Inside a filter: `item`, and the keys of the element, known only at run time. */
  | { readonly kind: 'filter'; readonly up: Names }

export type Step =
  | { readonly kind: 'slot'; readonly depth: number; readonly index: number }
  | { readonly kind: 'element'; readonly depth: number }
  | { readonly kind: 'root' }

/** Where to look for a name, in order. */
export function resolveName(spellings: readonly string[], names: Names): Step[] {
  const steps: Step[] = []
  let depth = 0
  for (let level = names; ; level = level.up) {
    if (level.kind === 'root') {
      for (const name of spellings) level.read.add(name)
      steps.push({ kind: 'root' })
      return steps
    }
    if (level.kind === 'filter') steps.push({ kind: 'element', depth })
    else {
      const { names: held } = level
      const index = Math.max(...spellings.map((name) => held.lastIndexOf(name)))
      if (index >= 0) {
        steps.push({ kind: 'slot', depth, index })
        return steps
      }
    }
    depth++
  }
}

export function rootOf(names: Names): Extract<Names, { kind: 'root' }> {
  return names.kind === 'root' ? names : rootOf(names.up)
}
