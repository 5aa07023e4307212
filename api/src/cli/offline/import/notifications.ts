import type { Template } from '@stint/schema/template-types'
import { channelNameOf } from '../../../domains/channels/model.ts'
import type { KeyJournal } from './journal.ts'
import { strategies, tellActions, tellLost, types } from './notification-losses.ts'
import type { Plan, PlannedChannel } from './plan.ts'
import { notePlace } from './reach.ts'

type Fields = Readonly<Record<string, unknown>>

/** `notify_config` and `notify_actions` of utask-cfg: each backend becomes a channel. */
export function convertNotifications(
  plan: Plan,
  told: KeyJournal,
  main: Fields,
  credentials: Fields | undefined,
): void {
  const actions = isMap(main.notify_actions) ? main.notify_actions : {}
  tellActions(told, actions, Object.keys(isMap(main.notify_config) ? main.notify_config : {}))
  for (const [backend, definition] of Object.entries(isMap(main.notify_config) ? main.notify_config : {})) {
    const key = `notify_config.${backend}`
    const fields = isMap(definition) ? definition : {}
    const channel = channelOf(backend, fields, credentials)
    if (typeof channel === 'string') {
      told.note(key, 'person', channel)
      continue
    }
    tellLost(told, key, fields, credentials)
    plan.channels.push({
      ...channel,
      configuration: { ...channel.configuration, ...strategiesOf(backend, fields, actions) },
    })
    notePlace(plan, `channel ${channel.name}`, 'url', String(channel.configuration.url))
    told.note(
      key,
      'converted',
      `Becomes the channel "${channel.name}", which delivers with retries and a log.`,
    )
  }
}

/** Remembers which backends the steps of a template tell by name. */
export function noteBackends(plan: Plan, file: string, { steps }: Template): void {
  for (const { action } of steps) {
    const { backends } = action.configuration
    if (action.type !== 'notify' || !Array.isArray(backends)) continue
    for (const name of backends)
      if (typeof name === 'string' && name !== '' && !name.includes('{{') && !plan.backends.has(name))
        plan.backends.set(name, file)
  }
}

/** µTask passes over a backend that it has not; here the step says so and fails. */
export function tellBackends({ backends, channels, journal }: Plan): void {
  for (const [name, file] of backends) {
    if (channels.some((channel) => channel.name === channelNameOf(name))) continue
    const message = `Its step notify names the backend "${name}", which notify_config has not: make a channel of this name, or the step fails.`
    journal.note(file, 'person', message, { key: 'notify_config' })
  }
}

/** A sentence when nothing can be made of it. */
function channelOf(
  backend: string,
  fields: Fields,
  credentials: Fields | undefined,
): PlannedChannel | string {
  const config = isMap(fields.config) ? fields.config : {}
  const name = channelNameOf(backend)
  if (name === '') return 'A channel needs a name of letters and digits.'
  const url = config.webhook_url
  const channel = { name, strategy: 'always', configuration: { url } }
  if (fields.type === 'opsgenie') return opsgenie(name, config)
  if (fields.type !== 'slack' && fields.type !== 'webhook')
    return 'There are no channels of this kind: use a webhook with a body template.'
  if (typeof url !== 'string' || url === '') return 'It has no webhook_url.'
  if (fields.type === 'slack') return { ...channel, kind: 'slack' }
  const named = credentialsOf(config, credentials)
  const headers = isMap(config.headers) ? { headers: config.headers } : {}
  return { ...channel, kind: 'webhook', configuration: { url, ...headers, ...named } }
}

const opsgenieHosts: Readonly<Record<string, string | undefined>> = {
  global: 'api.opsgenie.com',
  eu: 'api.eu.opsgenie.com',
  sandbox: 'api.sandbox.opsgenie.com',
}

/** A task that is done closes its alert, everything else opens it or counts as one more of it: its alias is the task. */
const isDone = `eq (.state | default "") "DONE"`
const alert = `{"message": {{.message | trunc 130 | toJson}}, "alias": {{.task_id | toJson}}, "source": "Stint", "description": {{.message | toJson}}, "details": {{. | toJson}}}`

/** Opsgenie is a webhook whose address and body say what µTask's own sender does. */
function opsgenie(name: string, { zone, api_key: key }: Fields): PlannedChannel | string {
  const host = opsgenieHosts[typeof zone === 'string' && zone !== '' ? zone.toLowerCase() : 'global']
  if (host === undefined) return 'Opsgenie has the zones global, eu and sandbox.'
  if (typeof key !== 'string' || key === '') return 'It has no api_key.'
  const configuration = {
    url: `https://${host}/v2/alerts{{if ${isDone}}}/{{.task_id}}/close?identifierType=alias{{end}}`,
    headers: { Authorization: `GenieKey ${key}` },
    body_template: `{{if ${isDone}}}{"source": "Stint"}{{else}}${alert}{{end}}`,
  }
  return { name, kind: 'webhook', strategy: 'always', configuration }
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
    // µTask tells every move of a step unless somebody has silenced it; our channels only on demand.
    else if (type === 'task_step_update') byType[type] = 'always'
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
