import type { SeededChance } from '../agencies/seeded-chance.ts'
import { pause } from './pause.ts'

/** When the next kill strikes: so long after the server was started, or after it took requests again. */
export interface PlannedKill {
  readonly after: 'spawned' | 'ready'
  readonly waitMs: number
}

/** Every fifth kill or so strikes while the server is still recovering from the last one. */
const STRIKES_DURING_RECOVERY = 0.2
const LONGEST_WAIT_MS = 2_600
const SHORTEST_WAIT_MS = 60
const LONGEST_RECOVERY_WAIT_MS = 700

export function planKills(chance: SeededChance, count: number): readonly PlannedKill[] {
  return Array.from({ length: count }, (_, index) => {
    // The first one needs a server that has something to lose.
    const after = index > 0 && chance.draw('kill during recovery', index) < STRIKES_DURING_RECOVERY ? 'spawned' : 'ready'
    const longest = after === 'spawned' ? LONGEST_RECOVERY_WAIT_MS : LONGEST_WAIT_MS
    return { after, waitMs: Math.round(SHORTEST_WAIT_MS + chance.draw('kill wait', index) * (longest - SHORTEST_WAIT_MS)) }
  })
}

export interface Victim {
  spawn(): void
  ready(): Promise<void>
  kill(): Promise<void>
}
export interface Strike {
  readonly plan: readonly PlannedKill[]
  readonly victim: Victim
  /** Resolves once there is work under way; a kill of an idle server would prove nothing. */
  readonly workUnderWay: () => Promise<void>
  readonly onKill: (kill: number) => void
  readonly signal: AbortSignal
}

/** Kills and restarts as planned; returns how many kills were done. The server is up when it returns. */
export async function strike({ plan, victim, workUnderWay, onKill, signal }: Strike): Promise<number> {
  let done = 0
  for (const { after, waitMs } of plan) {
    if (after === 'ready') {
      await victim.ready()
      await workUnderWay()
    }
    await pause(waitMs, signal)
    if (signal.aborted) break
    await victim.kill()
    onKill(++done)
    victim.spawn()
  }
  await victim.ready()
  return done
}
