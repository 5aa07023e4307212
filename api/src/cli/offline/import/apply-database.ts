import type { App } from '../../../base/app.ts'
import { systemClock } from '../../../base/clock.ts'
import type { Config } from '../../../base/config.ts'
import { createLog } from '../../../base/log.ts'
import { Problem } from '../../../base/problem.ts'
import { systemActor } from '../../../domains/access/model.ts'
import { saveChannel } from '../../../domains/channels/save.ts'
import { changeSetting } from '../../../domains/settings/change.ts'
import type { SettingName } from '../../../domains/settings/model.ts'
import { forgetSettings, readSettings } from '../../../domains/settings/read.ts'
import { hasTasks } from '../../../domains/tasks/counts.ts'
import { connect } from '../../../postgres/connect.ts'
import { bringUpToDate, openDatabase } from '../../database.ts'
import { openRing, readKeys } from '../../keys.ts'
import { checkDatabase, checkDataDir } from '../../preflight.ts'
import { applyUsers, type PasswordRules } from './apply-users.ts'
import type { Plan } from './plan.ts'

/** Settings, users and channels, in the database of this installation; a server that runs hears of them. */
export async function applyToDatabase(
  plan: Plan,
  config: Config,
  passwords: PasswordRules = {},
): Promise<void> {
  if (plan.settings.size + plan.users.size + plan.channels.length === 0) return
  if (config.databaseUrl === undefined) checkDataDir(config.dataDir)
  else await checkDatabase(config.databaseUrl)
  const log = createLog({ level: 'warn', format: config.logFormat }, process.stderr)
  const database = await openDatabase(config, log)
  try {
    await bringUpToDate(database.target)
    const sql = connect(database.target, { max: 2, applicationName: 'stint-import' })
    const app: App = { sql, log, clock: systemClock, config }
    try {
      for (const [name, value] of plan.settings) await applySetting(plan, app, name, value)
      await applyUsers(plan, app, passwords)
      if (plan.channels.length > 0) await applyChannels(plan, app)
    } finally {
      await sql.end({ timeout: 5 })
    }
  } finally {
    await database.stop()
  }
}

/** Lists are added to: what somebody has allowed here before stays. */
async function applySetting(plan: Plan, app: App, name: SettingName, value: unknown): Promise<void> {
  forgetSettings(app)
  const before = (await readSettings(app))[name]
  const isList = Array.isArray(value) && Array.isArray(before)
  const next = isList ? [...new Set([...before, ...value])] : value
  try {
    await changeSetting(app, systemActor, name, next)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    plan.journal.note('settings', 'person', error.message, { key: name })
  }
}

/** Their addresses and passwords are sealed with the ring of this installation. */
async function applyChannels({ channels, journal }: Plan, app: App): Promise<void> {
  const { keysFile } = app.config
  const keys = await openRing(app, keysFile, readKeys(keysFile, await hasTasks(app)))
  for (const channel of channels) {
    try {
      await saveChannel(app, keys, systemActor, channel)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      journal.note('channels', 'person', error.message, { key: channel.name })
    }
  }
}
