import type { App } from '../base/app.ts'
import { systemClock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createLog } from '../base/log.ts'
import { ringState } from '../domains/keys/read.ts'
import { leaveRing } from '../domains/keys/ring.ts'
import { connect } from '../postgres/connect.ts'
import { bringUpToDate, openDatabase } from './database.ts'
import { newKey, parseKeys, writeKeys } from './keys.ts'
import { checkDatabase, checkDataDir } from './preflight.ts'
import { Refusal } from './refusal.ts'

/*
 * `stint keys add` and `stint keys remove ID`: they change the key file, so they run where it lies. A running process reads the
 * changed file by itself.
 */

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** The new key opens from now on; it wraps once a rotation begins, when every process has it. */
async function add({ keysFile }: Config): Promise<void> {
  const key = newKey()
  writeKeys(keysFile, [key, ...parseKeys(keysFile)])
  say(`Added the key ${key.id} to ${keysFile}.`)
  say(
    'Copy the file to every other machine of this installation, keep a copy of it where no database backup lies,',
  )
  say('then let it wrap: stint keys rotate')
}

async function withDatabase<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  if (config.databaseUrl === undefined) checkDataDir(config.dataDir)
  else await checkDatabase(config.databaseUrl)
  const log = createLog({ level: config.logLevel, format: config.logFormat }, process.stderr)
  const database = await openDatabase(config, log)
  try {
    await bringUpToDate(database.target)
    const sql = connect(database.target, { max: 2, applicationName: 'stint-keys' })
    try {
      return await work({ sql, log, clock: systemClock, config })
    } finally {
      await sql.end({ timeout: 5 })
    }
  } finally {
    await database.stop()
  }
}

async function remove(config: Config, id: string): Promise<void> {
  const { keysFile } = config
  const ring = parseKeys(keysFile)
  if (!ring.some((key) => key.id === id)) throw new Refusal(`The key file ${keysFile} has no key ${id}.`)
  if (ring.length === 1)
    throw new Refusal('This is the only key; add another one and rotate first: stint keys add')
  await withDatabase(config, async (app) => {
    const mayGo = await leaveRing(app, id, async (tx) => {
      const { keys } = await ringState(tx)
      const known = keys.find((key) => key.id === id)
      return known === undefined || known.mayBeRemoved
    })
    if (!mayGo)
      throw new Refusal(
        `Something is still wrapped by the key ${id}; let the newest one wrap first: stint keys rotate (stint keys list shows how far it is).`,
      )
    writeKeys(
      keysFile,
      ring.filter((key) => key.id !== id),
    )
  })
  say(`Removed the key ${id} from ${keysFile}; remove it from the copies of the file, too.`)
}

/** `stint keys add` and `stint keys remove ID`. */
export function keysVerb([verb, id, ...rest]: readonly string[]): (config: Config) => Promise<void> {
  if (verb === 'add' && id === undefined) return add
  if (verb === 'remove' && id !== undefined && rest.length === 0) return (config) => remove(config, id)
  throw new Refusal('Write "stint keys add" or "stint keys remove ID".')
}
