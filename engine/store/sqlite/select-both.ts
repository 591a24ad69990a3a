import type { CheckedQuery } from '../checked-query.ts'
import type { ReadCalls, SqlRow } from './protocol.ts'
import { type SelectSource, selectPage, selectTotal } from './select.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** A page and how many match in all. The count is skipped where the page itself tells it. */
export async function selectBoth(
  reader: WorkerChannel<ReadCalls>,
  source: SelectSource,
  query: CheckedQuery,
): Promise<{ readonly rows: readonly SqlRow[]; readonly total: number }> {
  const page = selectPage(source, query)
  const rows = await reader.call('select', page.sql, page.params)
  const isLastPage = rows.length < query.limit && (rows.length > 0 || query.from === 0)
  if (isLastPage) return { rows, total: query.from + rows.length }
  const count = selectTotal(source, query)
  const [row] = await reader.call('select', count.sql, count.params)
  return { rows, total: row?.[0] as number }
}
