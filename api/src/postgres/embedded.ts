import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { connect, type Target, withDatabase } from './connect.ts'
import { packagedServer } from './embedded/binaries.ts'
import { asIdentity, chooseIdentity, type Identity } from './embedded/identity.ts'
import { initialise, serverUser } from './embedded/initialise.ts'
import { alone } from './embedded/mutex.ts'
import { choosePlace, makeSocketFolder, type Place } from './embedded/place.ts'
import { answers, isAlive, readLockFile, removeStaleLocks, serversIn } from './embedded/running.ts'
import { spawnWatched, type Watched } from './embedded/watchdog.ts'

export interface EmbeddedOptions {
  /** Made when missing. Holds `postgres` (the data) and `postgres.log`. */
  readonly dataDir: string
  readonly database?: string
  /** Server settings, as `-c name=value`. */
  readonly settings?: Readonly<Record<string, string>>
  /** False for data that nobody misses after a crash of the machine: tests. */
  readonly durable?: boolean
  readonly log?: Logger
  /** How to run as root; found out when absent. */
  readonly identity?: Identity
}

const logBytesMax = 5_000_000
const readyPatienceMs = 600_000
const stopPatienceMs = 60_000
const neighbourLookMs = 500

/** No port: the socket folder of mode 0700 is the lock on the door, so `trust` is no hole and nothing can collide. */
const fixedSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  jit: 'off',
  log_checkpoints: 'off',
}

function openLog(path: string): { fd: number; from: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > logBytesMax) renameSync(path, `${path}.old`)
  return { fd: openSync(path, 'a', 0o600), from: size > logBytesMax ? 0 : size }
}

/** The line of the server's log that says why, as far as there is one. */
function reasonIn(path: string, from: number): string {
  const lines = readFileSync(path).subarray(from).toString('utf8').trim().split('\n')
  const telling = lines.findLast((line) => /FATAL|PANIC|error|denied/i.test(line)) ?? lines.at(-1) ?? ''
  return telling.replace(/^\S+ \S+ \w+ \[\d+\] /, '')
}

/**
 * The real PostgreSQL server, started privately on a data directory.
 *
 * One process of the machine owns it; others that start on the same data use it too, and the first of them that sees
 * it gone starts it again. It ends with its owner, even after kill -9 (embedded/watchdog.ts), and starts again when it
 * died alone. After a crash of everything its stale locks are removed before the start (embedded/running.ts).
 */
export class EmbeddedPostgres implements Service {
  readonly #options: EmbeddedOptions
  readonly #database: string
  #place: Place | undefined
  #server: Watched | undefined
  #socketFolder: string | undefined
  #stopping = false
  #starting: Promise<void> | undefined
  #neighbour: NodeJS.Timeout | undefined

  constructor(options: EmbeddedOptions) {
    this.#options = options
    this.#database = options.database ?? 'stint'
  }

  /** Where clients connect, from the end of `start` on. */
  get target(): Target {
    if (this.#socketFolder === undefined) throw new Error('the embedded server has not been started')
    return { kind: 'socket', folder: this.#socketFolder, user: serverUser, database: this.#database }
  }

  /** False when another process runs the server and we only use it. */
  get owned(): boolean {
    return this.#server !== undefined
  }

  async start(): Promise<void> {
    this.#stopping = false
    this.#starting ??= this.#bringUp().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#starting?.catch(() => {})
    clearInterval(this.#neighbour)
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.close()
    await this.#awaitEnd()
    await this.#removeSocketFolder(this.#place!)
  }

  /** Unless somebody started a server of his own in it meanwhile. */
  async #removeSocketFolder({ name, socketFolder }: Place): Promise<void> {
    await alone(name, async () => {
      try {
        rmdirSync(socketFolder)
      } catch {
        // Not empty: in use again.
      }
    })
  }

  async #bringUp(): Promise<void> {
    if (this.#socketFolder !== undefined && (await answers(this.#socketFolder))) return
    const { dataDir, durable = true } = this.#options
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    this.#place ??= choosePlace(dataDir, packagedServer(), this.#options.identity ?? chooseIdentity())
    const place = this.#place
    await alone(place.name, async () => {
      await initialise(place, durable)
      await this.#findOrLaunch(place)
      await this.#ensureDatabase()
    })
  }

  async #findOrLaunch(place: Place): Promise<void> {
    const until = performance.now() + readyPatienceMs
    while (process.platform === 'linux' && serversIn(place.dataFolder).length > 0) {
      const lock = readLockFile(place.dataFolder)
      if (lock?.ready && (await answers(lock.socketFolder))) return this.#use(lock.socketFolder, lock.pid)
      if (performance.now() > until)
        throw new Error(`A server on ${place.dataFolder} neither answers nor ends.`)
      await pause(50) // It is starting or shutting down.
    }
    makeSocketFolder(place)
    if (process.platform === 'linux') removeStaleLocks(place.dataFolder, place.socketFolder)
    await this.#launch(place)
  }

  /** The server of another process; when it goes, we start one. */
  #use(socketFolder: string, pid: number): void {
    this.#socketFolder = socketFolder
    clearInterval(this.#neighbour)
    this.#neighbour = setInterval(() => {
      if (isAlive(pid)) return
      clearInterval(this.#neighbour)
      this.#startAgain('The server of the other process has gone.')
    }, neighbourLookMs)
    this.#neighbour.unref()
  }

