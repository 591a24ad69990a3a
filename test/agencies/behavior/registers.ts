/**
 * What agencies know and the single window does not: their own registers. A declaration that names one of these is in
 * order as a document and still not acceptable.
 */

/** Supervised places whose licence the customs office has suspended. */
export const SUSPENDED_PLACES: ReadonlySet<string> = new Set(['SUSPENDED YARD 7', '停用监管场所7号'])

/** Export licences that were declared lost. */
export const LOST_LICENCES: ReadonlySet<string> = new Set(['LOST-2026-0007'])

/** Trading partners about whom the customs' own intelligence wants the goods seen. */
export const PARTNERS_TO_EXAMINE: ReadonlySet<string> = new Set(['NIGHT TIDE TRADING LTD'])

/** Contracts whose price the customs doubts until it has seen the contract. */
export const CONTRACTS_TO_SHOW: ReadonlySet<string> = new Set(['HT-UNSEEN-01'])

/** Batches that the inspection's laboratory has recalled. */
export const RECALLED_BATCHES: ReadonlySet<string> = new Set(['RECALLED-0815'])
