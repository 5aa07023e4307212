import { limits } from '@stint/schema/limits'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, flagOf, isTemplated, textOf, wrong } from './configuration.ts'

const keyLengthMax = 1000
/** A hundred years: more is a slip of the pen. */
const ttlSecondsMax = 3_155_760_000

function keyOf(configuration: Configuration): string {
  const key = textOf(configuration, 'key')
  if (key === undefined) throw new ActionError('client', 'key is missing.')
  if (key.length <= keyLengthMax) return key
  throw new ActionError('client', `key has at most ${keyLengthMax} characters.`)
}

/** Seconds; 0 and absent are for ever. */
function ttlOf(configuration: Configuration): number | undefined {
  const text = textOf(configuration, 'ttl')
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > ttlSecondsMax)
    throw wrong(`ttl must be a number of seconds, not ${JSON.stringify(text)}.`)
  return seconds === 0 ? undefined : seconds
}

async function set(configuration: Configuration, scope: string, { cache }: ActionContext) {
  const key = keyOf(configuration)
  const value = configuration.value ?? null
  if (JSON.stringify(value).length > limits.cacheValueBytesMax)
    throw new ActionError('client', `value is longer than ${limits.cacheValueBytesMax} bytes.`)
  await cache.set(scope, key, value, ttlOf(configuration))
  return { output: { key, cached: true } }
}

async function get(configuration: Configuration, scope: string, { cache }: ActionContext) {
  const key = keyOf(configuration)
  const found = await cache.get(scope, key)
  return { output: { key, hit: found !== undefined, value: found?.value ?? null } }
}

async function remove(configuration: Configuration, scope: string, { cache }: ActionContext) {
  const key = keyOf(configuration)
  return { output: { key, deleted: await cache.delete(scope, key) } }
}

const verbs: Readonly<Record<string, typeof set | typeof get | typeof remove>> = { set, get, delete: remove }

function run(configuration: Configuration, context: ActionContext): Promise<ActionResult> {
  const name = textOf(configuration, 'action') ?? ''
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) throw new ActionError('client', 'action must be set, get or delete.')
  return verb(configuration, flagOf(configuration, 'global') ? '' : context.task.label, context)
}

function check({ action, value }: Configuration): string[] {
  if (isTemplated(action)) return []
  return action !== 'set' && value !== undefined ? ['value belongs to the action set.'] : []
}

/** Keeps values for later tasks. */
export const cacheAction: Action<Configuration> = {
  type: 'cache',
  description:
    'Keeps a value for later tasks, or reads one back. Tasks of other templates do not see it unless both say `global`; at rest it is encrypted.',
  idempotent: true,
  example: {
    action: 'set',
    key: 'token-{{.input.region}}',
    value: '{{.step.login.output.token}}',
    ttl: 3600,
  },
  configuration: {
    type: 'object',
    additionalProperties: false,
    required: ['action', 'key'],
    properties: {
      action: {
        type: 'string',
        enum: Object.keys(verbs),
        description: 'What to do with it.',
        examples: ['get'],
      },
      key: { type: 'string', description: 'The name of the value.' },
      value: { description: 'What `set` keeps: any value.' },
      ttl: {
        type: ['number', 'string'],
        default: 0,
        description: 'Seconds for which `set` keeps it; 0 is for ever.',
      },
      global: {
        type: ['boolean', 'string'],
        default: false,
        description: 'Share it with tasks of all templates; else only with those of this one.',
      },
    },
  },
  output: {
    type: 'object',
    properties: {
      key: { type: 'string', description: 'The name of the value.' },
      cached: { type: 'boolean', description: 'Of set: it is kept.' },
      hit: { type: 'boolean', description: 'Of get: there was one whose time is not over.' },
      value: { description: 'Of get: the value, or null.' },
      deleted: { type: 'boolean', description: 'Of delete: there was one.' },
    },
    required: ['key'],
  },
  check,
  run,
}
