import { type LookupAddress, lookup as resolve } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { Agent, request } from 'undici'

/** One request to a machine that is not ours. */
export interface GuardedPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Real milliseconds until the whole answer must be there. */
  readonly timeoutMs: number
}
export interface GuardedAnswer {
  readonly status: number
  readonly body: string
}
/** Posts to machines outside. Follows no redirect, so a body and its signature never go to a host nobody named. */
export interface OutsidePoster {
  /** @throws Error when there is no whole answer: refused, cut off, too late, too large. */
  post(request: GuardedPost): Promise<GuardedAnswer>
  close(): Promise<void>
}

/** An answer is a receipt. What is longer is a mistake, or an attack on our memory. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** @param options.allowPrivate whether addresses inside the house (loopback, private, link-local) may be called */
export function outsidePoster(options: { readonly allowPrivate: boolean }): OutsidePoster {
  const agent = new Agent({ maxResponseSize: MAX_ANSWER_BYTES, connect: options.allowPrivate ? {} : { lookup: lookupPublic } })
  return {
    async post({ url, headers, body, timeoutMs }) {
      if (!options.allowPrivate && isPrivateHost(new URL(url).hostname)) throw privateAddress(url)
      const response = await request(url, {
        method: 'POST',
        headers,
        body,
        dispatcher: agent,
        signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
      })
      return { status: response.statusCode, body: await response.body.text() }
    },
    close: () => agent.destroy(),
  }
}

const PRIVATE = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4')
}
for (const [net, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv6')
}

/** True for an address literal inside the house and for `localhost`. Other names are judged once they are resolved. */
export function isPrivateHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  const family = isIP(bare)
  if (family === 0) return /(^|\.)localhost\.?$/i.test(bare)
  // The list knows an IPv4 address that is written inside an IPv6 one.
  return PRIVATE.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** Judges the address that is then really connected to: a name that resolves differently the second time gains nothing. */
function lookupPublic(host: string, options: { readonly all?: boolean | undefined }, callback: LookupCallback): void {
  resolve(host, { all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    const [first] = addresses
    if (!first || addresses.some(({ address }) => isPrivateHost(address))) return callback(privateAddress(host), [])
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

function privateAddress(place: string): Error {
  return new Error(`Expected an address on the public network, found ${place}, which is inside this one`)
}
