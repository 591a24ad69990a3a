/** The insight room's door: what looks at processes from outside, without a runtime. */
export type { VirtualMessage } from './mailbox.ts'
export {
  type JobAnswer,
  type JobOffer,
  type Offer,
  type VirtualInstance,
  VirtualWorld,
  WorldNeverRests,
  type WorldOptions,
} from './virtual-world.ts'
