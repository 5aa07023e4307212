import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { usageError } from './exit.ts'

/** What `stint login` keeps for one server. */
export interface Login {
  readonly token: string
  /** Absent when the token was handed in: then it is not ours to revoke. */
  readonly tokenId?: string
  readonly user: string
}

interface Stored {
  /** The server that is used when none is named. */
  readonly current?: string
  readonly servers: Readonly<Record<string, Login>>
}

export interface Environment {
  readonly STINT_URL?: string
  readonly STINT_TOKEN?: string
  /** Of the one report that a script tells about, when it was opened elsewhere. */
  readonly STINT_REPORT_TOKEN?: string
  readonly XDG_CONFIG_HOME?: string
}

export const defaultUrl = 'http://127.0.0.1:8080'

/** Scheme, host, port and folder without a slash at the end; `host:port` alone is taken as http. */
export function normalUrl(text: string): string {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || url.hostname === '') {
    throw usageError(`${JSON.stringify(text)} is no address of a server.`, `Write it like ${defaultUrl}`)
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** The file ~/.config/stint/config.json and the few variables that overrule it. */
export class Settings {
  readonly #environment: Environment
  readonly folder: string

  constructor(environment: Environment = process.env) {
    this.#environment = environment
    this.folder = join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'stint')
  }

  /** `--url` first, then STINT_URL, then where one has signed in last. */
  url(option: string | undefined): string {
    return normalUrl(
      option ?? (this.#environment.STINT_URL || undefined) ?? this.#read().current ?? defaultUrl,
    )
  }

  token(url: string): string | undefined {
    return this.#environment.STINT_TOKEN || this.#read().servers[url]?.token
  }

  get reportToken(): string | undefined {
    return this.#environment.STINT_REPORT_TOKEN || undefined
  }

  login(url: string): Login | undefined {
    return this.#read().servers[url]
  }

  saveLogin(url: string, login: Login): void {
    this.#write({ current: url, servers: { ...this.#read().servers, [url]: login } })
  }

  removeLogin(url: string): void {
    const { [url]: _removed, ...servers } = this.#read().servers
    this.#write({ servers })
  }

  /** A secret of its own, such as the token of an open report; undefined when there is none. */
  readSecret(name: string): string | undefined {
    try {
      return readFileSync(join(this.folder, name), 'utf8')
    } catch {
      return undefined
    }
  }

  writeSecret(name: string, text: string): void {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, text, { mode: 0o600 })
    // A file that was there before may have been readable for others.
    chmodSync(fresh, 0o600)
    renameSync(fresh, path)
  }

  removeSecret(name: string): void {
    rmSync(join(this.folder, name), { force: true })
  }

  #read(): Stored {
    const text = this.readSecret('config.json')
    if (text === undefined) return { servers: {} }
    try {
      const stored = JSON.parse(text) as Stored
      return { ...stored, servers: stored.servers ?? {} }
    } catch {
      throw usageError(
        `${join(this.folder, 'config.json')} cannot be read.`,
        'Remove it and sign in again: stint login',
      )
    }
  }

  #write(stored: Stored): void {
    this.writeSecret('config.json', `${JSON.stringify(stored, undefined, 2)}\n`)
  }
}
