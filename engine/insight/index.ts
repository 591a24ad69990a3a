/** The insight room's door: what looks at processes from outside, without a runtime. */
export type { JobAnswer, JobOffer, Offer } from './job-answer.ts'
export type { VirtualMessage } from './mailbox.ts'
export type { VirtualInstance } from './virtual-instance.ts'
export { VirtualWorld, WorldNeverRests, type WorldOptions } from './virtual-world.ts'
