import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'

/** A server of one test. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** Ends it and every connection to it. */
  close(): void
}

type AnyServer = Server & { closeAllConnections(): void }

/** Lets a server (of node:http or node:https) listen on a free port. */
export async function listenOn(server: AnyServer, host = '127.0.0.1', scheme = 'http'): Promise<TestServer> {
  await new Promise<void>((done) => server.listen(0, host, done))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close }
}

/** A real HTTP server that answers with `handler`. */
export function serveHttp(handler: RequestListener, host = '127.0.0.1'): Promise<TestServer> {
  return listenOn(createServer(handler), host)
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers with the request it got, as JSON (`SeenRequest`). */
export const mirror: RequestListener = async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  response.setHeader('content-type', 'application/json')
  const { method = '', url = '', headers } = request
  response.end(JSON.stringify({ method, url, headers, body } satisfies SeenRequest))
}
