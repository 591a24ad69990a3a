/** A JSON value: what variables, payloads and documents are made of. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** Named variables of one scope, or a payload of several. */
export type Variables = Readonly<Record<string, Json>>
