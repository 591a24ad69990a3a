import { type AgencyBehavior, NOTHING_TO_ANSWER, type Taken } from '../agency-behavior.ts'
import type { IncomingMessage } from '../incoming-message.ts'
import type { SeededChance, Triangle } from '../seeded-chance.ts'

const OFFER_TAKES: Triangle = [3, 5, 10]
const MOVE_TAKES: Triangle = [10, 15, 30]
const GATE_IN_TAKES: Triangle = [10, 20, 40]
const LOADING_TAKES: Triangle = [45, 60, 90]

interface TerminalMessage {
  readonly containers?: readonly { readonly containerNo?: string }[]
  readonly slot?: unknown
  readonly wantedOn?: unknown
}

/** The container terminal: offers inspection slots, moves boxes, takes in what was announced, and loads what is released. */
export function terminal(chance: SeededChance): AgencyBehavior {
  const bay = (receiptNo: string) => `X${1 + Math.floor(chance.draw('bay', receiptNo) * 8)}`

  function containersOf(message: IncomingMessage): readonly string[] {
    return ((message.body as TerminalMessage).containers ?? []).map(({ containerNo }) => containerNo ?? '')
  }

  function announced(message: IncomingMessage): Taken {
    const containers = containersOf(message)
    const gateIn = (at: string) => ({ gateIn: { containers, at, version: message.version } })
    return { answers: [{ name: 'terminal.gate-in', takesMinutes: GATE_IN_TAKES, variables: gateIn }] }
  }

  function release(message: IncomingMessage): Taken {
    const containers = containersOf(message)
    const loaded = (at: string) => ({ loaded: { containers, at, version: message.version } })
    return { answers: [{ name: 'terminal.loaded', takesMinutes: LOADING_TAKES, variables: loaded }] }
  }

  return {
    agencyId: 'terminal',
    transport: 'http',
    take(message) {
      const containers = containersOf(message)
      const { slot = null, wantedOn = null } = message.body as TerminalMessage
      // Another appointment for the same boxes is another effect.
      const effect = `${message.receiptNo} ${message.name} ${message.version} ${JSON.stringify([slot, wantedOn])}`
      if (message.name === 'slot-request') {
        const slotOffer = { bay: bay(message.receiptNo), containers, version: message.version }
        return { effect, answers: [{ name: 'terminal.slot-offer', takesMinutes: OFFER_TAKES, variables: () => ({ slotOffer }) }] }
      }
      if (message.name === 'move-order') {
        const moved = { bay: bay(message.receiptNo), containers, version: message.version }
        return { effect, answers: [{ name: 'terminal.moved', takesMinutes: MOVE_TAKES, variables: (at) => ({ moved: { ...moved, at } }) }] }
      }
      if (message.name === 'arrival-notice') return announced(message)
      return message.name === 'release' ? release(message) : NOTHING_TO_ANSWER
    },
  }
}
