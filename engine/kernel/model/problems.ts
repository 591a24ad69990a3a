import type { BpmnProblem } from './contract.ts'

/** Collects everything that is wrong with a file, so that the modeller mends it in one go. */
export class Problems {
  readonly list: BpmnProblem[] = []

  error(elementId: string, rule: string, message: string, line?: number): void {
    this.list.push({ elementId, rule, message, severity: 'error', ...(line !== undefined && { line }) })
  }

  warn(elementId: string, rule: string, message: string, line?: number): void {
    this.list.push({ elementId, rule, message, severity: 'warning', ...(line !== undefined && { line }) })
  }
}
