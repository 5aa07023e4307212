import type { KeyJournal } from './journal.ts'
import type { Plan, PlannedChannel } from './plan.ts'

type Fields = Readonly<Record<string, unknown>>

const types = ['task_state_update', 'task_step_update', 'task_validation']
const strategies = ['always', 'failure_only', 'failure_or_done', 'silent']

/** `notify_config` and `notify_actions` of utask-cfg: each backend becomes a channel. */
export function convertNotifications(
  plan: Plan,
  told: KeyJournal,
  main: Fields,
  credentials: Fields | undefined,
): void {
  const actions = isMap(main.notify_actions) ? main.notify_actions : {}
  for (const [backend, definition] of Object.entries(isMap(main.notify_config) ? main.notify_config : {})) {
    const key = `notify_config.${backend}`
    const fields = isMap(definition) ? definition : {}
    const channel = channelOf(backend, fields, credentials)
    if (typeof channel === 'string') {
      told.note(key, 'person', channel)
      continue
    }
    plan.channels.push({
      ...channel,
      configuration: { ...channel.configuration, ...strategiesOf(backend, fields, actions) },
    })
    told.note(
      key,
      'converted',
      `Becomes the channel "${channel.name}", which delivers with retries and a log.`,
    )
  }
}

/** A sentence when nothing can be made of it. */
function channelOf(
  backend: string,
  fields: Fields,
  credentials: Fields | undefined,
): PlannedChannel | string {
  const config = isMap(fields.config) ? fields.config : {}
  const name = backend
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100)
  if (name === '') return 'A channel needs a name of letters and digits.'
  const url = config.webhook_url
  const channel = { name, strategy: 'always', configuration: { url } }
  if (fields.type !== 'slack' && fields.type !== 'webhook') {
    return fields.type === 'opsgenie'
      ? 'There are no Opsgenie channels; use a webhook channel with the integration’s address, and a body template.'
      : 'µTask has no such kind of backend.'
  }
  if (typeof url !== 'string' || url === '') return 'It has no webhook_url.'
  if (fields.type === 'slack') return { ...channel, kind: 'slack' }
  const named = credentialsOf(config, credentials)
  const headers = isMap(config.headers) ? { headers: config.headers } : {}
  return { ...channel, kind: 'webhook', configuration: { url, ...headers, ...named } }
}

function credentialsOf(config: Fields, credentials: Fields | undefined): Fields {
  const source =
    typeof config.credentials_name === 'string' && credentials?.credentials_name === config.credentials_name
      ? credentials
      : config
  const pick = (name: string) =>
    typeof source[name] === 'string' && source[name] !== '' ? { [name]: source[name] } : {}
  return { ...pick('username'), ...pick('password') }
}

/** What it tells: a type that is disabled, or whose backends do not name this one, is silent. */
function strategiesOf(backend: string, fields: Fields, actions: Fields): Fields {
  const byType: Record<string, string> = {}
  const given = isMap(fields.default_notification_strategy) ? fields.default_notification_strategy : {}
  for (const type of types) {
    const strategy = given[type]
    if (typeof strategy === 'string' && strategies.includes(strategy)) byType[type] = strategy
    const action = isMap(actions[type]) ? (actions[type] as Fields) : {}
    const backends = Array.isArray(action.notify_backends) ? action.notify_backends : []
    if (action.disabled === true || (backends.length > 0 && !backends.includes(backend)))
      byType[type] = 'silent'
  }
  const own = fields.template_notification_strategies
  return {
    ...(Object.keys(byType).length > 0 && { strategies: byType }),
    ...(isMap(own) && { template_notification_strategies: own }),
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
