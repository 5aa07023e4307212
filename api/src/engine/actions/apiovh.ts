import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import {
  type Action,
  type ActionContext,
  ActionError,
  type ActionResult,
  type JsonSchema,
} from '../action.ts'
import { type Configuration, literalsOf, notOneOf, textOf, wrong } from './configuration.ts'
import { httpSchemas } from './http-schema.ts'

/** What the apiovh action needs: the http action, which does the work, and the items that hold credentials. */
export interface ApiovhActionOptions {
  readonly http: Action<Configuration>
  readonly clock: Clock
  /** A configuration item by its name; undefined when there is none. */
  item(name: string): unknown
}

const endpoints: Record<string, string> = {
  'ovh-eu': 'https://eu.api.ovh.com/1.0',
  'ovh-ca': 'https://ca.api.ovh.com/1.0',
  'ovh-us': 'https://api.us.ovhcloud.com/1.0',
}

interface Credentials {
  readonly base: string
  readonly key: string
  readonly secret: string
  readonly consumer: string
}

/** Says what is missing and where it belongs; never what stands there. */
function credentialsOf(name: string, item: unknown): Credentials {
  const lacks = (what: string) =>
    new ActionError(
      'client',
      `apiovh needs credentials: ${what}. Put the configuration item ${name} with endpoint (${Object.keys(endpoints).join(', ')} or a URL), app_key, app_secret and consumer_key.`,
    )
  if (item === undefined) throw lacks(`there is no configuration item ${name}`)
  const { endpoint, app_key, app_secret, consumer_key } = (
    typeof item === 'object' && item ? item : {}
  ) as Record<string, unknown>
  if (
    [endpoint, app_key, app_secret, consumer_key].some((value) => typeof value !== 'string' || value === '')
  )
    throw lacks(`the configuration item ${name} is not complete`)
  const base = endpoints[String(endpoint)] ?? String(endpoint)
  if (!base.includes('://')) throw lacks(`its endpoint ${base} is unknown`)
  return {
    base: base.replace(/\/+$/, ''),
    key: String(app_key),
    secret: String(app_secret),
    consumer: String(consumer_key),
  }
}

const methods = ['GET', 'POST', 'PUT', 'DELETE']

function methodOf(configuration: Configuration): string {
  const method = textOf(configuration, 'method')?.toUpperCase()
  if (method !== undefined && methods.includes(method)) return method
  throw wrong(notOneOf('method', methods, method ?? ''))
}

async function run(
  { http, clock, item }: ApiovhActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const name = textOf(configuration, 'credentials') ?? 'ovh-api'
  const { base, key, secret, consumer } = credentialsOf(name, item(name))
  const method = methodOf(configuration)
  const path = textOf(configuration, 'path')
  if (path === undefined) throw wrong('path must be given.')
  const url = `${base}/${path.replace(/^\/+/, '')}`
  const body = textOf(configuration, 'body') ?? ''
  const timestamp = String(Math.floor(clock.now().getTime() / 1000))
  const signed = [secret, consumer, method, url, body, timestamp].join('+')
  const headers = {
    'X-Ovh-Application': key,
    'X-Ovh-Consumer': consumer,
    'X-Ovh-Timestamp': timestamp,
    'X-Ovh-Signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
  }
  const request = {
    url,
    method,
    headers: Object.entries(headers).map(([header, value]) => ({ name: header, value })),
    ...(body === '' ? {} : { body }),
  }
  return http.run(request, context)
}

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['method', 'path'],
  properties: {
    credentials: {
      type: 'string',
      default: 'ovh-api',
      description:
        'The configuration item that holds endpoint, app_key, app_secret and consumer_key. Without it the step says what is missing.',
    },
    method: { type: 'string', description: `${methods.join(', ')}.` },
    path: { type: 'string', minLength: 1, description: 'The path of the call, such as `/me`.' },
    body: { type: 'string', description: 'The body as JSON text.' },
  },
}

/** Calls the API of OVHcloud, signed with the credentials of a configuration item. */
export function apiovhAction(options: ApiovhActionOptions): Action<Configuration> {
  return {
    type: 'apiovh',
    description:
      'Calls the API of OVHcloud with the credentials of a configuration item. Where there are none, the step says so as a client error. The answer is that of http.',
    configuration,
    output: httpSchemas.output,
    metadata: httpSchemas.metadata,
    example: { credentials: 'ovh-api', method: 'GET', path: '/domain/{{.input.domain}}' },
    idempotent: ({ method }) => String(method).toUpperCase() !== 'POST',
    resources: () => ['socket', 'url:api.ovh.com'],
    check: (given) => {
      const literals = literalsOf(given)
      const verb = String(literals.method ?? methods[0]).toUpperCase()
      return methods.includes(verb) ? [] : [notOneOf('method', methods, verb)]
    },
    run: (given, context) => run(options, given, context),
  }
}
