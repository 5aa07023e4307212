import type { App } from '../../base/app.ts'
import type { Service } from '../../base/service.ts'
import type { KeyRing, RingKey } from '../../engine/seal.ts'
import { isWrappedBy } from '../../engine/store/sealed.ts'
import type { AnySql } from '../../postgres/connect.ts'
import { channels, type Listener } from '../../postgres/listen.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { databaseUnavailable } from '../../postgres/unavailable.ts'
import { sealedTables } from './sealed-tables.ts'
import { deleteKey, findKeys, insertKeys, lockRing, makeCurrent } from './store.ts'

/** Rows need a key that the key file of this process does not have. */
export class RingKeyMissing extends Error {
  readonly keyId: string

  constructor(keyId: string) {
    super(`the key ${keyId} is missing`)
    this.keyId = keyId
  }
}

async function isNeeded(sql: AnySql, keyId: string): Promise<boolean> {
  for (const table of sealedTables) if (await isWrappedBy(sql, table, keyId)) return true
  return false
}

/**
 * Makes the keys of a file known to the database and finds out which of them wraps: the newest, where none does yet. Keys that
 * nothing needs any more are forgotten when they are in no file. Throws `RingKeyMissing`.
 */
export async function enterRing(app: App, ring: readonly RingKey[]): Promise<string> {
  const ids = ring.map(({ id }) => id)
  return inTransaction(app.sql, async (tx) => {
    await lockRing(tx)
    const known = await findKeys(tx)
    for (const { id, isCurrent } of known) {
      if (ids.includes(id)) continue
      if (isCurrent || (await isNeeded(tx, id))) throw new RingKeyMissing(id)
    }
    // The oldest first: their order is what tells the newest.
    for (const id of ids.toReversed()) if (!known.some((each) => each.id === id)) await insertKeys(tx, [id])
    const current = known.find(({ isCurrent }) => isCurrent)?.id
    if (current !== undefined) return current
    const newest = ids[0] as string
    await makeCurrent(tx, newest)
    return newest
  })
}

/** Takes a key from the ring that nothing needs; the file is the caller's. False when something does, or when it wraps. */
export async function leaveRing(
  app: App,
  keyId: string,
  mayGo: (tx: AnySql) => Promise<boolean>,
): Promise<boolean> {
  return inTransaction(app.sql, async (tx) => {
    await lockRing(tx)
    if (!(await mayGo(tx))) return false
    await deleteKey(tx, keyId)
    return true
  })
}

const lookEveryMs = 2_000

export interface RingKeeperOptions {
  readonly app: App
  readonly listener: Listener
  readonly keys: KeyRing
  /** Reads the key file; undefined when it did not change since it was read last. Throws when it cannot be used. */
  reread(): readonly RingKey[] | undefined
}

/** Keeps the ring of this process as its key file and the database say: keys that were added, and which of them wraps. */
export class RingKeeper implements Service {
  readonly #options: RingKeeperOptions
  #ring: readonly RingKey[]
  #timer: NodeJS.Timeout | undefined
  #ends: (() => void)[] = []
  #work: Promise<void> = Promise.resolve()
  /** The database was away when it was asked. */
  #isDue = false

  constructor(options: RingKeeperOptions, ring: readonly RingKey[]) {
    this.#options = options
    this.#ring = ring
  }

  async start(): Promise<void> {
    const { listener } = this.#options
    const look = () => {
      this.#work = this.#work.then(() => this.#look())
    }
    this.#ends = [
      listener.on(channels.settings, (name) => name === 'keys' && look()),
      listener.onReconnect(look),
    ]
    this.#timer = setInterval(() => {
      if (this.#readFile() || this.#isDue) look()
    }, lookEveryMs)
    this.#timer.unref()
    look()
    await this.#work
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    for (const end of this.#ends.splice(0)) end()
    await this.#work
  }

  #readFile(): boolean {
    try {
      const ring = this.#options.reread()
      if (ring === undefined) return false
      this.#ring = ring
      return true
    } catch (err) {
      this.#options.app.log.error({ err }, 'The key file cannot be used; the keys in memory stay.')
      return false
    }
  }

  async #look(): Promise<void> {
    const { app, keys } = this.#options
    this.#isDue = false
    try {
      const current = await enterRing(app, this.#ring)
      const ids = this.#ring.map(({ id }) => id)
      if (
        current === keys.current &&
        keys.ids.length === ids.length &&
        ids.every((id) => keys.ids.includes(id))
      )
        return
      keys.load(this.#ring, current)
      app.log.info({ keys: keys.ids }, 'the key ring was read again')
    } catch (err) {
      if (databaseUnavailable(err) !== undefined) {
        this.#isDue = true
        return app.log.warn({ err }, 'Which key wraps could not be read; trying again.')
      }
      app.log.error({ err }, 'The key ring cannot be used as the key file has it; the keys in memory stay.')
    }
  }
}
