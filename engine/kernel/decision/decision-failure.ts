/**
 * Ends an evaluation from any depth of nested logic, also from inside FEEL functions. Caught at the room's door and
 * handed out as a value.
 */
export class DecisionFailure extends Error {
  constructor(
    message: string,
    readonly decisionId?: string,
  ) {
    super(message)
  }
}
