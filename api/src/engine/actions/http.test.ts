import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { runAction } from '../../testing/action.ts'
import { testAuthority } from '../../testing/certificate.ts'
import { listenOn, mirror, serveHttp } from '../../testing/http.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { httpAction } from './http.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(handler: RequestListener): Promise<string> {
  const server = await serveHttp(handler)
  closing.push(server.close)
  return server.url
}

function action(allowed?: string[]) {
  const outbound = localOutbound(allowed)
  closing.push(() => outbound.stop())
  return httpAction({ outbound, clock: systemClock })
}

const answer =
  (
    status: number,
    headers: Record<string, string | string[]> = {},
    body: string | Buffer = '',
  ): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body)

const json = { 'content-type': 'application/json' }

describe('the answer of an http step', () => {
  const answered = async (handler: RequestListener, more: Record<string, unknown> = {}) =>
    runAction(action(), { url: await serve(handler), ...more })

  it.each([
    ['application/json', { a: 1 }],
    ['application/json; charset=utf-8', { a: 1 }],
    ['application/problem+json', { a: 1 }],
    ['text/plain', '{"a": 1}'],
    ['application/jsonlines', '{"a": 1}'],
  ])('of type %s is read as %j', async (type, expected) => {
    const { result } = await answered(answer(200, { 'content-type': type }, '{"a": 1}'))
    expect(result?.output).toEqual(expected)
  })

  it('keeps the digits of its numbers', async () => {
    const { result } = await answered(answer(200, json, '{"id": 12345678901234567890, "price": 1.50}'))
    expect(JSON.stringify(result?.output)).toBe('{"id":12345678901234567890,"price":1.50}')
  })

  it('without a body is null for JSON', async () => {
    expect((await answered(answer(204, json))).result?.output).toBeNull()
  })

  it('brings status, headers and cookies as metadata', async () => {
    const headers = { 'x-request-id': 'r', 'set-cookie': ['a=1; Path=/', 'b=2=3'] }
    expect((await answered(answer(201, headers))).result?.metadata).toMatchObject({
      HTTPStatus: 201,
      HTTPHeaders: { 'X-Request-Id': 'r', 'Set-Cookie': 'a=1; Path=/' },
      HTTPCookies: { a: '1', b: '2=3' },
    })
  })

  it('loses a prefix that guards its JSON', async () => {
    const { result } = await answered(answer(200, json, ')]}\',\n{"a": 1}'), { trim_prefix: ")]}'," })
    expect(result?.output).toEqual({ a: 1 })
  })

  it.each([
    [400, 'client'],
    [404, 'client'],
    [499, 'client'],
    [302, 'server'],
    [500, 'server'],
    [503, 'server'],
  ])('with status %i is a %s error that keeps output and metadata', async (status, kind) => {
    const { error } = await answered(answer(status, { ...json, location: '/x' }, '{"why": 1}'))
    expect(error).toMatchObject({ kind, output: { why: 1 }, metadata: { HTTPStatus: status } })
    expect(error?.message).toMatch(new RegExp(`^GET http://127\\.0\\.0\\.1:\\d+/ answered ${status}`))
  })

  it('that says JSON and is not is a server error that keeps the text', async () => {
    expect((await answered(answer(200, json, '<html>'))).error).toMatchObject({
      kind: 'server',
      output: '<html>',
    })
  })

  it('that is not UTF-8 or holds NUL becomes text that can be stored', async () => {
    const { result } = await answered(
      answer(200, { 'content-type': 'text/plain' }, Buffer.from([0x61, 0, 0xff])),
    )
    expect(result?.output).toBe('a\uFFFD\uFFFD')
    const latin = answer(200, { 'content-type': 'text/plain; charset=iso-8859-1' }, Buffer.from([0xe4]))
    expect((await answered(latin)).result?.output).toBe('ä')
  })

  it.each(['true', true, '1', 'T'])('follows redirects when told so with %j', async (follow_redirect) => {
    const handler: RequestListener = (request, response) =>
      request.url === '/x' ? mirror(request, response) : answer(302, { location: '/x' })(request, response)
    expect((await answered(handler, { follow_redirect })).result?.output).toMatchObject({ url: '/x' })
  })
})

