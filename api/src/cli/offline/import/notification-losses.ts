import { suggestion } from '@stint/schema/suggestion'
import type { KeyJournal } from './journal.ts'

type Fields = Readonly<Record<string, unknown>>

/** What µTask's notifications are about, and how much of it a backend hears. */
export const types: readonly string[] = ['task_state_update', 'task_step_update', 'task_validation']
export const strategies: readonly string[] = ['always', 'failure_only', 'failure_or_done', 'silent']

const backendKeys = ['type', 'config', 'default_notification_strategy', 'template_notification_strategies']
const configKeys: Readonly<Record<string, readonly string[]>> = {
  slack: ['webhook_url'],
  webhook: ['webhook_url', 'username', 'password', 'credentials_name', 'headers'],
  opsgenie: ['zone', 'api_key'],
}

/** What of a backend does not come along: keys without a meaning here, strategies that are none, credentials that are nowhere. */
export function tellLost(
  told: KeyJournal,
  key: string,
  backend: Fields,
  credentials: Fields | undefined,
): void {
  const config = fieldsOf(backend.config)
  tellUnknown(told, key, backend, backendKeys)
  tellUnknown(told, `${key}.config`, config, configKeys[String(backend.type)] ?? [])
  tellStrategies(
    told,
    `${key}.default_notification_strategy`,
    fieldsOf(backend.default_notification_strategy),
  )
  const name = config.credentials_name
  if (typeof name === 'string' && name !== '' && credentials?.credentials_name !== name)
    told.note(
      `${key}.config.credentials_name`,
      'person',
      'No item notify-webhook-credentials has this name: give the channel its username and password.',
    )
}

/** `notify_actions`: of which nothing may be passed over, or somebody would hear what was silenced. */
export function tellActions(told: KeyJournal, actions: Fields, backends: readonly string[]): void {
  for (const [type, action] of Object.entries(actions)) {
    const key = `notify_actions.${type}`
    if (!types.includes(type)) {
      told.note(
        key,
        'person',
        `It is none of ${types.join(', ')}, so it does nothing${suggestion(type, types)}`,
      )
      continue
    }
    const { notify_backends: named } = fieldsOf(action)
    tellUnknown(told, key, fieldsOf(action), ['disabled', 'notify_backends'])
    for (const name of Array.isArray(named) ? named.map(String) : []) {
      if (backends.includes(name)) continue
      told.note(key, 'person', `notify_config has no backend "${name}"${suggestion(name, backends)}`)
    }
  }
}

function tellUnknown(told: KeyJournal, key: string, fields: Fields, known: readonly string[]): void {
  for (const name of Object.keys(fields).filter((each) => !known.includes(each)))
    told.note(`${key}.${name}`, 'ignored', `It has no meaning here${suggestion(name, known)}`)
}

function tellStrategies(told: KeyJournal, key: string, given: Fields): void {
  for (const [type, strategy] of Object.entries(given)) {
    if (!types.includes(type))
      told.note(`${key}.${type}`, 'person', `It is none of ${types.join(', ')}${suggestion(type, types)}`)
    else if (!strategies.includes(String(strategy)))
      told.note(
        `${key}.${type}`,
        'person',
        `A strategy is one of ${strategies.join(', ')}${suggestion(String(strategy), strategies)}`,
      )
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
