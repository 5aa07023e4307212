import type { Socket } from 'node:net'
import { Agent, type Dispatcher, request as send } from 'undici'
import {
  OutboundError,
  type OutboundTls,
  outboundLimits,
  type Resolve,
  systemResolve,
  vettedConnector,
} from './outbound-connect.ts'
import { type OutboundPolicy, refuseClaims } from './outbound-policy.ts'
import { openSocket, orAborted, type SocketTarget, vettedAddress } from './outbound-socket.ts'
import { OutboundUrlError, parseRedirect, parseTarget } from './outbound-url.ts'
import { Problem } from './problem.ts'

export interface OutboundRequest {
  readonly url: string
  readonly method: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For all of it: resolving, connecting, redirects, the last byte. */
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  /** At most 3; absent or 0: a redirect is an answer like any other. */
  readonly redirects?: number
  readonly signal?: AbortSignal
  readonly tls?: OutboundTls
}

export interface OutboundResponse {
  readonly status: number
  /** Names in lower case; a name may occur several times. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
  /** The last URL, after redirects; without credentials. */
  readonly url: string
}

const redirectStatus = new Set([301, 302, 303, 307, 308])
/** All that travels to another origin. Not only `authorization`: keys stand in headers of any name. */
const harmless = new Set(['accept', 'accept-language', 'content-type', 'user-agent'])

async function readBody(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      throw new OutboundError('too-large', `The answer is longer than the ${maxBytes} bytes that are read.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function headersOf(response: Dispatcher.ResponseData): Record<string, string[]> {
  const entries = Object.entries(response.headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, [value as string | string[]].flat()]))
}

interface Bounds {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Whatever goes wrong becomes a sentence; refusals stay what they are. */
async function within<T>(
  { timeoutMs, signal }: Bounds,
  { host, late }: { readonly host: string; readonly late: string },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await work(signal === undefined ? timeout : AbortSignal.any([timeout, signal]))
  } catch (error) {
    if (error instanceof Problem || error instanceof OutboundError) throw error
    if (error instanceof OutboundUrlError) throw new OutboundError('url', error.message)
    if (signal?.aborted) throw new OutboundError('aborted', `The request to ${host} was stopped.`, error)
    if (timeout.aborted) throw new OutboundError('timeout', late, error)
    throw new OutboundError('network', `No answer from ${host}: ${reasonOf(error)}`, error)
  }
}

/** What is asked next after a redirect: browsers' rules for method and body, and no secret leaves the origin. */
function redirected(request: OutboundRequest, from: URL, to: URL, status: number): OutboundRequest {
  const keepsMethod =
    status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD'
  const dropsBody = !keepsMethod
  const sameOrigin = from.origin === to.origin
  const headers = Object.entries(request.headers).filter(
    ([name]) => (sameOrigin || harmless.has(name)) && !(dropsBody && name.startsWith('content-')),
  )
  return {
    ...request,
    url: to.href,
    method: keepsMethod ? request.method : 'GET',
    headers: Object.fromEntries(headers),
    ...(dropsBody ? { body: undefined } : {}),
    ...(sameOrigin || request.tls === undefined
      ? {}
      : { tls: { ...request.tls, clientCert: undefined, clientKey: undefined } }),
  }
}

/** The sentence of the error that says most: undici and node wrap the reason in causes and aggregates. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error
  return inner instanceof Error ? inner.message || inner.name : String(inner)
}

/**
 * The only way out of the house: every outbound request and connection of every part goes through one of these.
 * `policy` is asked for each request, so a changed setting counts at once.
 */
export class Outbound {
  readonly #policy: () => OutboundPolicy
  readonly #resolve: Resolve
  #shared: { policyKey: string; agent: Agent } | undefined

  constructor(policy: () => OutboundPolicy, resolve: Resolve = systemResolve) {
    this.#policy = policy
    this.#resolve = resolve
  }

  /**
   * Sends and reads the whole answer, whatever its status. Throws `Problem` outbound-refused when the target may not be
   * reached (nothing was connected then), `OutboundError` for everything else that can go wrong.
   */
  async request(request: OutboundRequest): Promise<OutboundResponse> {
    const host = URL.parse(request.url)?.host ?? request.url
    const late = `${host} did not answer completely within ${request.timeoutMs} ms.`
    return within(request, { host, late }, (signal) => this.#follow(request, signal))
  }

  /**
   * A connection to a vetted address, for protocols that are not HTTP; the caller ends it. Throws like `request`.
   * `timeoutMs` is only for resolving and connecting.
   */
  async connect(target: SocketTarget): Promise<Socket> {
    const host = `${target.host}:${target.port}`
    const late = `${host} cannot be reached: no connection within ${target.timeoutMs} ms.`
    return within(target, { host, late }, (signal) =>
      openSocket(this.#policy(), this.#resolve, target, signal),
    )
  }

  /** The first vetted address of a host, for programs that must not resolve it a second time. Throws like `request`. */
  async resolve(target: SocketTarget): Promise<string> {
    const late = `${target.host} has no answer from the DNS within ${target.timeoutMs} ms.`
    return within(target, { host: target.host, late }, (signal) =>
      orAborted(vettedAddress(this.#policy(), this.#resolve, target), signal),
    )
  }

  /** Closes what is kept open for the next request. */
  async stop(): Promise<void> {
    await this.#shared?.agent.destroy()
    this.#shared = undefined
  }

  async #follow(first: OutboundRequest, signal: AbortSignal): Promise<OutboundResponse> {
    const allowed = Math.min(first.redirects ?? 0, outboundLimits.redirectsMax)
    let request = first
    for (let followed = 0; ; followed++) {
      const url = parseTarget(request.url)
      const response = await this.#once(request, url, signal)
      const location = response.headers.location?.[0]
      if (allowed === 0 || location === undefined || !redirectStatus.has(response.status)) return response
      if (followed === allowed) {
        throw new OutboundError(
          'too-many-redirects',
          `Stopped after ${allowed} redirects; the next leads to ${location}.`,
        )
      }
      request = redirected(request, url, parseRedirect(location, url), response.status)
    }
  }

  async #once(request: OutboundRequest, url: URL, signal: AbortSignal): Promise<OutboundResponse> {
    const policy = this.#policy()
    refuseClaims(policy, url, Object.keys(request.headers))
    url.username = ''
    url.password = ''
    const own = request.tls && new Agent({ connect: vettedConnector(policy, this.#resolve, request.tls) })
    const dispatcher = own ?? this.#sharedAgent(policy)
    try {
      const { method, headers, body } = request
      const options = { dispatcher, method: method as Dispatcher.HttpMethod, headers, body, signal }
      const response = await orAborted(send(url, { ...options, headersTimeout: 0, bodyTimeout: 0 }), signal)
      const bytes = await readBody(response, request.maxResponseBytes)
      return { status: response.statusCode, headers: headersOf(response), body: bytes, url: url.href }
    } finally {
      await own?.destroy()
    }
  }

  /** One pool for all requests without TLS options of their own; a changed policy starts a new one, so old connections are not reused. */
  #sharedAgent(policy: OutboundPolicy): Agent {
    if (this.#shared?.policyKey !== policy.key) {
      void this.#shared?.agent.close()
      this.#shared = {
        policyKey: policy.key,
        agent: new Agent({ connect: vettedConnector(policy, this.#resolve) }),
      }
    }
    return this.#shared.agent
  }
}
