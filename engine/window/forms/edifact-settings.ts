import type { JsonObject } from '../../kernel/index.ts'
import type { Envelope } from '../contract.ts'
import { findMessageTable, type InterchangeSettings } from '../edifact/index.ts'

/** Character sets whose bytes are those of UTF-8. */
const SENT_AS_UTF8: ReadonlySet<string> = new Set(['UNOA', 'UNOB', 'UNOW', 'UNOY'])

/** `forms/edifact.json`: how the platform and the agencies are called in interchanges, and in which characters each agency takes them. */
export interface EdifactSettings {
  readonly sender: string
  readonly association: string
  readonly zone: string
  readonly agencies: Readonly<Record<string, { readonly id: string; readonly characterSet: string }>>
}

/** @throws Error when the file does not say what a message of the agency needs. */
export function toEdifactSettings(file: JsonObject): EdifactSettings {
  const settings = file as unknown as EdifactSettings
  for (const [agencyId, { id, characterSet }] of Object.entries(settings.agencies)) {
    if (!/^[^:]{1,35}(?::[A-Z0-9]{1,4})?$/.test(id)) throw new Error(`Expected an id such as CUSTOMS:ZZZ for ${agencyId}, found ${id}`)
    // Messages leave as UTF-8: a repertoire of other bytes would announce what is not sent.
    if (!SENT_AS_UTF8.has(characterSet))
      throw new Error(`Expected one of the character sets UNOA, UNOB, UNOW and UNOY for ${agencyId}, found ${characterSet}`)
  }
  return settings
}

/** What wraps the agency's messages of a type. @throws Error when the agency or the type is not known. */
export function interchangeOf(
  settings: EdifactSettings | undefined,
  agencyId: string,
  messageType: string | undefined,
): (envelope: Envelope) => InterchangeSettings {
  if (messageType === undefined || findMessageTable(messageType) === undefined) {
    throw new Error(`Expected a comment "edifact: CUSDEC" with a message type of the directory, found ${messageType ?? 'none'}`)
  }
  const agency = settings?.agencies[agencyId]
  if (settings === undefined || agency === undefined)
    throw new Error(`Expected forms/edifact.json to have an agency ${agencyId}, found none`)
  const { sender, association, zone } = settings
  return ({ messageId, sentAt }) => ({
    messageType,
    sender,
    recipient: agency.id,
    characterSet: agency.characterSet,
    association,
    messageId,
    sentAt,
    zone,
  })
}

/** Who exchanges with whom; undefined when the agency has no name in interchanges. */
export function partiesOf(
  settings: EdifactSettings | undefined,
  agencyId: string,
): { sender: string; agency: string; zone: string } | undefined {
  const agency = settings?.agencies[agencyId]
  return settings && agency && { sender: settings.sender, agency: agency.id, zone: settings.zone }
}
