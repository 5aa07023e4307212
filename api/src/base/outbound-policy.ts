import {
  type Address,
  type AddressKind,
  addressKind,
  addressKindWords,
  isInside,
  type Network,
  parseAddress,
  parseNetwork,
} from './outbound-address.ts'
import { Problem } from './problem.ts'

/** Where this installation may connect to beyond the public internet. */
export interface OutboundPolicy {
  /** Names, in lower case: `build.example.org`, or `*.example.org` for everything below it. */
  readonly hosts: readonly string[]
  readonly networks: readonly Network[]
  /** Exactly these, as `http://10.0.0.5:8080` or `ssh://10.0.0.5:22`. */
  readonly origins: readonly string[]
  /** This installation's own origins: allowed too, but nothing may claim to be somebody there. */
  readonly ownOrigins: readonly string[]
  /** Equal for policies that say the same. */
  readonly key: string
}

/** A word of the allow-list that is no name, network or origin. */
export class OutboundPolicyError extends Error {}

const hostPattern = /^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

/** What connections are made for besides http, and the port that an origin means when it names none. */
const socketPorts = { ssh: 22, smtp: 25, postgresql: 5432, tcp: undefined } as const
export type SocketProtocol = keyof typeof socketPorts

function isSocketProtocol(name: string): name is SocketProtocol {
  return Object.hasOwn(socketPorts, name)
}

/** Scheme, host and port; undefined for what nothing here connects to. `URL.origin` knows only the schemes of the web. */
export function originOf(url: URL): string | undefined {
  const name = url.protocol.slice(0, -1)
  if (name === 'http' || name === 'https') return url.origin
  const port = isSocketProtocol(name) ? url.port || socketPorts[name] : undefined
  return port === undefined || url.hostname === ''
    ? undefined
    : `${name}://${plainHost(url.hostname)}:${port}`
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

/**
 * Reads an allow-list as people write it: each entry is a name, `*.name`, an address, a network or an origin.
 * Throws `OutboundPolicyError` for anything else, because a misspelt entry would silently allow nothing.
 */
export function outboundPolicy(
  entries: readonly string[],
  ownOrigins: readonly string[] = [],
): OutboundPolicy {
  const policy = { hosts: [] as string[], networks: [] as Network[], origins: [] as string[] }
  for (const entry of entries.map((each) => each.trim()).filter((each) => each !== '')) {
    const network = parseNetwork(entry)
    const url = entry.includes('://') ? URL.parse(entry) : null
    const origin = url === null ? undefined : originOf(url)
    if (network !== undefined) policy.networks.push(network)
    else if (origin !== undefined) policy.origins.push(origin)
    else if (hostPattern.test(plainHost(entry))) policy.hosts.push(plainHost(entry))
    else {
      throw new OutboundPolicyError(
        `${JSON.stringify(entry)} is neither a host name (*.name for everything below it), an address, a network like 10.0.0.0/8 nor an origin like http://10.0.0.5:8080 or ssh://build.example.org:22.`,
      )
    }
  }
  return {
    ...policy,
    ownOrigins: ownOrigins.map((each) => new URL(each).origin),
    key: JSON.stringify([entries, ownOrigins]),
  }
}

function isNamed(policy: OutboundPolicy, host: string): boolean {
  const name = plainHost(host)
  return policy.hosts.some((entry) =>
    entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry,
  )
}

/** What a name on the list opens. The rest needs its network: whoever owns a name's DNS must not reach metadata with it. */
const openedByName: ReadonlySet<AddressKind> = new Set(['public', 'private', 'loopback'])

/** May a connection for `url` go to this address? */
export function mayConnect(policy: OutboundPolicy, url: URL, address: Address): boolean {
  const kind = addressKind(address)
  if (kind === 'public') return true
  if (policy.networks.some((network) => isInside(address, network))) return true
  const origin = originOf(url)
  if (origin !== undefined && (policy.origins.includes(origin) || policy.ownOrigins.includes(origin)))
    return true
  return openedByName.has(kind) && isNamed(policy, url.hostname)
}

/** The refusal, naming the address, what it is, and what an administrator would have to allow. */
export function refusal(url: URL, addressText: string): Problem {
  const host = url.hostname
  const address = parseAddress(addressText)
  const kind = address === undefined ? 'reserved' : addressKind(address)
  const bare = addressText.replace(/^\[(.*)\]$/, '$1')
  const where = parseAddress(host) === undefined ? `${bare}, which ${host} resolves to` : bare
  const ways = [`the network ${bare}/${address?.family === 4 ? 32 : 128}`, `the origin ${originOf(url)}`]
  if (openedByName.has(kind) && parseAddress(host) === undefined) ways.unshift(`the name ${host}`)
  return new Problem(
    'outbound-refused',
    `Not connected to ${where}: it is ${addressKindWords[kind]}, and requests may only go to public addresses and to what the setting outbound_allow lists. ` +
      `If this target is meant, an administrator can add ${ways.join(' or ')} there.`,
    { details: { host } },
  )
}

/** Identity that only a proxy in front of us may state; sent to ourselves it would make any template anybody. */
const claims = /^(x-remote-|x-forwarded-|forwarded$|x-real-ip$|cookie$)/i

/** Refuses headers with which a request to this installation itself would claim to come from somebody else. */
export function refuseClaims(policy: OutboundPolicy, url: URL, headerNames: readonly string[]): void {
  if (!policy.ownOrigins.includes(url.origin)) return
  const claim = headerNames.find((name) => claims.test(name))
  if (claim === undefined) return
  throw new Problem(
    'outbound-refused',
    `The header ${claim} is not sent to this installation itself: it would let a template act as somebody else. Use an API token in the header authorization.`,
    { details: { host: url.hostname } },
  )
}
