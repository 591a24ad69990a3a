/** Which of our rules refuse the files of a constraint. Names of constraints are those of BPMNspector. */
export const STANDARD_RULES: Readonly<Record<string, readonly string[]>> = {}
