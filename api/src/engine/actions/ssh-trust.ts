import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ActionError } from '../action.ts'
import { wrong } from './configuration.ts'
import { fingerprintOf, type HostKey, hostKeyOf, isSameKey, type PinnedKey, wordOfType } from './ssh-key.ts'
import { type KnownKey, knownHostsLine, knownKeys, knows } from './ssh-known-hosts.ts'

/**
 * `strict`: only keys that are known. `accept-new`: a host that nobody knows is remembered, a key that changed is refused.
 * `off`: any key; whoever is on the way can read and change everything.
 */
export const hostKeyChecks = ['strict', 'accept-new', 'off'] as const
export type HostKeyCheck = (typeof hostKeyChecks)[number]

export interface Host {
  readonly name: string
  readonly port: number
  readonly pins: readonly PinnedKey[]
}

export interface TrustOptions {
  readonly check: HostKeyCheck
  /** known_hosts texts and files of the configuration. */
  readonly texts: readonly string[]
  /** The executor's own file: read always, written by `accept-new`. */
  readonly ownFile: string
  readonly warn: (sentence: string) => void
}

function readKnownHosts(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw wrong(`${file} cannot be read: ${(error as Error).message}`)
  }
}

const shown = (key: HostKey) => `${wordOfType(key.type)} ${fingerprintOf(key.blob)}`

/** Whose word a host key is taken on; refuses with both fingerprints when a key is not the expected one. */
export class Trust {
  readonly #options: TrustOptions

  constructor(options: TrustOptions) {
    this.#options = options
  }

  /** Types of the keys that are expected of a host, so that it is asked for one of them. */
  expectedTypes(host: Host): string[] {
    if (host.pins.length > 0) return host.pins.flatMap(({ types }) => types)
    return this.#known(host).map(({ type }) => type)
  }

  /** Returns when the key is good; throws a client error when it is not. */
  demand(host: Host, blob: Buffer): void {
    const key = hostKeyOf(blob)
    const at = `${host.name}:${host.port}`
    if (key === undefined) throw new ActionError('client', `The host key that ${at} shows cannot be read.`)
    const known = this.#known(host)
    if (known.some((each) => each.isRevoked && isSameKey(each.blob, blob)))
      throw new ActionError('client', `The host key of ${at}, ${shown(key)}, was revoked.`)
    if (host.pins.length > 0) this.#demandPinned(host, at, key)
    else if (!knows(known, blob)) this.#demandKnown(host, at, key, known)
  }

  #demandPinned({ pins }: Host, at: string, key: HostKey): void {
    const fingerprint = fingerprintOf(key.blob)
    if (pins.some((pin) => pin.fingerprint === fingerprint)) return
    const expected = pins.map((pin) => pin.fingerprint).join(' or ')
    this.#changed(at, expected, key)
  }

  #demandKnown(host: Host, at: string, key: HostKey, known: readonly KnownKey[]): void {
    const { check, ownFile, warn } = this.#options
    const valid = known.filter(({ isRevoked }) => !isRevoked)
    if (valid.length > 0) return this.#changed(at, valid.map(shown).join(' or '), key)
    const line = knownHostsLine(host.name, host.port, key)
    if (check === 'off')
      return warn(`The host key of ${at} was not checked (host_key_check is off): ${shown(key)}`)
    if (check === 'strict') {
      throw new ActionError(
        'client',
        `The host key of ${at} is not known: ${shown(key)}. When that is the right one, put "host_key: ${fingerprintOf(key.blob)}" into the configuration or this line into known_hosts: ${line}`,
      )
    }
    mkdirSync(dirname(ownFile), { recursive: true })
    appendFileSync(ownFile, `${line}\n`, { mode: 0o600 })
    warn(`The host key of ${at} was not known and is taken from now on: ${shown(key)}, kept in ${ownFile}`)
  }

  #changed(at: string, expected: string, key: HostKey): void {
    const sentence = `The host key of ${at} is not the expected one: expected ${expected}, shown ${shown(key)}.`
    if (this.#options.check === 'off')
      return this.#options.warn(`${sentence} Not refused, because host_key_check is off.`)
    throw new ActionError(
      'client',
      `${sentence} Either the host got a new key or somebody stands between; nothing was sent to it.`,
    )
  }

  #known({ name, port }: Host): KnownKey[] {
    const { texts, ownFile } = this.#options
    return [...texts, readKnownHosts(ownFile)].flatMap((text) => knownKeys(text, name, port))
  }
}
