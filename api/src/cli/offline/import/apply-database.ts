import type { Role } from '@stint/schema/words'
import type { App } from '../../../base/app.ts'
import { systemClock } from '../../../base/clock.ts'
import type { Config } from '../../../base/config.ts'
import { createLog } from '../../../base/log.ts'
import { Problem } from '../../../base/problem.ts'
import { systemActor } from '../../../domains/access/model.ts'
import { createUser } from '../../../domains/access/users.ts'
import { saveChannel } from '../../../domains/channels/save.ts'
import { changeSetting } from '../../../domains/settings/change.ts'
import type { SettingName } from '../../../domains/settings/model.ts'
import { forgetSettings, readSettings } from '../../../domains/settings/read.ts'
import { hasTasks } from '../../../domains/tasks/counts.ts'
import { connect } from '../../../postgres/connect.ts'
import { bringUpToDate, openDatabase } from '../../database.ts'
import { openRing, readKeys } from '../../keys.ts'
import { checkDatabase, checkDataDir } from '../../preflight.ts'
import type { Plan, PlannedUser } from './plan.ts'

/** Settings, users and channels, in the database of this installation; a server that runs hears of them. */
export async function applyToDatabase(plan: Plan, config: Config): Promise<void> {
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
      for (const user of plan.users.values()) await applyUser(plan, app, user)
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

async function applyUser(plan: Plan, app: App, user: PlannedUser): Promise<void> {
  const { journal } = plan
  const roles: Role[] = [user.isAdmin ? 'admin' : 'resolver']
  const { name, groups } = user
  const create = (password?: string) =>
    createUser(app, systemActor, { name, roles, groups, ...(password !== undefined && { password }) })
  try {
    await create(user.password)
    if (user.password === undefined)
      journal.note(
        'users',
        'person',
        'Has no password: comes through your proxy, or gets one from an administrator.',
        { key: name },
      )
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'name-taken') {
      const message = user.isAdmin
        ? 'Is there already; see to it that he has the role admin.'
        : 'Is there already, and was left.'
      journal.note('users', user.isAdmin ? 'person' : 'kept', message, { key: name })
    } else if (error.code === 'invalid-input' && user.password !== undefined) {
      journal.note(
        'users',
        'person',
        'The old password is too weak here; an administrator gives a new one.',
        { key: name },
      )
      await applyUser(plan, app, { name, groups, isAdmin: user.isAdmin })
    } else journal.note('users', 'person', error.message, { key: name })
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
