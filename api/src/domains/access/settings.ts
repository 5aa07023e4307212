import type { App } from '../../base/app.ts'
import { changeSetting } from '../settings/change.ts'
import { type SettingInForce, settingsInForce } from '../settings/read.ts'
import { type Actor, demand } from './model.ts'

/** Every setting by name, for those with setting.view. */
export async function viewSettings(app: App, actor: Actor | undefined): Promise<SettingInForce[]> {
  demand(actor, 'setting.view')
  return settingsInForce(app)
}

/** Changes one setting for all processes; needs setting.manage. Throws `setting-invalid`. */
export async function updateSetting(
  app: App,
  actor: Actor | undefined,
  { name, value }: { name: string; value: unknown },
): Promise<SettingInForce> {
  demand(actor, 'setting.manage')
  await changeSetting(app, actor, name, value)
  return (await settingsInForce(app)).find((setting) => setting.name === name) as SettingInForce
}
