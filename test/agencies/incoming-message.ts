import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { XMLParser } from 'fast-xml-parser'

/** A message of the single window as an agency reads it. */
export interface IncomingMessage {
  readonly agencyId: string
  /** Message id of the single window, e.g. `cus.dec`. */
  readonly name: string
  readonly receiptNo: string
  readonly version: number
  /** ISO 8601, as the message's envelope states it; the agency's own clock where it states none. */
  readonly sentAt: string
  /** The same for every repeat of this message. */
  readonly idempotencyKey: string
  /** Parsed JSON or XML. */
  readonly body: unknown
}

/** Why a message cannot be taken at all; becomes the HTTP status. */
export class BadMessage extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'BadMessage'
    this.status = status
  }
}

// Tag values stay text: an 18-digit number or a code with leading zeros would not survive as a number.
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => REPEATED_TAGS.has(name),
})
/** Rows that come as a list even when there is one. */
const REPEATED_TAGS: ReadonlySet<string> = new Set(['DecList', 'DecContainer', 'DecLicenseDocu', 'IncludedTradeLineItem'])

export function readMessage(agencyId: string, headers: IncomingHttpHeaders, text: string): IncomingMessage {
  const body = parseBody(String(headers['content-type'] ?? ''), text)
  return {
    agencyId,
    name: requireHeader(headers, 'x-window-message'),
    receiptNo: requireHeader(headers, 'x-window-receipt'),
    version: Number(requireHeader(headers, 'x-window-version')),
    idempotencyKey: requireHeader(headers, 'idempotency-key'),
    sentAt: sentAtOf(body),
    body,
  }
}

/** Compares in constant time; `secret` is what the agency and the single window agreed on. */
export function isSignedWith(secret: string, signature: string | undefined, body: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const found = Buffer.from(signature ?? '')
  return expected.length === found.length && timingSafeEqual(expected, found)
}

export function parseBody(contentType: string, body: string): unknown {
  if (contentType.includes('xml')) {
    if (/<!DOCTYPE|<!ENTITY/i.test(body)) throw new BadMessage(400, 'Expected XML without a document type, found <!DOCTYPE or <!ENTITY')
    return parseOr400('XML', () => xml.parse(body, true))
  }
  if (contentType.includes('json')) return parseOr400('JSON', () => JSON.parse(body))
  throw new BadMessage(415, `Expected content of type JSON or XML, found "${contentType}"`)
}

/** `envelope.sentAt` of JSON, `Envelope/SentAt` or `ExchangedDocument/IssueDateTime` under the root of XML. */
export function sentAtOf(body: unknown): string {
  const root = body as Record<string, Record<string, Record<string, unknown> | undefined> | undefined>
  const stated =
    root?.envelope?.sentAt ??
    Object.values(root ?? {})
      .map((below) => below?.Envelope?.SentAt ?? below?.ExchangedDocument?.IssueDateTime)
      .find((found) => found !== undefined)
  return typeof stated === 'string' && !Number.isNaN(Date.parse(stated)) ? stated : new Date().toISOString()
}

function parseOr400(what: string, parse: () => unknown): unknown {
  try {
    return parse()
  } catch (error) {
    throw new BadMessage(400, `Expected well-formed ${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function requireHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw new BadMessage(400, `Expected the header ${name}, found none`)
  return value
}
