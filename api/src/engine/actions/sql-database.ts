import type { ForeignDatabase } from '../../postgres/foreign.ts'
import { ActionError } from '../action.ts'

const modes = ['disable', 'prefer', 'require', 'verify-full'] as const

function faulty(name: string, what: string): ActionError {
  return new ActionError('client', `The database ${name} is not set up well: ${what}.`)
}

function tlsOf(name: string, mode: unknown): ForeignDatabase['tls'] {
  const found = modes.find((each) => each === (mode ?? 'prefer'))
  if (found === undefined) throw faulty(name, `sslmode must be one of ${modes.join(', ')}`)
  return found
}

function fromUrl(name: string, text: string): ForeignDatabase {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    throw faulty(name, 'it must be a postgresql:// URL')
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    tls: tlsOf(name, url.searchParams.get('sslmode') ?? undefined),
  }
}

/** A configuration item: a URL, or an object with its parts. Never repeats what stands in it. */
export function databaseOf(name: string, item: unknown): ForeignDatabase {
  if (typeof item === 'string') return fromUrl(name, item.trim())
  if (typeof item !== 'object' || item === null) throw faulty(name, 'it must be a URL or an object')
  const { url, host, port, database, user, password, sslmode } = item as Record<string, unknown>
  if (typeof url === 'string') return fromUrl(name, url.trim())
  if (typeof host !== 'string' || typeof database !== 'string' || typeof user !== 'string')
    throw faulty(name, 'it must have host, database and user')
  return {
    host,
    port: Number(port ?? 5432),
    database,
    user,
    password: password === undefined ? undefined : String(password),
    tls: tlsOf(name, sslmode),
  }
}
