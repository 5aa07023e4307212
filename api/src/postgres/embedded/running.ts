import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'

export interface LockFile {
  readonly pid: number
  readonly socketFolder: string
  readonly ready: boolean
}

/** What the server writes about itself into its data folder; undefined when there is no complete file. */
export function readLockFile(dataFolder: string): LockFile | undefined {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 0) return undefined
    return { pid, socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

/** Is there a process of this number? One that belongs to somebody else counts too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isServerIn(folder: string, pid: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === folder && basename(readlinkSync(`/proc/${pid}/exe`)) === 'postgres'
    )
  } catch {
    return false // Ended meanwhile, a zombie, or not ours to see.
  }
}

/**
 * Processes of a server on this data folder: every one of them has it as its working directory.
 * The pid in the lock file proves nothing: after a crash another process may have the number, or a zombie.
 */
export function serversIn(dataFolder: string): number[] {
  const folder = realpathSync(dataFolder)
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => isServerIn(folder, pid)).map(Number)
}

/** Does somebody accept connections there? */
export function answers(socketFolder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(socketFolder, '.s.PGSQL.5432'))
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** After everything was killed: PostgreSQL would trust a number in these files that now belongs to somebody else. */
export function removeStaleLocks(dataFolder: string, socketFolder: string): void {
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
  rmSync(join(socketFolder, '.s.PGSQL.5432'), { force: true })
  rmSync(join(socketFolder, '.s.PGSQL.5432.lock'), { force: true })
}
