/** A fault of bpmn-engine that makes its word worth nothing where it applies. */
export interface KnownFault {
  readonly name: string
  readonly what: string
  readonly link: string
}

const fault = (name: string, what: string, link: string): KnownFault => ({ name, what, link })

/** Where bpmn-engine 25.0.1 is known to be wrong. Disagreement there is counted apart. */
export const KNOWN_FAULTS = {
  inclusiveJoin: fault(
    'inclusive-join',
    'An inclusive gateway does not wait for the tokens that can still come.',
    'https://github.com/paed01/bpmn-elements/issues/46',
  ),
  parallelAfterExclusive: fault(
    'parallel-join-after-exclusive',
    'A parallel join behind an exclusive gateway is fired by flows that were not taken.',
    'https://github.com/paed01/bpmn-engine/issues/200',
  ),
  standardLoop: fault(
    'standard-loop',
    'An activity with a standard loop begins anew without end.',
    'https://github.com/paed01/bpmn-elements/blob/master/docs/LoopCharacteristics.md',
  ),
  longDelay: fault(
    'long-delay',
    'A timer of more than 24.8 days fires at once: the delay overflows. Timers are answered, never waited for, so no path meets it.',
    'https://github.com/paed01/bpmn-engine/issues/168',
  ),
} as const satisfies Record<string, KnownFault>