describe('TLS of an http step', () => {
  it('trusts root_ca, shows a client certificate, and accepts anything only when told to', async () => {
    const authority = testAuthority()
    const options = {
      ...authority.issue('api.test', ['api.test']),
      requestCert: true,
      rejectUnauthorized: false,
    }
    const tls = createTlsServer({ ...options, ca: authority.cert }, (request, response) => {
      response.end((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody')
    })
    const server = await listenOn(tls)
    closing.push(server.close)
    const url = `https://api.test:${server.port}`
    const own = authority.issue('client')
    const mutual_tls = { client_cert: own.cert, client_key: own.key }
    const run = async (more: object) => {
      const { result, error } = await runAction(action(['127.0.0.1']), { url, ...more })
      return result?.output ?? error?.kind
    }
    expect(await run({})).toBe('server')
    expect(await run({ root_ca: authority.cert })).toBe('nobody')
    expect(await run({ root_ca: authority.cert, auth: { mutual_tls } })).toBe('client')
    expect(await run({ insecure_skip_verify: 'true' })).toBe('nobody')
  })
})

describe('an http step that gets no answer', () => {
  it('is not tried again when the address is refused, and says how to allow it', async () => {
    const { error } = await runAction(action([]), { url: 'http://127.0.0.1:1/' })
    expect([error?.kind, error?.message]).toEqual(['client', expect.stringContaining('outbound_allow')])
  })

  it('is tried again when nobody listens, when it takes too long and when the URL is none', async () => {
    const gone = await serveHttp(() => {})
    gone.close()
    const silent = await serve(() => {})
    const kinds = [{ url: gone.url }, { url: silent, timeout: '50ms' }, { url: 'nonsense' }].map(
      async (configuration) => (await runAction(action(), configuration)).error?.kind,
    )
    expect(await Promise.all(kinds)).toEqual(['server', 'server', 'server'])
  })

  it('ends at once when the step is cancelled, and says why', async () => {
    const stop = new AbortController()
    const url = await serve(() => stop.abort('cancel'))
    const { error } = await runAction(action(), { url }, { signal: stop.signal })
    expect(error?.message).toContain('Reason: cancel')
  })

  it.each([
    [{ url: 'http://x.test', host: 'http://y.test' }],
    [{}],
    [{ url: 'http://x.test', method: 'FETCH' }],
    [{ url: 'http://x.test', timeout: 'soon' }],
    [{ url: 'http://x.test', follow_redirect: 'yes' }],
    [{ url: 'http://x.test', auth: { bearer: 'a', basic: { user: 'u', password: 'p' } } }],
    [{ url: 'http://x.test', auth: { mutual_tls: { client_cert: 'x' } } }],
    [{ url: 'http://x.test', headers: [{ value: 'x' }] }],
    [{ url: ['http://x.test'] }],
  ])('is a server error with %j', async (configuration) => {
    expect((await runAction(action(), configuration)).error?.kind).toBe('server')
  })
})

describe('what is known of an http step before it runs', () => {
  it('is whether it may run again after a crash', () => {
    const { idempotent } = action()
    const repeatable = ['GET', 'head', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'].filter(
      (method) => typeof idempotent === 'function' && idempotent({ method }),
    )
    expect(repeatable).toEqual(['GET', 'head', 'OPTIONS', 'PUT', 'DELETE'])
  })

  it('is what can never work; templated text is left alone', () => {
    const check = (configuration: Record<string, unknown>) => action().check?.(configuration).length
    expect(
      [
        { url: 'http://x.test', method: 'GET' },
        { url: '{{.input.url}}', method: '{{.input.method}}', timeout: '{{.input.timeout}}' },
        { url: 'http://x.test', path: '/a' },
        { method: 'GET' },
        { url: 'http://x.test', method: 'FETCH', timeout: 'soon' },
        { url: 'http://x.test', auth: { bearer: 'x', basic: {} } },
      ].map(check),
    ).toEqual([0, 0, 1, 1, 2, 1])
  })
})
