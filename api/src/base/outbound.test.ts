import type { RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import { testAuthority } from '../testing/certificate.ts'
import { listenOn, mirror, type SeenRequest, serveHttp } from '../testing/http.ts'
import { Outbound, type OutboundRequest } from './outbound.ts'
import { outboundPolicy } from './outbound-policy.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(handler: RequestListener, host?: string): Promise<string> {
  const server = await serveHttp(handler, host)
  closing.push(server.close)
  return server.url
}

function outbound(resolve?: (name: string) => Promise<string[]>): Outbound {
  const made = new Outbound(() => outboundPolicy(['127.0.0.0/8']), resolve)
  closing.push(() => made.stop())
  return made
}

function get(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return { url, method: 'GET', headers: {}, timeoutMs: 10_000, maxResponseBytes: 10_000, ...more }
}

const failure = (kind: string) => expect.objectContaining({ name: 'OutboundError', failure: kind })

const seenOf = (response: { body: Buffer }): SeenRequest => JSON.parse(response.body.toString())

describe('a request', () => {
  it('carries method, headers and body, and brings status, headers and body back', async () => {
    const url = await serve(async (request, response) => {
      response.statusCode = 404
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      await mirror(request, response)
    })
    const response = await outbound().request(
      get(url, { method: 'PUT', headers: { 'x-a': '1' }, body: 'text' }),
    )
    expect([response.status, response.headers['set-cookie']]).toEqual([404, ['a=1', 'b=2']])
    expect(seenOf(response)).toMatchObject({ method: 'PUT', body: 'text', headers: { 'x-a': '1' } })
  })

  it('reuses connections for later requests to the same origin', async () => {
    const ports = new Set<number | undefined>()
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end()
    })
    const client = outbound()
    for (let i = 0; i < 10; i++) await client.request(get(url))
    // Two, because a connection counts as busy for a moment after its answer was read.
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('does not reuse a connection that an older policy allowed', async () => {
    const url = await serve((_request, response) => response.end())
    let policy = outboundPolicy(['127.0.0.0/8'])
    const client = new Outbound(() => policy)
    closing.push(() => client.stop())
    await client.request(get(url))
    policy = outboundPolicy([])
    await expect(client.request(get(url))).rejects.toMatchObject({ code: 'outbound-refused' })
  })

  it('tries the next address of a name when one does not answer', async () => {
    const url = await serve((_request, response) => response.end('here'), '127.0.0.9')
    const client = outbound(async () => ['127.0.0.8', '127.0.0.9'])
    const response = await client.request(get(url.replace('127.0.0.9', 'two.test')))
    expect(response.body.toString()).toBe('here')
  })

  it('says who did not answer', async () => {
    const gone = await serveHttp(() => {})
    gone.close()
    await expect(outbound().request(get(gone.url))).rejects.toThrow(`No answer from 127.0.0.1:${gone.port}`)
  })

  it('says that a name has no address', async () => {
    await expect(outbound(async () => []).request(get('http://nobody.test/'))).rejects.toThrow(
      'nobody.test has no address',
    )
  })
})

describe('bounds of a request', () => {
  it('end it when the headers do not come in time', async () => {
    const url = await serve(() => {})
    await expect(outbound().request(get(url, { timeoutMs: 50 }))).rejects.toEqual(failure('timeout'))
  })

  it('end it when the body drips', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200).write('x')
    })
    await expect(outbound().request(get(url, { timeoutMs: 100 }))).rejects.toEqual(failure('timeout'))
  })

  it('end it while a name resolves', async () => {
    const client = outbound(() => new Promise(() => {}))
    await expect(client.request(get('http://slow.test/', { timeoutMs: 50 }))).rejects.toEqual(
      failure('timeout'),
    )
  })

  it('end it at the signal of the caller', async () => {
    const stop = new AbortController()
    const url = await serve(() => stop.abort(new Error('cancel')))
    const request = outbound().request(get(url, { signal: stop.signal }))
    await expect(request).rejects.toEqual(failure('aborted'))
  })

  it('do not send anything when the signal has come before', async () => {
    let asked = 0
    const url = await serve((_request, response) => {
      asked += 1
      response.end()
    })
    await expect(outbound().request(get(url, { signal: AbortSignal.abort() }))).rejects.toEqual(
      failure('aborted'),
    )
    expect(asked).toBe(0)
  })

  it('end it when the answer is too long, however its length is announced', async () => {
    const url = await serve((_request, response) => {
      for (let i = 0; i < 100; i++) response.write('x'.repeat(1000))
      response.end()
    })
    await expect(outbound().request(get(url, { maxResponseBytes: 5000 }))).rejects.toEqual(
      failure('too-large'),
    )
  })

  it('let an answer of exactly the allowed length through', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(5000)))
    expect((await outbound().request(get(url, { maxResponseBytes: 5000 }))).body.length).toBe(5000)
  })
})

