import { connect as connectTcp, type Socket } from 'node:net'
import { OutboundError, type Resolve, vettedAddresses } from './outbound-connect.ts'
import type { OutboundPolicy, SocketProtocol } from './outbound-policy.ts'
import { parseTarget } from './outbound-url.ts'

/** Where a connection is wanted to. */
export interface SocketTarget {
  readonly protocol: SocketProtocol
  /** A name or an address. */
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Rejects when the signal does, even while a name resolves or a connection opens, which nothing interrupts. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const abort = () => fail(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(done, fail).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** The URL that stands for the connection, for the policy and its refusals; the host is read as strictly as that of a request. */
function urlOf({ protocol, host, port }: SocketTarget): URL {
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  if (/[/?#@\\\s]/.test(host) || !(port > 0 && port < 65_536))
    throw new OutboundError('url', `${JSON.stringify(host)} with port ${port} is no host to connect to.`)
  // Schemes of the web are normalised (letters, names that are not ASCII), others are not.
  const { hostname } = parseTarget(`http://${bare}:${port}`)
  return new URL(`${protocol}://${hostname}:${port}`)
}

function open(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connectTcp({ host: address, port, noDelay: true })
    const give = (settle: () => void) => {
      signal.removeEventListener('abort', abort)
      socket.removeListener('error', failed)
      settle()
    }
    const failed = (error: Error) => give(() => fail(error))
    const abort = () => {
      socket.destroy()
      give(() => fail(signal.reason))
    }
    socket.once('error', failed)
    socket.once('connect', () => give(() => done(socket)))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
}

/** Resolves once, looks at the addresses, and connects to one that was looked at; see vettedConnector. */
export async function openSocket(
  policy: OutboundPolicy,
  resolve: Resolve,
  target: SocketTarget,
  signal: AbortSignal,
): Promise<Socket> {
  let failure: unknown
  for (const address of await orAborted(vettedAddresses(policy, urlOf(target), resolve), signal)) {
    try {
      return await open(address, target.port, signal)
    } catch (error) {
      if (signal.aborted) throw error
      failure ??= error
    }
  }
  throw failure
}

export async function vettedAddress(
  policy: OutboundPolicy,
  resolve: Resolve,
  target: SocketTarget,
): Promise<string> {
  const [address] = await vettedAddresses(policy, urlOf(target), resolve)
  if (address === undefined) throw new OutboundError('network', `The name ${target.host} has no address.`)
  return address
}
