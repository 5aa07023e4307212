import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listenOn, serveHttp, type TestServer } from '../testing/http.ts'
import { Outbound, type OutboundRequest } from './outbound.ts'
import { OutboundError } from './outbound-connect.ts'
import { type OutboundPolicy, outboundPolicy } from './outbound-policy.ts'
import { Problem } from './problem.ts'

/** Stands on every address of this machine; whatever connects to it got through. */
let trap: TestServer
let trapped = 0
let sockets = 0
const open: Outbound[] = []
const countSocket = () => {
  sockets += 1
}

beforeAll(async () => {
  const server = createServer((_request, response) => response.end('reached'))
  server.on('connection', () => {
    trapped += 1
  })
  trap = await listenOn(server, '::')
  subscribe('net.client.socket', countSocket)
})
afterAll(() => {
  unsubscribe('net.client.socket', countSocket)
  trap.close()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()))
})

const names: Record<string, readonly string[]> = {
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'private.test': ['10.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'metadata.google.internal': ['169.254.169.254'],
  'zone.test': ['fe80::1%lo'],
  'localhost.': ['127.0.0.1'],
  'app.localhost': ['127.0.0.1'],
  'both.test': ['fd00::1', '127.0.0.1'],
  'nonsense.test': ['127.1'],
}

function outbound(policy: OutboundPolicy, resolve = async (name: string) => names[name] ?? []): Outbound {
  const made = new Outbound(() => policy, resolve)
  open.push(made)
  return made
}

function get(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return { url, method: 'GET', headers: {}, timeoutMs: 5000, maxResponseBytes: 1000, ...more }
}

async function failureOf(work: Promise<unknown>): Promise<Problem | OutboundError> {
  const error = await work.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  )
  expect(error instanceof Problem || error instanceof OutboundError ? 'refused' : error).toBe('refused')
  return error as Problem | OutboundError
}

const plain = `
  127.0.0.1 127.0.0.2 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1
  169.254.169.254 169.254.170.2 168.63.129.16 100.100.100.200 192.0.0.192 198.18.0.1 224.0.0.1
  255.255.255.255 240.0.0.1 192.0.2.1
`

/** Other ways to write 127.0.0.1, 0.0.0.0 and 169.254.169.254. */
const spellings = `
  127.1 127.0.1 0 0x0 2130706433 0x7f000001 0x7F.0.0.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1
  00000177.00.00.01 017700000001 127.0.0.1. 127.000.000.001 %31%32%37.0.0.1 127%2e0%2e0%2e1
  １２７.0.0.1 127。0。0。1 ①②⑦.0.0.1 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.16689662
  0xa9.254.0xa9fe
`

const ipv6 = `
  [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254]
  [::127.0.0.1] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
  [2001:0:7f00:1::] [fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [2001:db8::1] [100::1]
`

const words = (text: string) => text.trim().split(/\s+/)
const hosts = [...words(plain), ...words(spellings), ...words(ipv6), ...Object.keys(names)]

const urls = [
  ...hosts.map((host) => (port: number) => `http://${host}:${port}/`),
  (port: number) => `http://example.org@127.0.0.1:${port}/`,
  (port: number) => `http://127.0.0.1:${port}#@example.org/`,
  (port: number) => `http://127.0.0.1:${port}\\@example.org/`,
  (port: number) => `http:\\\\127.0.0.1:${port}/`,
  (port: number) => `http:127.0.0.1:${port}/`,
  (port: number) => `http:///127.0.0.1:${port}/`,
  (port: number) => `http://127.0.0.1\t:${port}/`,
  (port: number) => `ht\ntp://127.0.0.1:${port}/`,
  (port: number) => `https://127.0.0.1:${port}/`,
  (port: number) => `ws://127.0.0.1:${port}/`,
  () => 'file:///etc/passwd',
  () => 'ftp://127.0.0.1/',
  () => 'unix:/var/run/docker.sock',
  () => 'data:text/plain,x',
]

describe('targets inside', () => {
  it('are more than sixty in this corpus', () => expect(urls.length).toBeGreaterThanOrEqual(60))

  it.each(urls.map((make) => [make]))('%s opens no socket', async (make) => {
    const before = { sockets, trapped }
    await failureOf(outbound(outboundPolicy([])).request(get(make(trap.port))))
    expect({ sockets, trapped }).toEqual(before)
  })

  it('the trap catches what is allowed', async () => {
    const before = trapped
    const response = await outbound(outboundPolicy(['127.0.0.1'])).request(
      get(`http://127.0.0.1:${trap.port}/`),
    )
    expect([response.body.toString(), trapped]).toEqual(['reached', before + 1])
  })
})

