import type { ExpressionEnv, FeelScope } from '../contract.ts'

/** One evaluation: what it may read, and what it has to say. */
export class Run {
  warnings: string[] | undefined

  constructor(
    readonly scope: FeelScope,
    readonly env: ExpressionEnv,
  ) {}

  /** FEEL's answer to a failing operation: null, and a word why. */
  warn(message: string): null {
    this.warnings ??= []
    if (this.warnings.length < mostWarnings) this.warnings.push(message)
    return null
  }
}

const mostWarnings = 50
