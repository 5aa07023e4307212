import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import { afterAll } from 'vitest'
import { Problem } from '../base/problem.ts'
import { createMetrics } from '../rest/metrics.ts'
import type { RestParts } from '../rest/parts.ts'
import { restApp } from '../rest/server.ts'

export interface RestServer {
  readonly origin: string
  /** `path` is everything after the origin; a body that is no text is sent as JSON. */
  ask(path: string, options?: AskOptions): Promise<Answer>
  close(): Promise<void>
}

export interface AskOptions {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Cookie of a session. */
  readonly session?: string
  /** API token or report token. */
  readonly token?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, when it is JSON. */
  readonly json: Record<string, unknown>
}

function headersOf({ body, headers, session, token }: AskOptions): Record<string, string> {
  const all = {
    ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
    // What our own page sends with every write.
    ...(session === undefined ? {} : { cookie: `stint_session=${session}`, 'x-stint': '1' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  }
  const said = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(said)
}

/** With node:http and not fetch: a test must be able to write Host and Origin as an attacker's browser would. */
async function ask(origin: string, path: string, options: AskOptions = {}): Promise<Answer> {
  const { body } = options
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const method = options.method ?? (body === undefined ? 'GET' : 'POST')
  const asking = request(origin + path, { method, headers: headersOf(options), agent: false })
  asking.end(sent)
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const headers = new Headers()
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    headers.append(response.rawHeaders[at] as string, response.rawHeaders[at + 1] as string)
  }
  const isJson = /json/.test(headers.get('content-type') ?? '')
  return { status: response.statusCode ?? 0, headers, text, json: isJson ? JSON.parse(text) : {} }
}

function unused(): never {
  throw new Problem('not-found', 'This test server has no engine.', { details: { type: 'Template', id: '' } })
}

/** The REST doors on a port of their own, with real HTTP. Ends by itself after the last test of the file. */
export async function restServer(parts: Partial<RestParts> & Pick<RestParts, 'app'>): Promise<RestServer> {
  const rest = restApp({
    tasks: { create: unused },
    reports: { openReport: unused, appendReport: unused },
    callbacks: { callIn: unused },
    checks: {},
    metrics: createMetrics(),
    ...parts,
  })
  const server = await new Promise<ServerType>((resolve) => {
    const starting = serve({ fetch: rest.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(starting))
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  afterAll(close)
  return { origin, ask: (path, options) => ask(origin, path, options), close }
}
