import { counted } from '@stint/schema/counted'
import { suggestion } from '@stint/schema/suggestion'
import { catalogue, whatIsWrong } from '../../../domains/settings/model.ts'
import type { StoredItem } from './configstore.ts'
import { KeyJournal } from './journal.ts'
import { convertNotifications } from './notifications.ts'
import { addUser, type Plan } from './plan.ts'

type Fields = Readonly<Record<string, unknown>>

/** What the keys of `utask-cfg` say that others need to know. */
export interface MainConfiguration {
  readonly adminGroups: readonly string[]
  readonly concealed: readonly string[]
}

interface Converting {
  readonly plan: Plan
  readonly told: KeyJournal
  readonly fields: Fields
  readonly credentials: Fields | undefined
}

type Convert = (value: unknown, key: string, converting: Converting) => void

const noMeaning =
  (why: string): Convert =>
  (_, key, { told }) =>
    told.note(key, 'ignored', why)

const converts: Readonly<Record<string, Convert>> = {
  application_name: noMeaning('The pages are called Stint.'),
  admin_usernames: (value, key, { plan, told }) => {
    const names = texts(value)
    for (const name of names) addUser(plan, name, { isAdmin: true })
    told.note(key, 'converted', `${counted(names.length, 'user gets', 'users get')} the role admin.`)
  },
  admin_groups: (value, key, { told }) => {
    told.note(
      key,
      'converted',
      `Members of ${counted(texts(value).length, 'group')} get the role admin, as far as groups-auth names them.`,
    )
  },
  resolver_usernames: (value, key, { plan, told }) => {
    const names = texts(value)
    for (const name of names) addUser(plan, name, {})
    told.note(key, 'converted', `${counted(names.length, 'user gets', 'users get')} the role resolver.`)
  },
  completed_task_expiration: convertExpiration,
  notify_config: (_, __, { plan, told, fields, credentials }) =>
    convertNotifications(plan, told, fields, credentials),
  notify_actions: (_, key, { told }) =>
    told.note(key, 'converted', 'Stands in the strategies of the channels.'),
  database_config: noMeaning('Stint keeps its own connections; DATABASE_URL names the database.'),
  concealed_secrets: (_, key, { told }) =>
    told.note(
      key,
      'converted',
      'Templates read only what the setting configuration_allow lists; these are not listed.',
    ),
  resource_limits: convertLimits,
  resource_acquire_timeout: noMeaning(
    'Steps wait for a limit in their order, and show their place; waiting costs nothing.',
  ),
  max_concurrent_executions: convertCapacity,
  max_concurrent_executions_from_crashed: noMeaning(
    'What a dead executor held is taken over at once, within the capacity.',
  ),
  delay_between_crashed_tasks_resolution: noMeaning('What a dead executor held is taken over at once.'),
  base_url: (value, key, converting) => convertUrl(value, key, converting.plan, converting.told),
  dashboard_path_prefix: convertPrefix,
  dashboard_api_path_prefix: convertPrefix,
  editor_path_prefix: convertPrefix,
  dashboard_sentry_dsn: noMeaning('Stint reports to nobody; its log is JSON.'),
  steps_compression_algorithm: noMeaning(
    'Outputs are stored in rows of their own; PostgreSQL compresses them.',
  ),
  server_options: noMeaning('Requests take up to 2 MiB.'),
}

/** The keys of µTask's main item. */
export function convertMain(
  plan: Plan,
  item: StoredItem,
  given: Fields,
  credentials: Fields | undefined,
): MainConfiguration {
  const told = new KeyJournal(plan.journal, item.file, item.name)
  // Go reads the keys of JSON in any case.
  const fields = Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]))
  for (const [key, value] of Object.entries(fields)) {
    const convert = Object.hasOwn(converts, key) ? converts[key] : undefined
    if (value === null || value === '') told.note(key, 'ignored', 'It is empty.')
    else if (convert === undefined)
      told.note(
        key,
        'ignored',
        `µTask does not know this key either${suggestion(key, Object.keys(converts))}`,
      )
    else convert(value, key, { plan, told, fields, credentials })
  }
  if (fields.completed_task_expiration === undefined)
    told.note(
      'completed_task_expiration',
      'ignored',
      'µTask deletes finished tasks after 720h; here they stay until the setting keep_tasks_for says otherwise.',
    )
  return { adminGroups: texts(fields.admin_groups), concealed: texts(fields.concealed_secrets) }
}

/** Where people and callbacks reach the installation. */
export function convertUrl(value: unknown, key: string | undefined, plan: Plan, told: KeyJournal): void {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    told.note(
      key,
      'person',
      'This is no address that begins with http:// or https://; set STINT_PUBLIC_URL yourself.',
    )
  } else if (plan.environment.has('STINT_PUBLIC_URL'))
    told.note(key, 'ignored', 'STINT_PUBLIC_URL is known already.')
  else {
    plan.environment.set('STINT_PUBLIC_URL', String(value).replace(/\/+$/, ''))
    told.note(key, 'converted', 'Becomes STINT_PUBLIC_URL in stint.env.')
  }
}

function convertExpiration(value: unknown, key: string, { plan, told }: Converting): void {
  const text = String(value).trim()
  const wrong = whatIsWrong(catalogue.keep_tasks_for, text)
  if (wrong !== undefined) return told.note(key, 'person', `It ${wrong}; set keep_tasks_for yourself.`)
  plan.settings.set('keep_tasks_for', text)
  told.note(
    key,
    'converted',
    'Becomes the setting keep_tasks_for: tasks are deleted that long after they ended, with their children. A template may say another time with cleanup_after.',
  )
}

function convertLimits(value: unknown, key: string, { plan, told }: Converting): void {
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {})
  const good = entries.filter(([, capacity]) => Number.isInteger(capacity) && capacity >= 0 && capacity < 1e6)
  plan.settings.set(
    'resource_limits',
    good.map(([label, capacity]) => `${label}=${capacity}`),
  )
  const bad = entries.length - good.length
  if (bad > 0)
    told.note(
      key,
      'person',
      `${counted(bad, 'limit is', 'limits are')} left out: a limit is a whole number from 0 up.`,
    )
  told.note(
    key,
    'converted',
    `${counted(good.length, 'limit becomes part of', 'limits become')} the setting resource_limits, which counts for the whole cluster now.`,
  )
}

function convertCapacity(value: unknown, key: string, { plan, told }: Converting): void {
  if (value === -1)
    return told.note(
      key,
      'ignored',
      'Unlimited: an executor holds 2,000 tasks unless STINT_CAPACITY says otherwise.',
    )
  if (value === 0)
    return told.note(key, 'person', '0 runs nothing: start "stint serve" there instead of "stint start".')
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 100_000)
    return told.note(key, 'person', 'This is no number of tasks; set STINT_CAPACITY yourself.')
  plan.environment.set('STINT_CAPACITY', String(value))
  told.note(key, 'converted', 'Becomes STINT_CAPACITY in stint.env: tasks of one process.')
}

function convertPrefix(_: unknown, key: string, { told }: Converting): void {
  told.note(
    key,
    'person',
    'Stint answers at the root of its address; give it a name of its own at your proxy.',
  )
}

export function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string' && each !== '')
    : []
}