describe('a redirect', () => {
  const redirect = (location: string, status = 302): RequestListener => {
    return (_request, response) => response.writeHead(status, { location }).end('moved')
  }

  it('is an answer unless following is asked for', async () => {
    const response = await outbound().request(get(await serve(redirect('/x'))))
    expect([response.status, response.body.toString()]).toEqual([302, 'moved'])
  })

  it('to another origin carries no secret header', async () => {
    const other = await serve(mirror, '127.0.0.2')
    const url = await serve(redirect(`${other}/x`, 307))
    const headers = { authorization: 'Bearer s', cookie: 's=1', 'x-api-key': 's', accept: 'text/plain' }
    const response = await outbound().request(get(url, { headers, redirects: 1 }))
    expect(response.url).toBe(`${other}/x`)
    expect(seenOf(response).headers).toMatchObject({ accept: 'text/plain' })
    expect(JSON.stringify(seenOf(response).headers)).not.toMatch(/Bearer|s=1|api-key/)
  })

  it('within the origin keeps the headers', async () => {
    const url = await serve((request, response) =>
      request.url === '/x' ? mirror(request, response) : redirect('/x')(request, response),
    )
    const response = await outbound().request(
      get(url, { headers: { authorization: 'Bearer s' }, redirects: 1 }),
    )
    expect(seenOf(response).headers.authorization).toBe('Bearer s')
  })

  it.each([
    [302, 'POST', { method: 'GET', body: '' }],
    [303, 'PUT', { method: 'GET', body: '' }],
    [307, 'POST', { method: 'POST', body: 'b' }],
    [308, 'DELETE', { method: 'DELETE', body: 'b' }],
  ])('%i after %s asks with the method and body that browsers use', async (status, method, expected) => {
    const url = await serve((request, response) =>
      request.url === '/x' ? mirror(request, response) : redirect('/x', status)(request, response),
    )
    const response = await outbound().request(get(url, { method, body: 'b', redirects: 1 }))
    expect(seenOf(response)).toMatchObject(expected)
  })
})

describe('TLS', () => {
  const authority = testAuthority()

  async function serveTls(
    options: ServerOptions = {},
    handler: RequestListener = (_q, response) => response.end('ok'),
  ) {
    const own = authority.issue('api.test', ['api.test'])
    const server = await listenOn(createTlsServer({ ...own, ...options }, handler))
    closing.push(server.close)
    return `https://api.test:${server.port}`
  }
  const client = () => outbound(async () => ['127.0.0.1'])

  it('refuses a certificate of an unknown authority', async () => {
    await expect(client().request(get(await serveTls()))).rejects.toThrow(
      /No answer from api\.test.*certificate/,
    )
  })

  it('takes one of the authority that is handed in, for its name only', async () => {
    const url = await serveTls()
    const tls = { rootCa: authority.cert }
    expect((await client().request(get(url, { tls }))).body.toString()).toBe('ok')
    const other = url.replace('api.test', 'other.test')
    await expect(client().request(get(other, { tls }))).rejects.toThrow(/other\.test/)
  })

  it('takes any when told to be insecure', async () => {
    const response = await client().request(get(await serveTls(), { tls: { insecure: true } }))
    expect(response.body.toString()).toBe('ok')
  })

  it('shows a client certificate, but not to another origin', async () => {
    const own = authority.issue('client')
    const ask: ServerOptions = { requestCert: true, rejectUnauthorized: false, ca: authority.cert }
    const whoIs: RequestListener = (request, response) => {
      const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate()
      response.end(subject?.CN ?? 'nobody')
    }
    const tls = { rootCa: authority.cert, clientCert: own.cert, clientKey: own.key }
    const second = await serveTls(ask, whoIs)
    const first = await serveTls(ask, (_request, response) =>
      response.writeHead(302, { location: second }).end(),
    )
    expect((await client().request(get(second, { tls }))).body.toString()).toBe('client')
    expect((await client().request(get(first, { tls, redirects: 1 }))).body.toString()).toBe('nobody')
  })
})
