import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeKey, sshWorld } from '../../testing/sshd.ts'
import { algorithmsFor, fingerprintOf, hostKeyOf, pinnedKeyOf } from './ssh-key.ts'
import { knownHostsLine, knownKeys } from './ssh-known-hosts.ts'
import { placeOf } from './ssh-order.ts'

const ed25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
const blob = Buffer.from(ed25519, 'base64')

describe('a known_hosts text', () => {
  it.each([
    ['a.test', 'a.test', 22, 1],
    ['A.test', 'a.TEST', 22, 1],
    ['b.test,a.test', 'a.test', 22, 1],
    ['*.test', 'a.test', 22, 1],
    ['*.test,!a.test', 'a.test', 22, 0],
    ['?.test', 'a.test', 22, 1],
    ['?.test', 'ab.test', 22, 0],
    ['a.test', 'a.test', 2222, 0],
    ['[a.test]:2222', 'a.test', 2222, 1],
    ['[2001:db8::1]:2222', '2001:db8::1', 2222, 1],
    ['.*', 'a.test', 22, 0],
    ['@cert-authority *.test', 'a.test', 22, 0],
    ['#a.test', 'a.test', 22, 0],
    [`${'*'.repeat(60)}x`, `${'a'.repeat(60)}`, 22, 0],
  ])('with %s for %s port %i holds %i keys', (names, host, port, count) => {
    expect(knownKeys(`\n${names} ssh-ed25519 ${ed25519} comment\n`, host, port)).toHaveLength(count)
  })

  it('reads names that OpenSSH has hashed, and the line we write ourselves', () => {
    const world = sshWorld()
    try {
      const key = makeKey(world.folder, 'host', 'ecdsa')
      const file = join(world.folder, 'known_hosts')
      const host = hostKeyOf(Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64'))
      writeFileSync(file, `${host && knownHostsLine('a.test', 2222, host)}\n`)
      expect(knownKeys(readFileSync(file, 'utf8'), 'a.test', 2222)).toHaveLength(1)
      spawnSync('ssh-keygen', ['-q', '-H', '-f', file])
      const hashed = readFileSync(file, 'utf8')
      expect(hashed).toMatch(/^\|1\|/)
      expect(knownKeys(hashed, 'a.test', 2222)).toMatchObject([{ type: 'ecdsa-sha2-nistp256' }])
      expect(knownKeys(hashed, 'b.test', 2222)).toEqual([])
    } finally {
      world.remove()
    }
  })

  it('says which keys were revoked, and passes over what is no line', () => {
    const text = `@revoked a.test ssh-ed25519 ${ed25519}\na.test ssh-rsa ${ed25519}\na.test\nnonsense here AAAA`
    expect(knownKeys(text, 'a.test', 22)).toMatchObject([{ isRevoked: true }])
  })
})

describe('what a person writes down of a key', () => {
  const fingerprint = fingerprintOf(blob)
  it.each([
    [fingerprint, []],
    [`256 ${fingerprint} a comment (ED25519)`, ['ssh-ed25519']],
    [`ssh-ed25519 ${ed25519} me@here`, ['ssh-ed25519']],
    [`a.test ssh-ed25519 ${ed25519}`, ['ssh-ed25519']],
  ])('%s names it', (text, types) => {
    expect(pinnedKeyOf(text)).toEqual({ fingerprint, types })
  })

  it.each(['MD5:aa:bb', 'SHA256:short', 'ssh-rsa AAAAB3', ''])('%j names none', (text) => {
    expect(pinnedKeyOf(text)).toBeUndefined()
  })

  it('decides what the server is asked for first', () => {
    expect(algorithmsFor(['ssh-rsa']).slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
    expect(algorithmsFor([])[0]).toBe('ssh-ed25519')
  })
})

it.each([
  ['a.test', { user: undefined, name: 'a.test', port: 22 }],
  ['me@a.test:2222', { user: 'me', name: 'a.test', port: 2222 }],
  ['[2001:db8::1]:22', { user: undefined, name: '2001:db8::1', port: 22 }],
  ['2001:db8::1', { user: undefined, name: '2001:db8::1', port: 22 }],
  ['a.test:0', undefined],
  ['a test', undefined],
  ['a:b:c', undefined],
])('%s is the place %j', (text, place) => expect(placeOf(text)).toEqual(place))
