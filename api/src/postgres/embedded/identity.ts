import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * As whom the server runs, because PostgreSQL refuses root.
 * `self`: as we do. `namespace`: in a user namespace where root appears as nobody; outside it stays root, so nothing is
 * copied or given away and a checkout under a folder of mode 0700 works. `user`: as another account, for containers
 * that forbid namespaces.
 */
export type Identity =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace' }
  | { readonly kind: 'user'; readonly name: string; readonly uid: number; readonly gid: number }

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

const nobody = 65_534
const namespaceArgs = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--']

/** The same command, to be started as `identity`. */
export function asIdentity(identity: Identity, file: string, args: readonly string[]): Command {
  if (identity.kind === 'namespace') return { file: 'unshare', args: [...namespaceArgs, file, ...args] }
  if (identity.kind === 'user') return { file, args, uid: identity.uid, gid: identity.gid }
  return { file, args }
}

function namespaceWorks(): boolean {
  const { file, args } = asIdentity({ kind: 'namespace' }, 'id', ['-u'])
  const { stdout } = spawnSync(file, args, { cwd: '/', encoding: 'utf8' })
  return stdout?.trim() === String(nobody)
}

/** An account of /etc/passwd: the first of the given names that exists. */
export function accountOf(passwd: string, names: readonly string[]): Identity | undefined {
  const rows = passwd.split('\n').map((line) => line.split(':'))
  for (const name of names) {
    const row = rows.find(([first]) => first === name)
    if (row !== undefined) return { kind: 'user', name, uid: Number(row[2]), gid: Number(row[3]) }
  }
  return undefined
}

/** Tries the ways in the order of the least trouble. Throws one sentence when root has none. */
export function chooseIdentity(): Identity {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  if (namespaceWorks()) return { kind: 'namespace' }
  const account = accountOf(readFileSync('/etc/passwd', 'utf8'), ['postgres', 'nobody'])
  if (account !== undefined) return account
  throw new Error(
    'PostgreSQL does not run as root and no other account was found; start as an ordinary user.',
  )
}

/** Can the server, running as `identity`, use this folder? */
export function reaches(identity: Identity, path: string, access: 'x' | 'w'): boolean {
  if (identity.kind === 'self') return true
  const { file, args, ...ids } = asIdentity(identity, 'test', [`-${access}`, path])
  return spawnSync(file, args, { cwd: '/', ...ids }).status === 0
}
