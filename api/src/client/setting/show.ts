import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { agoText, coloured } from '../terminal/text.ts'
import { findSetting, isChanged, rangeOf, type Setting, settingsDocument, valueText } from './documents.ts'

const columns: Column<Setting>[] = [
  { title: 'SETTING', value: ({ name }) => name },
  { title: 'TYPE', value: ({ type }) => type },
  {
    title: 'VALUE',
    value: ({ value }) => valueText(value),
    paint: (text, setting) => (isChanged(setting) ? coloured(text, 'bold') : text),
    minWidth: 7,
  },
  {
    title: 'DEFAULT',
    value: (setting) => (isChanged(setting) ? valueText(setting.default) : 'the same'),
    minWidth: 7,
  },
  { title: 'DESCRIPTION', value: ({ description }) => description, minWidth: 20 },
]

export async function listSettings(terminal: Terminal, { changed }: { readonly changed?: boolean }) {
  const { settings } = await terminal.connection.query(settingsDocument, {})
  const shown = changed === true ? settings.filter(isChanged) : settings
  if (terminal.isJson) terminal.printJson(shown)
  else terminal.printTable(shown, columns, 'Every setting is at its default.')
  return undefined
}

/** One setting with all that is known of it. */
export function printSetting(terminal: Terminal, setting: Setting): void {
  if (terminal.isJson) return terminal.printJson(setting)
  const { name, description, value, updatedAt, updatedBy } = setting
  terminal.print(coloured(name, 'bold'))
  terminal.printFacts([
    ['What it does', description],
    ['Value', Array.isArray(value) && value.length > 0 ? value.join('\n') : valueText(value)],
    ['Default', valueText(setting.default)],
    ['It may be', rangeOf(setting)],
    [
      'Changed',
      updatedAt === null
        ? undefined
        : `${agoText(updatedAt, terminal.nowMs)}, by ${updatedBy ?? 'nobody known'}`,
    ],
  ])
}

export async function showSetting(terminal: Terminal, name: string) {
  printSetting(terminal, await findSetting(terminal, name))
  return undefined
}
