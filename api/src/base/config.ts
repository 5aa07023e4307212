import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseNetwork } from './outbound-address.ts'

/** The folder that holds `api`, `web` and `schema`. */
export const checkout = resolve(import.meta.dirname, '../../..')

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface Config {
  /** 0 takes any free port; the address that is printed names it. */
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** Absent: the embedded server under `dataDir` is used. */
  readonly databaseUrl: string | undefined
  readonly adminPassword: string | undefined
  /** How people reach this installation when a proxy stands before it; without a slash at the end. */
  readonly publicUrl: string | undefined
  readonly logLevel: LogLevel
  readonly logFormat: 'json' | 'pretty'
  /** Addresses and networks (CIDR) whose `x-remote-user` header is believed. */
  readonly trustedProxies: readonly string[]
  /** Besides `templates` and `functions` of the data directory. */
  readonly templatesDirs: readonly string[]
  readonly functionsDirs: readonly string[]
  /** Files of these folders are loaded into the program when it starts. */
  readonly pluginsDirs: readonly string[]
  /** Holds a file for each configuration item. */
  readonly configurationDir: string
  /** The text of configuration items by name. Secret. */
  readonly configurationItems: Readonly<Record<string, string>>
  readonly scriptsDir: string
  readonly region: string | undefined
  readonly keysFile: string
  /** Tasks that one executor holds at the same time. */
  readonly capacity: number
}

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment cannot be used; the message names every variable that is wrong, a line for each. */
export class ConfigError extends Error {
  readonly findings: readonly string[]

  constructor(findings: readonly string[]) {
    super(findings.join('\n'))
    this.name = 'ConfigError'
    this.findings = findings
  }
}

type Finding = (sentence: string) => void

function textOf(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

function integer(
  env: Environment,
  name: string,
  bounds: [number, number],
  otherwise: number,
  found: Finding,
) {
  const text = textOf(env, name)
  if (text === undefined) return otherwise
  const [min, max] = bounds
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  found(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`)
  return otherwise
}

function oneOf<T extends string>(
  env: Environment,
  name: string,
  words: readonly T[],
  otherwise: T,
  found: Finding,
) {
  const text = textOf(env, name)
  if (text === undefined) return otherwise
  const word = words.find((each) => each === text)
  if (word === undefined) found(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(text)}.`)
  return word ?? otherwise
}

function url(
  env: Environment,
  name: string,
  protocols: readonly string[],
  found: Finding,
): string | undefined {
  const text = textOf(env, name)
  if (text === undefined) return undefined
  const parsed = URL.parse(text)
  if (parsed !== null && protocols.includes(parsed.protocol)) return text.replace(/\/+$/, '')
  // The text itself may hold a password, so it is not repeated.
  found(`${name} must be a URL beginning with ${protocols.map((each) => `${each}//`).join(' or ')}.`)
  return undefined
}

function list(env: Environment, name: string, separator: string): string[] {
  const parts = (textOf(env, name) ?? '').split(separator)
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** A network that nobody can read would silently trust nobody. */
function networks(env: Environment, name: string, found: Finding): string[] {
  const texts = list(env, name, ',')
  for (const text of texts) {
    if (parseNetwork(text) !== undefined) continue
    found(
      `${name} must hold addresses or networks such as 10.0.0.0/8, separated by commas, not ${JSON.stringify(text)}.`,
    )
  }
  return texts
}

function pathOf(text: string): string {
  return resolve(text.startsWith('~/') ? join(homedir(), text.slice(2)) : text)
}

const itemPrefix = 'STINT_CONFIG_'

function configurationItems(env: Environment): Record<string, string> {
  const items = new Map<string, string>()
  for (const [name, text] of Object.entries(env)) {
    if (name.startsWith(itemPrefix) && name.length > itemPrefix.length && text !== undefined)
      items.set(name.slice(itemPrefix.length), text)
  }
  return Object.fromEntries(items)
}

function adminPassword(env: Environment, found: Finding): string | undefined {
  const text = env.STINT_ADMIN_PASSWORD
  if (text === undefined || text === '') return undefined
  if (text.length < 8) found('STINT_ADMIN_PASSWORD must have at least 8 characters.')
  return text
}

/**
 * Reads everything the environment says, with its defaults.
 * Throws `ConfigError` with all that is wrong, so that nobody mends one variable a start.
 */
export function readConfig(env: Environment = process.env, terminal = process.stdout.isTTY === true): Config {
  const findings: string[] = []
  const found: Finding = (sentence) => findings.push(sentence)
  const dataDir = pathOf(textOf(env, 'STINT_DATA_DIR') ?? join(checkout, '.stint'))
  const templates = list(env, 'STINT_TEMPLATES_DIRS', ':').map(pathOf)
  const config: Config = {
    port: integer(env, 'PORT', [0, 65_535], 8080, found),
    host: textOf(env, 'HOST') ?? '127.0.0.1',
    dataDir,
    databaseUrl: url(env, 'DATABASE_URL', ['postgres:', 'postgresql:'], found),
    adminPassword: adminPassword(env, found),
    publicUrl: url(env, 'STINT_PUBLIC_URL', ['http:', 'https:'], found),
    logLevel: oneOf(env, 'STINT_LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info', found),
    logFormat: oneOf(env, 'STINT_LOG_FORMAT', ['json', 'pretty'], terminal ? 'pretty' : 'json', found),
    trustedProxies: networks(env, 'STINT_TRUSTED_PROXIES', found),
    templatesDirs: templates,
    functionsDirs: list(env, 'STINT_FUNCTIONS_DIRS', ':').map(pathOf),
    pluginsDirs: list(env, 'STINT_PLUGINS_DIRS', ':').map(pathOf),
    configurationDir: pathOf(textOf(env, 'STINT_CONFIGURATION_DIR') ?? join(dataDir, 'configuration')),
    configurationItems: configurationItems(env),
    scriptsDir: pathOf(textOf(env, 'STINT_SCRIPTS_DIR') ?? join(dataDir, 'scripts')),
    region: textOf(env, 'STINT_REGION'),
    keysFile: pathOf(textOf(env, 'STINT_KEYS_FILE') ?? join(dataDir, 'keys.json')),
    capacity: integer(env, 'STINT_CAPACITY', [0, 100_000], 2000, found),
  }
  if (findings.length > 0) throw new ConfigError(findings)
  return config
}
