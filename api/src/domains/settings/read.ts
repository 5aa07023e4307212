import type { App } from '../../base/app.ts'
import {
  catalogue,
  defaultSettings,
  definitionOf,
  isSettingName,
  type SettingDefinition,
  type SettingName,
  type Settings,
  settingNames,
  whatIsWrong,
} from './model.ts'
import { type StoredSetting, storedSettings } from './store.ts'

/** A change is announced; this bounds how long a lost announcement can be missed. */
const keepMs = 10_000

interface Remembered {
  readonly settings: Promise<Settings>
  readonly untilMs: number
}

const remembered = new WeakMap<App['sql'], Remembered>()

function valueInForce(app: App, row: StoredSetting): [SettingName, unknown] | undefined {
  // Written by a newer or an older release: not ours to judge.
  if (!isSettingName(row.name)) return undefined
  const wrong = whatIsWrong(catalogue[row.name], row.value)
  if (wrong === undefined) return [row.name, row.value]
  app.log.warn({ setting: row.name }, `The stored setting ${row.name} ${wrong}; its default is used.`)
  return undefined
}

async function load(app: App): Promise<Settings> {
  const rows = await storedSettings(app.sql)
  const changed = rows.map((row) => valueInForce(app, row)).filter((entry) => entry !== undefined)
  return { ...defaultSettings, ...Object.fromEntries(changed) }
}

/**
 * The settings in force. Asked for with every request, so they are kept in memory until a change is announced
 * (`watchSettings`), and for 10 s at most.
 */
export function readSettings(app: App): Promise<Settings> {
  const known = remembered.get(app.sql)
  if (known !== undefined && known.untilMs > app.clock.monotonicMs()) return known.settings
  const settings = load(app)
  remembered.set(app.sql, { settings, untilMs: app.clock.monotonicMs() + keepMs })
  // A failed load must not be remembered as the answer.
  settings.catch(() => forgetSettings(app))
  return settings
}

/** The next question reads the database again. */
export function forgetSettings(app: App): void {
  remembered.delete(app.sql)
}

export interface SettingInForce {
  readonly name: SettingName
  readonly definition: SettingDefinition
  readonly value: unknown
  /** Absent while the value is the default. */
  readonly updatedAt: Date | undefined
  readonly updatedBy: string | undefined
}

/** The whole catalogue by name, each with its value in force and who changed it; fresh from the database. */
export async function settingsInForce(app: App): Promise<SettingInForce[]> {
  const rows = await storedSettings(app.sql)
  return settingNames.map((name) => {
    const row = rows.find((each) => each.name === name)
    const value = row === undefined ? undefined : valueInForce(app, row)
    const definition = definitionOf(name)
    if (row === undefined || value === undefined) {
      return { name, definition, value: definition.default, updatedAt: undefined, updatedBy: undefined }
    }
    return { name, definition, value: value[1], updatedAt: row.updatedAt, updatedBy: row.updatedBy }
  })
}
