import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { connect } from '../postgres/connect.ts'
import { serverVersion } from '../postgres/server-version.ts'
import { codeOf, Refusal } from './refusal.ts'

const oldestServer = 150_000
const newestServer = 189_999

const dataDirReasons: Record<string, string> = {
  EACCES: 'may not be used by this user',
  EPERM: 'may not be used by this user',
  ENOTDIR: 'is no directory',
  EEXIST: 'is no directory',
  EROFS: 'is on a file system that cannot be written',
  ENOSPC: 'is on a file system that is full',
}

/** Makes the data directory when it is missing; refuses one that cannot be read and written. */
export function checkDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    if (!statSync(dataDir).isDirectory()) throw Object.assign(new Error('no directory'), { code: 'ENOTDIR' })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = dataDirReasons[codeOf(error)] ?? `cannot be used (${codeOf(error)})`
    throw new Refusal(
      `The data directory ${dataDir} ${reason}; set STINT_DATA_DIR to a folder of your own.`,
      error,
    )
  }
}

/** The sentence for an address that cannot be listened on. */
export function whyNotListening(host: string, port: number, error: unknown): Refusal {
  const code = codeOf(error)
  const sentences: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken; stop what runs there or set PORT to another one.`,
    EACCES: `This user may not listen on port ${port}; set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine; set HOST to one that is, or leave it away.`,
    ENOTFOUND: `${host} is no address of this machine; set HOST to one that is, or leave it away.`,
  }
  return new Refusal(sentences[code] ?? `Cannot listen on ${host} port ${port} (${code}).`, error)
}

/** Says early, before a database is started, that the port is taken. */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(whyNotListening(host, port, error)))
    server.listen(port, host, resolve)
  })
  await new Promise((resolve) => server.close(resolve))
}

/** Name and place of a database without the password. */
function nameOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${pathname.slice(1) || 'postgres'} at ${hostname || 'localhost'}:${port || 5432}`
}

function whyUnreachable(url: string, error: unknown): Refusal {
  const code = codeOf(error)
  const name = nameOf(url)
  const sentences: Record<string, string> = {
    '28P01': `The database ${name} refuses the password in DATABASE_URL.`,
    '28000': `The database ${name} refuses the user in DATABASE_URL.`,
    '3D000': `The database ${name} does not exist; create it or correct DATABASE_URL.`,
    CONNECT_TIMEOUT: `The database ${name} does not answer; check DATABASE_URL.`,
  }
  return new Refusal(
    sentences[code] ?? `The database ${name} cannot be reached (${code}); check DATABASE_URL.`,
    error,
  )
}

/** Refuses a database of one's own that cannot be reached or is none of PostgreSQL 15 to 18. */
export async function checkDatabase(url: string): Promise<void> {
  const sql = connect(
    { kind: 'url', url },
    { max: 1, connectTimeoutSeconds: 5, applicationName: 'stint-preflight' },
  )
  const version = await serverVersion(sql)
    .catch((error) => {
      throw whyUnreachable(url, error)
    })
    .finally(() => sql.end({ timeout: 1 }).catch(() => {}))
  if (version >= oldestServer && version <= newestServer) return
  const found = Math.floor(version / 10_000)
  throw new Refusal(`The database ${nameOf(url)} is PostgreSQL ${found}; Stint needs 15 to 18.`)
}
