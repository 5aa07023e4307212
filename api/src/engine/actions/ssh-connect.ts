import type { Duplex } from 'node:stream'
import ssh2, { type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2'
import type { Outbound } from '../../base/outbound.ts'
import { ActionError } from '../action.ts'
import { algorithmsFor } from './ssh-key.ts'
import type { SshHost, SshOrder } from './ssh-order.ts'
import type { Trust } from './ssh-trust.ts'

/** For each host of the way: connecting, keys, authentication. µTask's. */
const connectMs = 10_000

/** A connection to the target, and those to the hops that carry it. */
export interface SshConnection {
  /** Starts a command; rejects when the server gives no channel. */
  exec(command: string): Promise<ClientChannel>
  /** Ends every connection of the way at once. */
  end(): void
}

const addressOf = ({ name, port }: SshHost) => `${name}:${port}`

/** Wrong keys and unknown users stay wrong however often they are tried; everything else may pass. */
function failureOf(error: Error & { level?: string }, host: SshHost, isFirst: boolean): ActionError {
  const at = addressOf(host)
  if (error.level === 'client-authentication')
    return new ActionError('client', `${at} does not let ${host.user} in with this key.`, { cause: error })
  const way = isFirst ? '' : ' through the hop before it'
  return new ActionError('server', `No SSH connection to ${at}${way}: ${error.message}`, { cause: error })
}

/** Resolves when the user is let in. The host key is judged before anything secret is sent. */
function signIn(
  socket: Duplex,
  host: SshHost,
  { key, passphrase }: SshOrder,
  trust: Trust,
  isFirst: boolean,
): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  let refusal: unknown
  const judge = (blob: Buffer): boolean => {
    try {
      trust.demand(host, blob)
      return true
    } catch (error) {
      refusal = error
      return false
    }
  }
  return new Promise((done, fail) => {
    client.on('ready', () => done(client))
    // Also after the promise is settled: an error nobody listens to would end the process.
    client.on('error', (error) => fail(refusal ?? failureOf(error, host, isFirst)))
    client.on('close', () => fail(refusal ?? failureOf(new Error('it hung up'), host, isFirst)))
    client.connect({
      sock: socket as never,
      username: host.user,
      privateKey: key,
      passphrase,
      readyTimeout: connectMs,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      hostVerifier: judge,
      algorithms: {
        serverHostKey: algorithmsFor(trust.expectedTypes(host)) as ServerHostKeyAlgorithm[],
      },
    })
  })
}

function forward(client: ssh2.Client, host: SshHost): Promise<Duplex> {
  return new Promise((done, fail) => {
    client.forwardOut('127.0.0.1', 0, host.name, host.port, (error, channel) =>
      error ? fail(failureOf(error, host, false)) : done(channel),
    )
  })
}

function start(client: ssh2.Client, command: string, at: string): Promise<ClientChannel> {
  return new Promise((done, fail) => {
    client.exec(command, (error, channel) =>
      error
        ? fail(new ActionError('server', `${at} runs nothing: ${error.message}`, { cause: error }))
        : done(channel),
    )
  })
}

/**
 * Goes from hop to hop to the target. Only the first connection is ours and vetted; where a hop may connect to is its own
 * affair. Ends everything and rejects when the signal aborts.
 */
export async function connectSsh(
  outbound: Outbound,
  order: SshOrder,
  trust: Trust,
  signal: AbortSignal,
): Promise<SshConnection> {
  const clients: ssh2.Client[] = []
  let socket: Duplex | undefined
  const end = () => {
    for (const client of clients.toReversed()) client.destroy()
    socket?.destroy()
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    for (const host of order.hosts) {
      signal.throwIfAborted()
      const carrier = clients.at(-1)
      const target = {
        protocol: 'ssh' as const,
        host: host.name,
        port: host.port,
        timeoutMs: connectMs,
        signal,
      }
      socket = carrier === undefined ? await outbound.connect(target) : await forward(carrier, host)
      clients.push(await signIn(socket, host, order, trust, carrier === undefined))
    }
    signal.throwIfAborted()
  } catch (error) {
    end()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
  const client = clients.at(-1) as ssh2.Client
  const at = addressOf(order.hosts.at(-1) as SshHost)
  return { exec: (command) => start(client, command, at), end }
}
