import { describe, expect, it } from 'vitest'
import { parseAddress } from './outbound-address.ts'
import { mayConnect, OutboundPolicyError, outboundPolicy, refuseClaims } from './outbound-policy.ts'

function may(entries: string[], url: string, address: string, own: string[] = []): boolean {
  return mayConnect(outboundPolicy(entries, own), new URL(url), parseAddress(address)!)
}

describe('an allow-list', () => {
  it.each([
    [[], 'http://example.org/', '93.184.216.34', true],
    [[], 'http://x.test/', '10.0.0.1', false],
    [['10.0.0.0/8'], 'http://x.test/', '10.9.9.9', true],
    [['10.0.0.0/8'], 'http://x.test/', '11.0.0.1', true],
    [['10.0.0.0/8'], 'http://x.test/', '::ffff:10.0.0.1', false],
    [['X.Test.'], 'http://x.test/', '10.0.0.1', true],
    [['x.test'], 'http://a.x.test/', '10.0.0.1', false],
    [['*.x.test'], 'http://a.x.test/', '10.0.0.1', true],
    [['*.x.test'], 'http://x.test/', '10.0.0.1', false],
    [['*.x.test'], 'http://evilx.test/', '10.0.0.1', false],
    [['x.test'], 'http://x.test/', '169.254.169.254', false],
    [['x.test'], 'http://x.test/', '::ffff:10.0.0.1', false],
    [['169.254.169.254'], 'http://x.test/', '169.254.169.254', true],
    [['http://x.test:81'], 'http://x.test:81/a', '10.0.0.1', true],
    [['http://x.test:81'], 'http://x.test:82/a', '10.0.0.1', false],
    [['http://x.test'], 'https://x.test/a', '10.0.0.1', false],
  ] as const)('of %j lets %s go to %s: %s', (entries, url, address, expected) => {
    expect(may([...entries], url, address)).toBe(expected)
  })

  it('always holds this installation itself', () => {
    expect(may([], 'http://127.0.0.1:8080/healthz', '127.0.0.1', ['http://127.0.0.1:8080'])).toBe(true)
    expect(may([], 'http://127.0.0.1:5432/', '127.0.0.1', ['http://127.0.0.1:8080'])).toBe(false)
  })

  it.each(['10.0.0.0/33', 'a b', 'ftp://x.test', '*', 'x/y', '127.0.0.1:80'])(
    'refuses the entry %s',
    (entry) => {
      expect(() => outboundPolicy([entry])).toThrow(OutboundPolicyError)
    },
  )
})

describe('a request to this installation itself', () => {
  const policy = outboundPolicy([], ['http://127.0.0.1:8080'])

  it.each(['x-remote-user', 'X-Forwarded-For', 'forwarded', 'cookie'])('may not carry %s', (name) => {
    expect(() => refuseClaims(policy, new URL('http://127.0.0.1:8080/api'), ['accept', name])).toThrow(name)
    expect(() => refuseClaims(policy, new URL('http://other.test/api'), [name])).not.toThrow()
  })
})
