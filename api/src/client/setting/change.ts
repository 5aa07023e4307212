import { flagOfWord } from '@stint/schema/flag-words'
import { usageError } from '../exit.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { findSetting, rangeOf, type Setting, updateSettingDocument, valueText } from './documents.ts'

interface ListChange {
  readonly add?: boolean
  readonly remove?: boolean
}

function wrong(setting: Setting, texts: readonly string[]): Error {
  return usageError(
    `${setting.name} must be ${rangeOf(setting)}, not ${texts.map((text) => JSON.stringify(text)).join(' ')}.`,
    `stint setting show ${setting.name}`,
  )
}

function listOf({ name, value }: Setting, entries: readonly string[], { add, remove }: ListChange): string[] {
  const before = value as readonly string[]
  if (add && remove) throw usageError('Say --add or --remove, not both.')
  if (add) return [...before, ...entries.filter((entry) => !before.includes(entry))]
  if (!remove) return [...entries]
  const unknown = entries.find((entry) => !before.includes(entry))
  if (unknown !== undefined)
    throw usageError(`${name} has no entry ${JSON.stringify(unknown)}.`, `Its entries: ${valueText(before)}`)
  return before.filter((entry) => !entries.includes(entry))
}

/** Words of a command line as the value of a setting; the server decides again. */
export function settingValue(setting: Setting, texts: readonly string[], change: ListChange = {}): unknown {
  if (setting.type === 'list') return listOf(setting, texts, change)
  if (change.add || change.remove)
    throw usageError(`${setting.name} is no list: --add and --remove do not fit.`)
  const [text = ''] = texts
  if (texts.length !== 1) throw wrong(setting, texts)
  if (setting.type === 'choice' || setting.type === 'duration') return text
  const value =
    setting.type === 'boolean' ? flagOfWord(text) : /^-?\d+$/.test(text) ? Number(text) : undefined
  if (value === undefined) throw wrong(setting, texts)
  return value
}

async function change(terminal: Terminal, setting: Setting, value: unknown): Promise<Setting> {
  const input = { name: setting.name, value }
  const { updateSetting } = await terminal.connection.query(updateSettingDocument, { input })
  if (!terminal.isJson) {
    const [before, after] = [valueText(setting.value), valueText(updateSetting.value)]
    terminal.print(
      before === after ? `${setting.name} is ${after} already.` : `${setting.name}: ${before} → ${after}`,
    )
  }
  return updateSetting
}

export async function setSetting(
  terminal: Terminal,
  name: string,
  texts: readonly string[],
  options: ListChange,
) {
  const setting = await findSetting(terminal, name)
  const changed = await change(terminal, setting, settingValue(setting, texts, options))
  if (terminal.isJson) terminal.printJson(changed)
  return undefined
}

export async function resetSettings(terminal: Terminal, names: readonly string[]) {
  const settings: Setting[] = []
  // All are looked up first: one wrong name changes nothing.
  for (const name of names) settings.push(await findSetting(terminal, name))
  const changed: Setting[] = []
  for (const setting of settings) changed.push(await change(terminal, setting, setting.default))
  if (terminal.isJson) terminal.printJson(changed)
  return undefined
}
