import type { DeclarationRun } from './declaration-run.ts'
import { align } from './report.ts'

/** What happened to a declaration, in the single window's own time. */
export function toTimeline(run: DeclarationRun): string {
  const { status, scenario } = run
  if (!status) return `${scenario.id}: nothing is known of it`
  const start = Date.parse(status.timeline[0]?.at ?? '')
  const rows = status.timeline
    .filter(({ elementType, what }) => what !== 'started' || /Task|callActivity/i.test(elementType))
    .map(({ at, name, elementId, what }) => [
      `  ${at.slice(0, 19).replace('T', ' ')}`,
      sinceStart(Date.parse(at) - start),
      what,
      name || elementId,
    ])
  const clocks = Object.entries(status.clocks).map(([clock, at]) => `${clock} ${at.slice(5, 16).replace('T', ' ')}`)
  const documents = status.documents.map(({ kind }) => kind)
  return [
    `${status.receiptNo}  ${scenario.title}`,
    align(rows),
    `  clocks: ${clocks.join(' · ')}`,
    ...(documents.length > 0 ? [`  documents issued: ${documents.join(', ')}`] : []),
    `  ended as ${status.state} after ${(run.elapsedMs / 1000).toFixed(1)} s of real time`,
  ].join('\n')
}

function sinceStart(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return `+${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}
