/** The door of `access`: who someone is, what they may do, and what they did. */

export { NOBODY } from './authenticator.ts'
export type * from './contract.ts'
export { AccessFailure, ROLES } from './contract.ts'
export { type AccessOptions, openAccess } from './open-access.ts'
export { checkPassword, SHORTEST_PASSWORD } from './password.ts'
export { ACTIONS, type Action, may, PERMISSIONS } from './permission.ts'
export { boundAgency, maySay, mayWorkOn, officerGroups, ownsDeclaration, seesTask } from './scope.ts'
