import { createHmac } from 'node:crypto'
import { type HostKey, hostKeyOf, isSameKey } from './ssh-key.ts'

/*
 * The format of OpenSSH's known_hosts: names, patterns, `[host]:port`, hashed names and revoked keys. Lines of certificate
 * authorities are passed over: a key that only an authority vouches for counts as unknown.
 */

export interface KnownKey extends HostKey {
  readonly isRevoked: boolean
}

interface Line {
  readonly names: string
  readonly key: KnownKey
}

function lineOf(text: string): Line | undefined {
  const words = text.trim().split(/\s+/)
  if (words[0]?.startsWith('#')) return undefined
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined
  const [names, type, base64] = words
  if (names === undefined || type === undefined || base64 === undefined) return undefined
  if (marker !== undefined && marker !== '@revoked') return undefined
  const key = hostKeyOf(Buffer.from(base64, 'base64'))
  return key === undefined || key.type !== type
    ? undefined
    : { names, key: { ...key, isRevoked: marker === '@revoked' } }
}

/** How known_hosts calls a host: with its port in brackets unless that is 22. */
export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

function isHashOf(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|')
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

/** `*` and `?` only; without a regular expression, so that nobody's pattern is read as one. */
function fits(pattern: string, name: string): boolean {
  const rest = pattern.slice(1)
  if (pattern === '') return name === ''
  if (pattern[0] === '*') return fits(rest, name) || (name !== '' && fits(pattern, name.slice(1)))
  return name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && fits(rest, name.slice(1))
}

function namesHold(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return isHashOf(names, name)
  // Stars in a row mean the same as one and would make the search slow.
  const patterns = names.toLowerCase().replace(/\*+/g, '*').split(',')
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), name))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern, name))
}

/** What a known_hosts text says about a host. Lines that cannot be read say nothing. */
export function knownKeys(text: string, host: string, port: number): KnownKey[] {
  const name = knownName(host, port)
  const lines = text.split('\n').map(lineOf)
  return lines
    .filter((line): line is Line => line !== undefined && namesHold(line.names, name))
    .map(({ key }) => key)
}

export function knows(keys: readonly KnownKey[], blob: Buffer): boolean {
  return keys.some((key) => !key.isRevoked && isSameKey(key.blob, blob))
}

/** The line that makes a key known. */
export function knownHostsLine(host: string, port: number, { type, blob }: HostKey): string {
  return `${knownName(host, port)} ${type} ${blob.toString('base64')}`
}
