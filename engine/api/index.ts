/** The door of `api`: the HTTP server. */

export type { Api, ApiParts, ApiSettings } from './api-parts.ts'
export type * from './contract.ts'
export { buildApi } from './server.ts'
