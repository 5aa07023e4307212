/**
 * What an administrator may change while the product runs: a closed, typed catalogue. What is not listed does not exist,
 * what is listed has a default, and a row in `setting` stands only for what somebody changed.
 */

import { parseDuration } from '@stint/schema/duration'
import { OutboundPolicyError, outboundPolicy } from '../../base/outbound-policy.ts'

interface Described {
  readonly description: string
}

export interface BooleanSetting extends Described {
  readonly type: 'boolean'
  readonly default: boolean
}

export interface IntegerSetting extends Described {
  readonly type: 'integer'
  readonly default: number
  readonly minimum: number
  readonly maximum: number
}

export interface ChoiceSetting<C extends string = string> extends Described {
  readonly type: 'choice'
  readonly default: C
  readonly choices: readonly C[]
}

export interface ListSetting extends Described {
  readonly type: 'list'
  readonly default: readonly string[]
  /** What is wrong with an entry, as a sentence; `undefined` when it is good. */
  readonly check: (entry: string) => string | undefined
}

export interface DurationSetting extends Described {
  readonly type: 'duration'
  readonly default: string
}

export type SettingDefinition =
  | BooleanSetting
  | IntegerSetting
  | ChoiceSetting
  | ListSetting
  | DurationSetting

function toggle(value: boolean, description: string): BooleanSetting {
  return { type: 'boolean', default: value, description }
}

function integer(value: number, minimum: number, maximum: number, description: string): IntegerSetting {
  return { type: 'integer', default: value, minimum, maximum, description }
}

function choice<const C extends string>(
  value: NoInfer<C>,
  choices: readonly C[],
  description: string,
): ChoiceSetting<C> {
  return { type: 'choice', default: value, choices, description }
}

function duration(value: string, description: string): DurationSetting {
  return { type: 'duration', default: value, description }
}

/** The value of a duration that has no end. */
const forever = 'forever'
const durationMsMin = 60_000
const durationMsMax = 36_525 * 86_400_000

/** Milliseconds of the value of a duration; undefined for `forever`. */
export function msOfDuration(value: string): number | undefined {
  return value === forever ? undefined : parseDuration(value)
}

function whatIsWrongInDuration(value: unknown): string | undefined {
  if (value === forever) return undefined
  const ms = typeof value === 'string' ? parseDuration(value) : undefined
  if (ms === undefined) return `must be a duration such as 720h or 30d, or ${forever}`
  return ms >= durationMsMin && ms <= durationMsMax ? undefined : `must be from 1m to 36525d, or ${forever}`
}

function whatIsWrongInPolicy(entry: string): string | undefined {
  try {
    outboundPolicy([entry])
    return undefined
  } catch (error) {
    if (error instanceof OutboundPolicyError) return error.message
    throw error
  }
}

function whatIsWrongInAllow(entry: string): string | undefined {
  return /^[\w.*-]{1,200}$/.test(entry)
    ? undefined
    : `${JSON.stringify(entry)} is no name of a configuration item.`
}

/** `label=capacity`, as `socket=20`; the label may hold an equals sign of its own. */
export function limitOfEntry(entry: string): readonly [label: string, capacity: number] | undefined {
  const [, label, capacity] = /^(.{1,300})=([0-9]{1,6})$/.exec(entry.trim()) ?? []
  return label === undefined ? undefined : [label.trim(), Number(capacity)]
}

const limitsOfList = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

/** The setting `resource_limits` as label → capacity; read for every step, so made once for each value of the setting. */
export function resourceLimitsOf(entries: readonly string[]): ReadonlyMap<string, number> {
  const known = limitsOfList.get(entries)
  if (known) return known
  const limits = new Map(entries.map(limitOfEntry).filter((entry) => entry !== undefined))
  limitsOfList.set(entries, limits)
  return limits
}

function whatIsWrongInLimit(entry: string): string | undefined {
  return limitOfEntry(entry) ? undefined : `"${entry}" is not a label with a number, as socket=20`
}

