import { usageError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import { document } from '../server/document.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface Setting {
  readonly name: string
  readonly type: 'boolean' | 'integer' | 'choice' | 'duration' | 'list'
  readonly value: unknown
  readonly default: unknown
  readonly choices: readonly string[] | null
  readonly minimum: number | null
  readonly maximum: number | null
  readonly description: string
  readonly updatedAt: string | null
  readonly updatedBy: string | null
}

const fields = 'name type value default choices minimum maximum description updatedAt updatedBy'

export const settingsDocument = document<{ settings: readonly Setting[] }>(
  `query CliSettings { settings { ${fields} } }`,
)

export const updateSettingDocument = document<
  { updateSetting: Setting },
  { input: { name: string; value: unknown } }
>(`mutation CliUpdateSetting($input: UpdateSettingInput!) { updateSetting(input: $input) { ${fields} } }`)

/** One setting by its name; throws with the name that was probably meant. */
export async function findSetting({ connection }: Terminal, name: string): Promise<Setting> {
  const { settings } = await connection.query(settingsDocument, {})
  const found = settings.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = settings.map((each) => each.name)
  throw usageError(
    `There is no setting ${JSON.stringify(name)}${nearName(name, names)}`,
    'stint setting list',
  )
}

/** What a setting may be, in words. */
export function rangeOf({ type, choices, minimum, maximum }: Setting): string {
  if (type === 'boolean') return 'true or false'
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`
  if (type === 'duration') return 'a duration such as 720h or 30d, or forever'
  return type === 'choice' ? `one of ${(choices ?? []).join(', ')}` : 'a list'
}

export function valueText(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  return value.length === 0 ? '(empty)' : value.join(' ')
}

export function isChanged(setting: Setting): boolean {
  return JSON.stringify(setting.value) !== JSON.stringify(setting.default)
}
