import { describe, expect, test } from 'vitest'
import { clientAddress, isIn, isLocal, requestFacts } from './address.ts'

const factsOf = (remote: string, headers: Record<string, string> = {}) =>
  requestFacts(new Headers(headers), remote)

test.each([
  ['10.0.0.0/8', '10.200.3.4', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.1.1.1', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['2001:db8::/32', '2001:db8:1::5', true],
  ['2001:db8::/32', '2001:db9::5', false],
  ['::1', '::1', true],
  ['10.0.0.0/8', 'not an address', false],
  ['nonsense', '10.0.0.1', false],
])('%s holds %s: %s', (network, address, held) => {
  expect(isIn([network], address)).toBe(held)
})

describe('whom a request comes from', () => {
  const proxies = ['10.0.0.0/8']

  test('without a trusted proxy the header is nothing', () => {
    expect(clientAddress(factsOf('203.0.113.5', { 'x-forwarded-for': '127.0.0.1' }), proxies)).toBe(
      '203.0.113.5',
    )
    expect(clientAddress(factsOf('10.0.0.1', { 'x-forwarded-for': '127.0.0.1' }), [])).toBe('10.0.0.1')
  })

  test('a trusted proxy names the client, and what the client wrote itself does not count', () => {
    const forged = { 'x-forwarded-for': '127.0.0.1, 198.51.100.9' }
    expect(clientAddress(factsOf('10.0.0.1', forged), proxies)).toBe('198.51.100.9')
  })

  test('a chain of trusted proxies is followed to its end', () => {
    const chain = { 'x-forwarded-for': '127.0.0.1, 198.51.100.9, 10.7.7.7' }
    expect(clientAddress(factsOf('::ffff:10.0.0.1', chain), proxies)).toBe('198.51.100.9')
  })

  test('a proxy that says nonsense is itself the address', () => {
    expect(clientAddress(factsOf('10.0.0.1', { 'x-forwarded-for': 'unknown' }), proxies)).toBe('10.0.0.1')
  })
})

describe('local', () => {
  test('loopback without any sign of a proxy is local', () => {
    expect(isLocal(factsOf('127.0.0.1'))).toBe(true)
    expect(isLocal(factsOf('::1'))).toBe(true)
    expect(isLocal(factsOf('::ffff:127.0.0.1'))).toBe(true)
  })

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])(
    'a request that carries %s came from elsewhere',
    (name) => {
      expect(isLocal(factsOf('127.0.0.1', { [name]: 'x' }))).toBe(false)
    },
  )

  test('another machine is not local', () => {
    expect(isLocal(factsOf('192.168.1.4'))).toBe(false)
  })
})