  async #launch(place: Place): Promise<void> {
    const settings = { ...fixedSettings, ...this.#options.settings }
    const named = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const args = ['-D', place.dataFolder, '-k', place.socketFolder, ...named]
    const command = asIdentity(place.identity, `${place.binaries.folder}/bin/postgres`, args)
    const { fd, from } = openLog(place.logFile)
    const server = spawnWatched(command, fd, place.binaries.environment)
    closeSync(fd)
    const ended = { how: undefined as string | undefined }
    server.exited.then((how) => {
      ended.how = how
      if (this.#server === server) this.#startAgain(`The embedded PostgreSQL ended by itself (${how}).`)
    })
    await this.#awaitReady(place, ended, from)
    this.#server = server
    this.#socketFolder = place.socketFolder
    if (ended.how !== undefined) this.#startAgain(`The embedded PostgreSQL ended at once (${ended.how}).`)
  }

  /** Asks the file in which the server itself says that it is ready: no connection attempts into the blue. */
  async #awaitReady(place: Place, ended: { how: string | undefined }, from: number): Promise<void> {
    const until = performance.now() + readyPatienceMs
    while (!readLockFile(place.dataFolder)?.ready) {
      if (ended.how !== undefined) {
        throw new Error(`The embedded PostgreSQL did not start: ${reasonIn(place.logFile, from)}`)
      }
      if (performance.now() > until) throw new Error('The embedded PostgreSQL does not get ready.')
      await pause(4)
    }
  }

  #startAgain(why: string): void {
    this.#server?.close()
    this.#server = undefined
    if (this.#stopping) return
    this.#options.log?.error({ dataDir: this.#options.dataDir }, `${why} Starting it again.`)
    this.#starting ??= this.#tryUntilUp().finally(() => {
      this.#starting = undefined
    })
  }

  async #tryUntilUp(): Promise<void> {
    for (let tryNo = 1; !this.#stopping; tryNo++) {
      try {
        return await this.#bringUp()
      } catch (error) {
        this.#options.log?.error(
          { err: error },
          'The embedded PostgreSQL could not be started again; trying on.',
        )
        await pause(backoffMs(tryNo, { firstMs: 100, maxMs: 5_000 }))
      }
    }
  }

  async #ensureDatabase(): Promise<void> {
    const sql = connect(withDatabase(this.target, 'postgres'), { max: 1, applicationName: 'stint-launcher' })
    try {
      const [found] = await sql`
        -- databaseExists
        select 1
        from pg_database
        where datname = ${this.#database}`
      if (found === undefined) {
        await sql`
          -- createDatabase
          create database ${sql(this.#database)}`
      }
    } finally {
      await sql.end({ timeout: 1 })
    }
  }

  /** Nothing of the server is left, so that whoever starts next finds a quiet place. */
  async #awaitEnd(): Promise<void> {
    const { dataFolder } = this.#place!
    const until = performance.now() + stopPatienceMs
    const isLeft = () =>
      process.platform === 'linux' ? serversIn(dataFolder).length > 0 : readLockFile(dataFolder) !== undefined
    while (isLeft()) {
      if (performance.now() > until) {
        this.#options.log?.warn('The embedded PostgreSQL takes long to stop; it is left to end by itself.')
        return
      }
      await pause(5)
    }
  }
}
