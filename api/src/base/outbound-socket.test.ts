import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Outbound } from './outbound.ts'
import { outboundPolicy } from './outbound-policy.ts'
import type { SocketTarget } from './outbound-socket.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(): Promise<{ port: number; from: Promise<string | undefined> }> {
  let seen: (address: string | undefined) => void = () => {}
  const from = new Promise<string | undefined>((done) => {
    seen = done
  })
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    seen(socket.localAddress)
    socket.end('hello')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { port: (server.address() as { port: number }).port, from }
}

function outbound(allowed: string[], resolve?: (name: string) => Promise<string[]>): Outbound {
  return new Outbound(() => outboundPolicy(allowed), resolve)
}

const to = (host: string, port: number, more: Partial<SocketTarget> = {}): SocketTarget => ({
  protocol: 'ssh',
  host,
  port,
  timeoutMs: 10_000,
  ...more,
})

async function read(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

const refused = expect.objectContaining({ code: 'outbound-refused' })

describe('a connection', () => {
  it('goes to the address that was looked at, and asks for no second answer', async () => {
    const { port, from } = await serve()
    let asked = 0
    const client = outbound(['127.0.0.0/8'], async () => (asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']))
    expect(await read(await client.connect(to('build.test', port)))).toBe('hello')
    expect([asked, await from]).toEqual([1, '127.0.0.1'])
  })

  it('tries the next address when one does not answer', async () => {
    const { port } = await serve()
    const client = outbound(['127.0.0.0/8'], async () => ['127.0.0.9', '127.0.0.1'])
    expect(await read(await client.connect(to('build.test', port)))).toBe('hello')
  })

  it.each([
    ['127.0.0.1', []],
    ['build.test', []],
    ['127.0.0.1', ['10.0.0.0/8']],
    ['127.0.0.1', ['http://127.0.0.1:1']],
    ['127.0.0.1', ['ssh://127.0.0.1']],
    ['127.0.0.1', ['smtp://127.0.0.1:1']],
  ])('to %s is refused when only %j is allowed', async (host, allowed) => {
    const client = outbound(allowed, async () => ['127.0.0.1'])
    await expect(client.connect(to(host, 1))).rejects.toEqual(refused)
  })

  it('may be allowed as an origin of its own scheme, with or without the port', async () => {
    const { port } = await serve()
    const client = outbound([`ssh://127.0.0.1:${port}`])
    expect(await read(await client.connect(to('127.0.0.1', port)))).toBe('hello')
    const policy = outboundPolicy(['ssh://Build.test', 'postgresql://db.test'])
    expect(policy.origins).toEqual(['ssh://build.test:22', 'postgresql://db.test:5432'])
  })

  it('that is refused says what an administrator would have to allow', async () => {
    const asked = outbound([], async () => ['10.0.0.5']).connect(to('build.test', 2222))
    await expect(asked).rejects.toThrow(
      'the name build.test or the network 10.0.0.5/32 or the origin ssh://build.test:2222',
    )
  })

  it.each(['127.1', '0x7f.0.0.1', '2130706433', 'a/b', 'user@host', 'a b'])(
    'to %j is no connection',
    async (host) => {
      await expect(outbound(['127.0.0.0/8']).connect(to(host, 22))).rejects.toMatchObject({ failure: 'url' })
    },
  )

  it('that nobody answers is given up in time, and at once when it is stopped', async () => {
    const never = outbound(['127.0.0.0/8'], () => new Promise(() => {}))
    await expect(never.connect(to('x.test', 22, { timeoutMs: 50 }))).rejects.toMatchObject({
      failure: 'timeout',
    })
    const stop = new AbortController()
    const asked = never.connect(to('x.test', 22, { signal: stop.signal }))
    stop.abort('cancelled')
    await expect(asked).rejects.toMatchObject({ failure: 'aborted' })
  })

  it('to a port where nobody listens says so', async () => {
    const { port } = await serve()
    await closing.pop()?.()
    await expect(outbound(['127.0.0.0/8']).connect(to('127.0.0.1', port))).rejects.toMatchObject({
      failure: 'network',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

it('an address for a program that resolves nothing itself is vetted like a connection', async () => {
  const client = outbound(['192.168.0.0/16'], async (name) => [
    name === 'a.test' ? '192.168.1.1' : '10.0.0.1',
  ])
  expect(await client.resolve(to('a.test', 1))).toBe('192.168.1.1')
  await expect(client.resolve(to('b.test', 1))).rejects.toEqual(refused)
})
