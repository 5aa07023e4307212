import { describe, expect, it } from 'vitest'
import { type AddressKind, addressKind, isInside, parseAddress, parseNetwork } from './outbound-address.ts'

const kinds: Record<AddressKind, readonly string[]> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.0',
    '2606:4700::1111',
    '2a00:1450::1',
  ],
  loopback: ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fc00::1',
    'fdff::1',
    'fec0::1',
  ],
  'link-local': ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  metadata: ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '0:0:0:0:0:0:0:0'],
  multicast: ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  'embedded-ipv4': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '2a00:1450::5efe:7f00:1',
    '2a00:1450::200:5efe:a9fe:a9fe',
  ],
  reserved: [
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '240.0.0.1',
    '2001:db8::1',
    '3fff::1',
    '4000::1',
    '100::1',
  ],
}

describe('the kind of an address', () => {
  for (const [kind, texts] of Object.entries(kinds)) {
    it.each(texts)(`is ${kind} for %s`, (text) => {
      const address = parseAddress(text)
      expect(address && addressKind(address)).toBe(kind)
    })
  }
})

describe('reading an address', () => {
  it.each([
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    'localhost',
    '::1::',
  ])('takes %s for no address', (text) => expect(parseAddress(text)).toBeUndefined())

  it('reads every way to write one IPv6 address as the same', () => {
    const values = ['[::1]', '::0001', '0::1', '0:0:0:0:0:0:0:1', '::0.0.0.1'].map(
      (text) => parseAddress(text)?.value,
    )
    expect(new Set(values)).toEqual(new Set([1n]))
  })
})

describe('a network', () => {
  it('holds what shares its first bits and nothing of the other family', () => {
    const network = parseNetwork('10.1.0.0/16')!
    const inside = (text: string) => isInside(parseAddress(text)!, network)
    expect(['10.1.0.0', '10.1.255.255', '10.2.0.0', '::a01:0'].map(inside)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each(['10.0.0.0/33', '::/129', '10.0.0/8', 'example.org/8', '10.0.0.0/x'])('is not %s', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })
})
