import type { EngineEvent } from '../../record/event.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { InstanceState } from '../../state/instance-state.ts'

/**
 * Scopes in which tokens came or went during a command. A join that depends on tokens elsewhere in its scope can only have
 * changed its mind there: looking at every scope after every command would make a large multi-instance cost its square.
 */
export class MovedTokens {
  readonly #scopes = new Set<ElementInstanceKey>()
  #everywhere = false
  readonly #conditions: ReadonlySet<'root' | 'inside'>

  /** @param conditions where joins have a condition of their own, so that a change of variables counts, too: in the root, or inside subprocesses */
  constructor(conditions: ReadonlySet<'root' | 'inside'>) {
    this.#conditions = conditions
  }

  /** Must see the event before it is applied: afterwards its element may be gone. */
  note(state: InstanceState | undefined, event: EngineEvent): void {
    switch (event.type) {
      case 'element.activating':
      case 'flow.taken':
      case 'token.removed':
        if (event.scopeKey !== undefined) this.#scopes.add(event.scopeKey)
        break
      case 'element.completed':
      case 'element.terminated':
      case 'element.terminating': {
        const scopeKey = state?.elements[event.key]?.scopeKey
        if (scopeKey !== undefined) this.#scopes.add(scopeKey)
        break
      }
      case 'scope.interrupted':
      case 'complexGateway.fired':
      case 'complexGateway.reset':
        this.#scopes.add(event.key)
        break
      case 'variables.set':
        if (this.#conditions.has('root') && event.scopeKey === state?.key) this.#scopes.add(event.scopeKey)
        if (this.#conditions.has('inside') && state?.elements[event.scopeKey]?.children) this.#everywhere = true
        break
      case 'incident.resolved':
        // It may have stopped a command before its joins were looked at.
        if (state?.incidents[event.incidentKey]?.incidentType === 'STEP_BUDGET_EXCEEDED') this.#everywhere = true
        break
    }
  }

  /** The instance goes by another definition now. */
  noteAll(): void {
    this.#everywhere = true
  }

  /** Takes out the next scope to be looked at; its joins have nothing more to do until tokens move there again. */
  take(state: InstanceState): ElementInstanceKey | undefined {
    if (this.#everywhere) {
      this.#everywhere = false
      for (const { key, tokens, fired } of Object.values(state.elements)) if (tokens || fired) this.#scopes.add(key)
    }
    const [scopeKey] = this.#scopes
    if (scopeKey !== undefined) this.#scopes.delete(scopeKey)
    return scopeKey
  }
}
