/**
 * What kind of place an IP address is. Only `public` may be reached without being allowed by name: everything else is
 * this machine, its neighbours, a cloud's metadata service, or a spelling that hides one of them inside another address.
 */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'embedded-ipv4'
  | 'reserved'

export const addressKindWords: Record<AddressKind, string> = {
  public: 'a public address',
  loopback: 'this machine itself',
  private: 'a private network',
  'link-local': 'a link-local address',
  metadata: 'the metadata service of a cloud',
  unspecified: 'no particular host',
  multicast: 'a multicast or broadcast address',
  'embedded-ipv4': 'an IPv4 address hidden in an IPv6 one',
  reserved: 'a reserved range',
}

export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

export interface Network extends Address {
  readonly prefix: number
}

/** Four decimal numbers without leading zeros, and nothing else: `127.1`, `0x7f000001` and `0177.0.0.1` are no addresses here. */
function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = (value << 8n) | BigInt(part)
  }
  return value
}

/** Groups of one side of `::`; a dotted IPv4 tail counts as two. */
function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const tail = index === parts.length - 1 ? parseIpv4(part) : undefined
      if (tail === undefined) return undefined
      groups.push(tail >> 16n, tail & 0xffffn)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`))
    } else return undefined
  }
  return groups
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] ?? '')
  const tail = groupsOf(halves[1] ?? '')
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

/** Reads an address as resolvers and URLs write it (brackets and a zone are taken off); undefined when it is a name. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  const ipv4 = parseIpv4(bare)
  if (ipv4 !== undefined) return { family: 4, value: ipv4 }
  const ipv6 = bare.includes(':') ? parseIpv6(bare) : undefined
  return ipv6 === undefined ? undefined : { family: 6, value: ipv6 }
}

/** `10.0.0.0/8`, `fd00::/8`, or one address; undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText = '', prefixText] = text.split('/')
  const address = parseAddress(addressText)
  if (address === undefined) return undefined
  const bits = address.family === 4 ? 32 : 128
  if (prefixText === undefined) return { ...address, prefix: bits }
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return undefined
  return { ...address, prefix: Number(prefixText) }
}

export function isInside(address: Address, network: Network): boolean {
  if (address.family !== network.family) return false
  const shift = BigInt((address.family === 4 ? 32 : 128) - network.prefix)
  return address.value >> shift === network.value >> shift
}

/** First match counts, so single addresses stand before the ranges they lie in. From IANA's special-purpose registries. */
const ranges: readonly (readonly [AddressKind, readonly string[]])[] = [
  // The last three are Alibaba's, Azure's and Oracle's; the IPv6 ones are Amazon's and Google's.
  ['metadata', ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192']],
  ['metadata', ['fd00:ec2::254', 'fd20:ce::254']],
  ['unspecified', ['0.0.0.0/8', '::']],
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', '255.255.255.255', 'ff00::/8']],
  // Mapped, compatible, translated (SIIT), both NAT64 prefixes, Teredo, 6to4.
  ['embedded-ipv4', ['::ffff:0:0/96', '::/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48']],
  ['embedded-ipv4', ['2001::/32', '2002::/16']],
  ['reserved', ['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24']],
  ['reserved', ['203.0.113.0/24', '240.0.0.0/4', '2001::/23', '2001:db8::/32', '3fff::/20']],
]

const networks: readonly (readonly [AddressKind, Network])[] = ranges.flatMap(([kind, texts]) =>
  texts.map((text) => [kind, parseNetwork(text) as Network] as const),
)
const globalUnicast = parseNetwork('2000::/3') as Network

/** An interface id of ISATAP carries an IPv4 address under whatever prefix stands before it. */
function isIsatap(value: bigint): boolean {
  const marker = (value >> 32n) & 0xffff_ffffn
  return marker === 0x5efen || marker === 0x0200_5efen
}

export function addressKind(address: Address): AddressKind {
  const listed = networks.find(([, network]) => isInside(address, network))
  if (listed !== undefined) return listed[0]
  if (address.family === 4) return 'public'
  if (isIsatap(address.value)) return 'embedded-ipv4'
  return isInside(address, globalUnicast) ? 'public' : 'reserved'
}
