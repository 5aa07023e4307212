import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Command } from './identity.ts'

/**
 * A small shell between us and the server. It holds the read end of a pipe of ours (fd 3, because the stdin of a
 * background job is /dev/null): when we end in whatever way, the pipe closes and the server gets SIGINT, its fast
 * shutdown. When the server ends by itself the watcher goes first, so that no process that inherits the number is hit.
 */
const script = `
"$@" </dev/null 3<&- & server=$!
(read -r _ <&3; kill -INT $server) & watcher=$!
wait $server; status=$?
kill $watcher 2>/dev/null
exit $status
`

export interface Watched {
  readonly child: ChildProcess
  /** Code or signal of the shell, in words. */
  readonly exited: Promise<string>
  /** Asks the server to stop at once but in order. */
  close(): void
}

/** Starts `command` so that it cannot outlive this process. `logFd` takes what it prints. */
export function spawnWatched(
  { file, args, uid, gid }: Command,
  logFd: number,
  environment: Readonly<Record<string, string>>,
): Watched {
  const child = spawn('sh', ['-c', script, 'stint-postgres', file, ...args], {
    cwd: '/',
    // Detached: Ctrl-C at the terminal reaches us, and we stop the server when its users have stopped.
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', TZ: 'UTC', ...environment },
    stdio: ['ignore', logFd, logFd, 'pipe'],
    uid,
    gid,
  })
  const pipe = child.stdio[3] as Duplex & { unref(): void }
  pipe.on('error', () => {})
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
  })
  child.unref()
  pipe.unref()
  return { child, exited, close: () => pipe.destroy() }
}
