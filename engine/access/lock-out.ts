import type { EpochMs } from '../kernel/index.ts'

export const FREE_FAILURES = 5
const FIRST_LOCK_MS = 60_000
const LONGEST_LOCK_MS = 3_600_000

/** Until when sign-in is locked after `failures` wrong passwords in a row: a minute, doubling up to an hour. 0: not at all. */
export function lockedUntil(failures: number, now: EpochMs): EpochMs {
  if (failures < FREE_FAILURES) return 0
  return now + Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(failures - FREE_FAILURES, 16))
}
