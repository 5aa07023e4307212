import { lookup } from 'node:dns/promises'
import { buildConnector } from 'undici'
import { parseAddress } from './outbound-address.ts'
import { mayConnect, type OutboundPolicy, refusal } from './outbound-policy.ts'

/** All addresses of a host, in the order in which to try them. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

export interface OutboundTls {
  /** PEM; trusted instead of the system's authorities. */
  readonly rootCa?: string
  readonly clientCert?: string
  readonly clientKey?: string
  /** Any certificate is taken. */
  readonly insecure?: boolean
}

export type OutboundFailure = 'url' | 'network' | 'timeout' | 'aborted' | 'too-large' | 'too-many-redirects'

/** The request was made and failed, or its URL cannot be used. Refused addresses are a `Problem` instead. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'OutboundError'
    this.failure = failure
  }
}

export const outboundLimits = { redirectsMax: 3, addressesTriedMax: 4, connectMs: 10_000 } as const

/** The machine's own resolver. */
export async function systemResolve(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true, order: 'verbatim' })
  return found.map((each) => each.address)
}

/** The addresses of a URL's host that may be connected to; throws the refusal when there are some but none may. */
export async function vettedAddresses(policy: OutboundPolicy, url: URL, resolve: Resolve): Promise<string[]> {
  const literal = parseAddress(url.hostname) === undefined ? undefined : url.hostname.replace(/^\[|\]$/g, '')
  const all = literal === undefined ? await resolve(url.hostname) : [literal]
  const allowed = all.filter((text) => {
    const address = parseAddress(text)
    return address !== undefined && mayConnect(policy, url, address)
  })
  if (allowed.length === 0 && all[0] !== undefined) throw refusal(url, all[0])
  if (allowed.length === 0) throw new OutboundError('network', `The name ${url.hostname} has no address.`)
  return allowed.slice(0, outboundLimits.addressesTriedMax)
}

function urlOf({ protocol, hostname, port }: buildConnector.Options): URL {
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
  return new URL(`${protocol}//${host}${port ? `:${port}` : ''}`)
}

type Socket = Exclude<Parameters<buildConnector.Callback>[1], null>

function connectOnce(connector: buildConnector.connector, options: buildConnector.Options): Promise<Socket> {
  return new Promise((done, fail) => {
    // On failure undici leaves the socket out although its type says null.
    connector(options, (error, socket) => (error === null ? done(socket as Socket) : fail(error)))
  })
}

/**
 * Opens connections only to vetted addresses: the name is resolved once, here, and the socket goes to the address that
 * was looked at. A second answer of the DNS (rebinding) is never asked for. TLS still checks the name.
 */
export function vettedConnector(
  policy: OutboundPolicy,
  resolve: Resolve,
  tls: OutboundTls = {},
): buildConnector.connector {
  const connector = buildConnector({
    allowH2: false,
    timeout: outboundLimits.connectMs,
    rejectUnauthorized: tls.insecure !== true,
    ...(tls.rootCa === undefined ? {} : { ca: tls.rootCa }),
    ...(tls.clientCert === undefined ? {} : { cert: tls.clientCert, key: tls.clientKey }),
  })
  const open = async (options: buildConnector.Options): Promise<Socket> => {
    const url = urlOf(options)
    const isName = parseAddress(url.hostname) === undefined
    let failure: unknown
    for (const address of await vettedAddresses(policy, url, resolve)) {
      try {
        const target = { ...options, hostname: address, host: url.host }
        return await connectOnce(connector, isName ? { ...target, servername: url.hostname } : target)
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }
  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    )
  }
}