export const catalogue = {
  allow_dangerous_actions: toggle(
    false,
    'Lets people with the permission task.dangerous force a cancel, unlock and force-unlock tasks.',
  ),
  api_token_max_days: integer(365, 1, 3650, 'Days after which an API token ends at the latest.'),
  basic_auth: choice(
    'loopback',
    ['off', 'loopback', 'on'],
    'HTTP Basic with name and password: never, only for requests from this machine, or for all.',
  ),
  configuration_allow: {
    type: 'list',
    default: [],
    check: whatIsWrongInAllow,
    description:
      'Configuration items that templates may read as .config.ITEM: names, with * for any part; others stay hidden.',
  } satisfies ListSetting as ListSetting,
  console_require_admin: toggle(
    true,
    'The console of a task is for those with the permission console; otherwise also for those with task.command.',
  ),
  enable_console: toggle(true, 'Shows the rows of a task as they stand (its console) to those who may look.'),
  keep_deliveries_for: duration(
    '30d',
    'How long deliveries of notifications and other work of the installation itself are kept once they are over; those about a task go with it at the latest. A delivery that failed for good is given up after that time.',
  ),
  keep_tasks_for: duration(
    forever,
    'How long a task is kept once it is over, such as 720h or 30d, with its children, logs and deliveries; then it is deleted. The cleanup_after of its template counts instead. A new value counts for all tasks that are over.',
  ),
  maintenance_callbacks: choice(
    'refuse',
    ['refuse', 'keep'],
    'Callbacks that come during a maintenance: refused with 503 and Retry-After, or kept, and their tasks go on after it. Not while the database is copied or moved: what is kept after that is lost.',
  ),
  max_running_actions: integer(200, 1, 10_000, 'Actions that one executor runs at the same time.'),
  metrics_from_loopback: toggle(
    false,
    'Answers /metrics to requests from this machine without a token; otherwise it needs the permission metrics.view.',
  ),
  outbound_allow: {
    type: 'list',
    default: [],
    check: whatIsWrongInPolicy,
    description:
      'Where actions may connect to although it is no public address: names, *.names, addresses, networks, origins.',
  } satisfies ListSetting as ListSetting,
  remote_user_role: choice(
    'viewer',
    ['none', 'viewer', 'resolver', 'operator'],
    'Role of a person whom a trusted proxy names in x-remote-user for the first time; none turns strangers away.',
  ),
  report_timeout_hours: integer(
    24,
    1,
    8760,
    'Hours of silence after which a reported task is stopped as report-lost.',
  ),
  resource_limits: {
    type: 'list',
    default: [],
    check: whatIsWrongInLimit,
    description:
      'How much runs at once in the whole cluster, as label=number: template:NAME, label:LABEL, socket, url:HOST, fork, script:FILE, or what steps name under resources.',
  } satisfies ListSetting as ListSetting,
  session_idle_minutes: integer(720, 5, 43_200, 'Minutes without a request after which a session ends.'),
  session_max_hours: integer(168, 1, 8760, 'Hours after which a session ends in any case.'),
  sign_in_code_minutes: integer(10, 1, 60, 'Minutes for which the sign-in link of a start is good.'),
} as const satisfies Record<string, SettingDefinition>

export type SettingName = keyof typeof catalogue

type ValueOf<D> =
  D extends ChoiceSetting<infer C>
    ? C
    : D extends BooleanSetting
      ? boolean
      : D extends IntegerSetting
        ? number
        : D extends DurationSetting
          ? string
          : readonly string[]

/** Every setting with its value in force. */
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof catalogue)[N]> }

/** Sorted by name. */
export const settingNames = Object.keys(catalogue).sort() as readonly SettingName[]

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(catalogue, name)
}

export function definitionOf(name: SettingName): SettingDefinition {
  return catalogue[name]
}

const entriesMax = 1000

function whatIsWrongInList(definition: ListSetting, value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list'
  if (value.length > entriesMax) return `may have at most ${entriesMax} entries`
  for (const entry of value) {
    const wrong = typeof entry === 'string' ? definition.check(entry) : 'Each entry is a text.'
    if (wrong !== undefined) return `has an entry that cannot be used: ${wrong}`
  }
  return undefined
}

/** The second half of a sentence that begins with the name of the setting; `undefined` when the value is good. */
export function whatIsWrong(definition: SettingDefinition, value: unknown): string | undefined {
  switch (definition.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'integer': {
      const { minimum, maximum } = definition
      const fits = Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      return fits ? undefined : `must be a whole number from ${minimum} to ${maximum}`
    }
    case 'choice':
      return definition.choices.some((each) => each === value)
        ? undefined
        : `must be one of ${definition.choices.join(', ')}`
    case 'duration':
      return whatIsWrongInDuration(value)
    case 'list':
      return whatIsWrongInList(definition, value)
  }
}

export const defaultSettings = Object.fromEntries(
  settingNames.map((name) => [name, catalogue[name].default]),
) as Settings
