import { BlockList, isIP } from 'node:net'

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
  return address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4
    ? address.slice(7)
    : address
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}

/** Is the text an address, or a network such as 10.0.0.0/8? */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = familyOf(address)
  if (family === undefined || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128))
}

/** Does the address lie in one of the networks? False for texts that are no address; networks that are none are skipped. */
export function isIn(networks: readonly string[], address: string): boolean {
  const plain = plainAddress(address)
  const family = familyOf(plain)
  if (family === undefined) return false
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const [base = '', bits] = network.split('/')
    const of = familyOf(base) ?? 'ipv4'
    if (bits === undefined) list.addAddress(base, of)
    else list.addSubnet(base, Number(bits), of)
  }
  return list.check(plain, family)
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
    if (hop === undefined || isIP(hop) === 0) break
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