describe('a refusal', () => {
  const messageOf = async (url: string) =>
    (await failureOf(outbound(outboundPolicy([])).request(get(url)))).message

  it('names the address, what it is and how to allow it', async () => {
    const message = await messageOf('http://private.test:8080/x')
    expect(message).toContain('10.0.0.1, which private.test resolves to')
    expect(message).toContain('a private network')
    expect(message).toContain('outbound_allow')
    expect(message).toContain(
      'the name private.test or the network 10.0.0.1/32 or the origin http://private.test:8080',
    )
  })

  it('does not offer a name where a name would not help', async () => {
    const message = await messageOf('http://metadata.google.internal/')
    expect(message).not.toContain('the name metadata')
    expect(message).toContain('169.254.169.254/32')
  })

  it('says which spelling is meant', async () => {
    expect(await messageOf('http://0x7f.1/')).toContain('"0x7f.1" is another spelling of 127.0.0.1')
  })
})

describe('redirects inside', () => {
  const locations = words(String.raw`
    http://127.0.0.1:PORT/ //127.0.0.1:PORT/
    /\127.0.0.1:PORT/ \\127.0.0.1:PORT/
    http:\\127.0.0.1:PORT/ http://0x7f.1:PORT/
    http://2130706433:PORT/ http://[::ffff:127.0.0.1]:PORT/
    http://[::1]:PORT/ http://loopback.test:PORT/
    http://user:pass@127.0.0.1:PORT/ https://127.0.0.1:PORT/
    file:///etc/passwd http://169.254.169.254/latest/meta-data/
    gopher://127.0.0.1:PORT/ http://%31%32%37.0.0.1:PORT/
  `)

  it.each(locations)('to %s are not followed', async (location) => {
    const to = location.replace('PORT', String(trap.port))
    const { close, port } = await serveHttp(
      (_request, response) => response.writeHead(302, { location: to }).end(),
      '127.0.0.5',
    )
    const client = outbound(outboundPolicy(['127.0.0.5']))
    const before = trapped
    await failureOf(client.request(get(`http://127.0.0.5:${port}/`, { redirects: 3 })))
    close()
    expect(trapped).toBe(before)
  })

  it('stop after three', async () => {
    let asked = 0
    const { close, port } = await serveHttp((_request, response) => {
      asked += 1
      response.writeHead(302, { location: `/${asked}` }).end()
    }, '127.0.0.5')
    const client = outbound(outboundPolicy(['127.0.0.5']))
    const failure = await failureOf(client.request(get(`http://127.0.0.5:${port}/`, { redirects: 99 })))
    close()
    expect([(failure as OutboundError).failure, asked]).toEqual(['too-many-redirects', 4])
  })
})

describe('a name whose answers change', () => {
  /** Answers a harmless address first and the trap's ever after. */
  function rebinding() {
    let asked = 0
    const resolve = async () => [asked++ === 0 ? '127.0.0.5' : '127.0.0.1']
    return { resolve, asked: () => asked }
  }

  it('is asked once for a connection, which goes to the address that was looked at', async () => {
    const { close, port } = await serveHttp((_request, response) => response.end('harmless'), '127.0.0.5')
    const dns = rebinding()
    const client = outbound(outboundPolicy(['127.0.0.5']), dns.resolve)
    const first = await client.request(get(`http://rebinding.test:${port}/`))
    expect([first.body.toString(), dns.asked()]).toEqual(['harmless', 1])
    close()
  })

  it('is looked at again for the next connection and refused then', async () => {
    const { close, port } = await serveHttp((_request, response) => response.end('harmless'), '127.0.0.5')
    const dns = rebinding()
    const policy = outboundPolicy(['127.0.0.5'])
    await outbound(policy, dns.resolve).request(get(`http://rebinding.test:${port}/`))
    const before = trapped
    const failure = await failureOf(
      outbound(policy, dns.resolve).request(get(`http://rebinding.test:${trap.port}/`)),
    )
    close()
    expect([failure.message.includes('127.0.0.1, which rebinding.test'), trapped]).toEqual([true, before])
  })

  it('goes to the allowed one of several addresses only', async () => {
    const { close, port } = await serveHttp((_request, response) => response.end('harmless'), '127.0.0.5')
    const client = outbound(outboundPolicy(['127.0.0.5']), async () => ['127.0.0.1', '::1', '127.0.0.5'])
    const before = trapped
    const response = await client.request(get(`http://several.test:${port}/`))
    close()
    expect([response.body.toString(), trapped]).toEqual(['harmless', before])
  })
})
