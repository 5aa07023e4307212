import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { runAction } from '../../testing/action.ts'
import { mirror, type SeenRequest, serveHttp } from '../../testing/http.ts'
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

const challenge =
  (headers: Record<string, string>): RequestListener =>
  (_request, response) =>
    response.writeHead(401, headers).end()

async function seenBy(configuration: Record<string, unknown>): Promise<SeenRequest> {
  const url = await serve(mirror)
  const { result } = await runAction(action(), { url: `${url}/a?b=1`, ...configuration })
  return result?.output as SeenRequest
}

describe('the request of an http step', () => {
  it('is a GET without body by default', async () => {
    expect(await seenBy({})).toMatchObject({ method: 'GET', url: '/a?b=1', body: '' })
  })

  it('carries method, body and headers, the last of a name', async () => {
    const headers = [
      { name: 'X-One', value: 'a' },
      { name: 'x-one', value: 'b' },
      { name: 'x-number', value: 3 },
    ]
    expect(await seenBy({ method: 'PATCH', body: 'text', headers })).toMatchObject({
      method: 'PATCH',
      body: 'text',
      headers: { 'x-one': 'b', 'x-number': '3' },
    })
  })

  it('adds query parameters to those of the URL, encoded, also twice', async () => {
    const query_parameters = [
      { name: 'c', value: 'x y&z' },
      { name: 'c', value: 'ü' },
    ]
    expect((await seenBy({ query_parameters })).url).toBe('/a?b=1&c=x%20y%26z&c=%C3%BC')
  })

  it('says what its body is when no header does', async () => {
    const typeOf = async (body: string, headers?: unknown) =>
      (await seenBy({ method: 'POST', body, headers })).headers['content-type']
    expect(await typeOf('{"a": 1}')).toBe('application/json')
    expect(await typeOf('<a/>')).toBe('application/xml')
    expect(await typeOf('plain')).toBeUndefined()
    expect(await typeOf('{}', [{ name: 'Content-Type', value: 'text/x' }])).toBe('text/x')
  })

  it.each([
    ['', '/'],
    ['/x?y=1', '/x?y=1'],
    ['x', '/x'],
  ])('goes to host and path %j', async (path, expected) => {
    const host = await serve(mirror)
    const { result } = await runAction(action(), { host, path })
    expect((result!.output as SeenRequest).url).toBe(expected)
  })

  it.each([
    [{ basic: { user: 'u', password: 'p:ü' } }, `Basic ${Buffer.from('u:p:ü').toString('base64')}`],
    [{ bearer: 't' }, 'Bearer t'],
    [{ bearer: '', basic: { user: '', password: '' } }, undefined],
  ])('with auth %j sends %s', async (auth, expected) => {
    expect((await seenBy({ auth })).headers.authorization).toBe(expected)
  })

  it('takes credentials from the URL, and keeps them out of its log', async () => {
    const url = (await serve(mirror)).replace('http://', 'http://u:se%20cret@')
    const { result, log } = await runAction(action(), { url })
    const expected = `Basic ${Buffer.from('u:se cret').toString('base64')}`
    expect((result!.output as SeenRequest).headers.authorization).toBe(expected)
    expect(log[0]?.text).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/ answered 200, \d+ bytes, in \d+ ms\n$/)
  })
})

describe('digest authentication of an http step', () => {
  it('answers the challenge with a second request that carries the same body', async () => {
    const url = await serve((request, response) => {
      if (request.headers.authorization?.startsWith('Digest username="u"')) return mirror(request, response)
      return challenge({ 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' })(request, response)
    })
    const auth = { digest: { user: 'u', password: 'p' } }
    const { result } = await runAction(action(), { url: `${url}/a?b=1`, method: 'POST', body: 'text', auth })
    expect(result?.output).toMatchObject({ method: 'POST', body: 'text' })
    expect((result!.output as SeenRequest).headers.authorization).toContain('uri="/a?b=1"')
  })

  it('ends as a client error when the answer is refused', async () => {
    let asked = 0
    const url = await serve((request, response) => {
      asked += 1
      challenge({ 'www-authenticate': 'Digest realm="r", nonce="n"' })(request, response)
    })
    const { error } = await runAction(action(), { url, auth: { digest: { user: 'u', password: 'p' } } })
    expect([error?.kind, asked]).toEqual(['client', 2])
  })
})
