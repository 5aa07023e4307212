import { isInside, parseAddress, parseNetwork } from '../../base/outbound-address.ts'

/** What is known of a request before anybody is trusted; HTTP and WebSocket both build it with `requestFacts`. */
export interface RequestFacts {
  readonly cookie: string | undefined
  readonly authorization: string | undefined
  /** The other end of the socket, as the operating system says. */
  readonly remoteAddress: string
  readonly headers: { get(name: string): string | null }
}

export function requestFacts(
  headers: { get(name: string): string | null },
  remoteAddress: string,
): RequestFacts {
  return {
    cookie: headers.get('cookie') ?? undefined,
    authorization: headers.get('authorization') ?? undefined,
    remoteAddress,
    headers,
  }
}

/** An IPv4 address that arrives over an IPv6 socket is the IPv4 address. */
export function plainAddress(address: string): string {
  const tail = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : ''
  return parseAddress(tail)?.family === 4 ? tail : address
}

/** Does the address lie in one of the networks? False for a text that is no address. */
export function isIn(networks: readonly string[], address: string): boolean {
  const parsed = parseAddress(plainAddress(address))
  if (parsed === undefined) return false
  return networks.some((text) => {
    const network = parseNetwork(text)
    return network !== undefined && isInside(parsed, network)
  })
}

export function isLoopback(address: string): boolean {
  return isIn(['127.0.0.0/8', '::1'], address)
}

/**
 * Who really asks. Only a proxy that the configuration names is asked whom it speaks for, and of the list it hands over
 * the last entry that is not such a proxy itself counts: everything left of that the client could have written.
 */
export function clientAddress(facts: RequestFacts, trustedProxies: readonly string[]): string {
  let address = plainAddress(facts.remoteAddress)
  const hops = (facts.headers.get('x-forwarded-for') ?? '').split(',').map((hop) => plainAddress(hop.trim()))
  while (isIn(trustedProxies, address)) {
    const hop = hops.pop()
    if (hop === undefined || parseAddress(hop) === undefined) break
    address = hop
  }
  return address
}

/**
 * Did this request begin on this machine? A forwarded one did not, whatever the socket says: a proxy on the same machine
 * that nobody named would otherwise make the whole world local.
 */
export function isLocal(facts: RequestFacts): boolean {
  const forwarded = ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'via']
  return isLoopback(facts.remoteAddress) && forwarded.every((name) => facts.headers.get(name) === null)
}
