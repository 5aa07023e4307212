import { mkdirSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../base/clock.ts'

const patienceMs = 120_000
const staleFolderMs = 60_000

/** The kernel frees an abstract socket with its process, even after kill -9. */
function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('listening', () => resolve(server))
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(`\0${name}`)
  })
}

async function takeSocket(name: string): Promise<(() => Promise<void>) | undefined> {
  const server = await listen(name)
  if (server === undefined) return undefined
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Elsewhere than on Linux: a folder, taken away from a holder that has been silent for a minute. */
async function takeFolder(name: string): Promise<(() => Promise<void>) | undefined> {
  const folder = join(tmpdir(), `${name}.lock`)
  try {
    mkdirSync(folder)
    return async () => rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const now = systemClock.now().getTime()
    const age = now - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? now)
    if (age > staleFolderMs) rmSync(folder, { recursive: true, force: true })
    return undefined
  }
}

/** Runs `work` while no other process of this machine runs work of the same name. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const take = process.platform === 'linux' ? takeSocket : takeFolder
  const until = performance.now() + patienceMs
  for (;;) {
    const release = await take(name)
    if (release !== undefined) return await work().finally(release)
    if (performance.now() > until)
      throw new Error('Another start of the same installation does not come to an end.')
    await pause(20)
  }
}
