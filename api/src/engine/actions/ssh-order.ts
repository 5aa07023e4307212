import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import ssh2 from 'ssh2'
import { parseAddress } from '../../base/outbound-address.ts'
import { ActionError } from '../action.ts'
import {
  type Configuration,
  notOneOf,
  objectOf,
  textMapOf,
  textOf,
  textsOf,
  timeoutOf,
  wrong,
} from './configuration.ts'
import { delimitersOf, type ExitCodes, exitCodesOf, outputModeOf } from './program-order.ts'
import { outputModes } from './script-output.ts'
import { type PinnedKey, pinnedKeyOf } from './ssh-key.ts'
import { type Host, type HostKeyCheck, hostKeyChecks } from './ssh-trust.ts'

export const sshOutputModes = ['auto-result', ...outputModes] as const
export type SshOutputMode = (typeof sshOutputModes)[number]
export const hopsMax = 10
/** One word of the system: a script travels as one argument of the login shell. */
const scriptBytesMax = 100_000

/** A host and who we are there. */
export interface SshHost extends Host {
  readonly user: string
}

export interface SshOrder {
  /** The way there; the last one is the target. */
  readonly hosts: readonly SshHost[]
  readonly key: string
  readonly passphrase: string | undefined
  readonly script: string
  readonly mode: SshOutputMode
  readonly result: readonly (readonly [string, string])[]
  readonly delimiters: readonly string[]
  readonly clientCodes: readonly ExitCodes[]
  readonly timeoutMs: number
  readonly check: HostKeyCheck
  readonly knownHosts: readonly string[]
}

/** `host`, `host:port`, `[2001:db8::1]:22`, `2001:db8::1`, each with `user@` before it. */
export function placeOf(text: string): { user: string | undefined; name: string; port: number } | undefined {
  const [, user, rest = ''] = /^(?:([^@\s]+)@)?(\S+)$/.exec(text.trim()) ?? []
  const match = /^(?:\[([0-9a-f:.%a-z]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(rest)
  if (match === null) return parseAddress(rest)?.family === 6 ? { user, name: rest, port: 22 } : undefined
  const port = Number(match[3] ?? 22)
  return port > 0 && port < 65_536 ? { user, name: match[1] ?? match[2] ?? '', port } : undefined
}

function hostOf(text: string | undefined, field: string, user: string, pins: readonly PinnedKey[]): SshHost {
  const place = text === undefined ? undefined : placeOf(text)
  if (place === undefined)
    throw new ActionError(
      'client',
      `${field} must be a host, or host:port, not ${JSON.stringify(text ?? '')}.`,
    )
  return { name: place.name, port: place.port, user: place.user ?? user, pins }
}

function pinsOf(configuration: Configuration, field: string): PinnedKey[] {
  const value = configuration.host_key
  const texts = Array.isArray(value)
    ? textsOf(configuration, 'host_key')
    : [textOf(configuration, 'host_key')]
  return texts
    .filter((text) => text !== undefined && text.trim() !== '')
    .map((text) => {
      const pin = pinnedKeyOf(text as string)
      if (pin === undefined)
        throw wrong(
          `${field} must be a fingerprint such as SHA256:… or a public key, not ${JSON.stringify(text)}.`,
        )
      return pin
    })
}

/** A hop is a text, or an object where it has a user or a key of its own. */
function hopsOf(configuration: Configuration, user: string): SshHost[] {
  const hops = configuration.hops ?? []
  if (!Array.isArray(hops)) throw wrong('hops must be a list.')
  if (hops.length > hopsMax) throw wrong(`hops may be at most ${hopsMax}, not ${hops.length}.`)
  return hops.map((hop: unknown, index) => {
    const field = `hops[${index}]`
    if (typeof hop === 'string') return hostOf(hop, field, user, [])
    const own = objectOf({ [field]: hop }, field) ?? {}
    const ownUser = textOf(own, 'user') ?? user
    return hostOf(textOf(own, 'target'), `${field}.target`, ownUser, pinsOf(own, `${field}.host_key`))
  })
}

function checkOf(configuration: Configuration): HostKeyCheck {
  const text = textOf(configuration, 'host_key_check') ?? 'strict'
  const check = hostKeyChecks.find((each) => each === text)
  if (check === undefined) throw wrong(notOneOf('host_key_check', hostKeyChecks, text))
  return check
}

function knownHostsOf(configuration: Configuration): string[] {
  const file = textOf(configuration, 'known_hosts_file')
  const text = textOf(configuration, 'known_hosts')
  const texts = text === undefined ? [] : [text]
  if (file === undefined) return texts
  if (!isAbsolute(file)) throw wrong('known_hosts_file must be an absolute path.')
  try {
    return [...texts, readFileSync(file, 'utf8')]
  } catch (error) {
    throw new ActionError('client', `known_hosts_file cannot be read: ${(error as Error).message}`)
  }
}

function scriptOf(configuration: Configuration): string {
  const script = textOf(configuration, 'script') ?? ''
  if (Buffer.byteLength(script) > scriptBytesMax)
    throw new ActionError('client', `script is longer than ${scriptBytesMax} bytes; copy it there first.`)
  return script
}

function demanded(configuration: Configuration, name: string): string {
  const text = textOf(configuration, name)
  if (text === undefined) throw wrong(`${name} must be given.`)
  return text
}

/** A key that cannot be read is no fault of the target: no retry would mend it. */
function demandKey(key: string, passphrase: string | undefined): void {
  const parsed = ssh2.utils.parseKey(key, passphrase)
  if (!(parsed instanceof Error)) return
  throw new ActionError('client', `ssh_key cannot be read: ${parsed.message}`)
}

/** Throws what the readers throw. Files are read and the key is tried only for a run. */
export function sshOrderOf(configuration: Configuration): SshOrder {
  const user = demanded(configuration, 'user')
  const target = hostOf(demanded(configuration, 'target'), 'target', user, pinsOf(configuration, 'host_key'))
  const mode = outputModeOf(configuration, sshOutputModes)
  const result = textMapOf(configuration, 'result')
  if (result.length > 0 && mode !== 'auto-result') throw wrong('result needs output_mode auto-result.')
  // PEM has a line end at its end, which templates like to lose.
  const key = `${demanded(configuration, 'ssh_key').trim()}\n`
  const passphrase = textOf(configuration, 'ssh_key_passphrase')
  demandKey(key, passphrase)
  return {
    hosts: [...hopsOf(configuration, user), target],
    key,
    passphrase,
    script: scriptOf(configuration),
    mode,
    result,
    delimiters: delimitersOf(configuration, mode),
    clientCodes: exitCodesOf(configuration, 'exit_codes_unrecoverable'),
    timeoutMs: timeoutOf(configuration, 'timeout', 300_000),
    check: checkOf(configuration),
    knownHosts: knownHostsOf(configuration),
  }
}
