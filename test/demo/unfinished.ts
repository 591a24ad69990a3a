import type { DeclarationRun } from './declaration-run.ts'
import type { RetryingClient } from './retrying-client.ts'

/** Says of every declaration that has not ended what it waits for; for a run that took too long. */
export async function describeUnfinished(runs: readonly DeclarationRun[], operator: RetryingClient): Promise<string> {
  const lines = runs
    .filter((run) => !run.isEnded)
    .flatMap(({ receiptNo, scenario, status }) => [
      `${receiptNo || '(not filed)'} (${scenario.id}): ${status?.state ?? 'nothing known'}`,
      ...(status?.waitingFor ?? []).map(({ elementId, name, since }) => `    waits at ${elementId} "${name}" since ${since}`),
      ...(status?.nextActions ?? []).map(({ action, elementId }) => `    its enterprise may ${action} ${elementId ?? ''}`),
    ])
  for (const [what, path, filter] of [
    ['open task', '/v2/user-tasks/search', { state: 'CREATED' }],
    ['incident', '/v2/incidents/search', { state: 'ACTIVE' }],
  ] as const) {
    const answer = await operator.ask({ method: 'POST', path, body: { filter } })
    const items = (answer.body as { items?: readonly Record<string, unknown>[] }).items ?? []
    for (const item of items) {
      const { elementId, processInstanceKey, errorType, errorMessage, assignee, candidateGroups } = item
      lines.push(`${what}: ${JSON.stringify({ elementId, processInstanceKey, errorType, errorMessage, assignee, candidateGroups })}`)
    }
  }
  return lines.join('\n')
}
