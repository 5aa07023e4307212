import type { JsonSchema } from '../action.ts'
import { methods } from './http-request.ts'

const pair = (what: string): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, description: `Name of the ${what}.` },
    value: { type: ['string', 'number', 'boolean'], description: `Value of the ${what}.` },
  },
})

const credentials = (scheme: string): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  description: `${scheme} authentication.`,
  properties: {
    user: { type: 'string', description: 'Name of the user. Empty: no authentication.' },
    password: { type: 'string', description: 'Password of the user.', writeOnly: true },
  },
})

const auth: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description:
    'Who asks. At most one of `basic`, `digest` and `bearer`; `mutual_tls` may stand beside each. Never sent to another origin after a redirect.',
  properties: {
    basic: credentials('Basic'),
    digest: credentials('Digest (RFC 7616)'),
    bearer: { type: 'string', description: 'A token, sent as `authorization: Bearer …`.', writeOnly: true },
    mutual_tls: {
      type: 'object',
      additionalProperties: false,
      description: 'A certificate with which this side proves itself.',
      properties: {
        client_cert: { type: 'string', description: 'The certificate and its chain, PEM.' },
        client_key: { type: 'string', description: 'Its private key, PEM.', writeOnly: true },
      },
    },
  },
}

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    url: {
      type: 'string',
      description: 'Where the request goes, with path and query. Give either this, or `host` and `path`.',
      examples: ['https://api.example.org/users?active=true'],
    },
    host: {
      type: 'string',
      description: 'Scheme, host and port; without a scheme, `https://` is put before it.',
      examples: ['https://api.example.org'],
    },
    path: { type: 'string', description: 'Path and query below `host`.', examples: ['/users/42'] },
    method: { type: 'string', default: 'GET', description: `One of ${methods.join(', ')}.` },
    body: {
      type: 'string',
      description:
        'The body as text. Without a `content-type` header, one is added when the text is JSON or looks like XML.',
    },
    headers: {
      type: 'array',
      items: pair('header'),
      description: 'Headers; of a name given twice the last counts.',
    },
    query_parameters: {
      type: 'array',
      items: pair('parameter'),
      description: 'Added to the query of the URL, percent-encoded; a name may occur several times.',
    },
    timeout: {
      type: 'string',
      default: '30s',
      description: 'How long all of it may take, to the last byte of the answer.',
    },
    auth,
    follow_redirect: {
      type: ['boolean', 'string'],
      default: 'false',
      description:
        'Follow up to 3 redirects; otherwise a redirect is a server error. Each target is checked like the first.',
    },
    insecure_skip_verify: {
      type: ['boolean', 'string'],
      default: 'false',
      description: 'Accept any certificate. Only for tests: anybody on the way can answer.',
    },
    root_ca: { type: 'string', description: 'Certificates (PEM) trusted instead of the system’s.' },
    trim_prefix: {
      type: 'string',
      description:
        "Taken off the beginning of the answer before it is read, such as the guard `)]}',` before JSON.",
    },
  },
}

const metadata: JsonSchema = {
  type: 'object',
  required: ['HTTPStatus', 'HTTPHeaders', 'HTTPCookies'],
  properties: {
    HTTPStatus: { type: 'integer', description: 'Status of the answer.' },
    HTTPHeaders: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'First value of each header; names as in `Content-Type`.',
    },
    HTTPCookies: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Value of each cookie the answer sets.',
    },
  },
}

/** What the http action takes and gives; the descriptions are its manual. */
export const httpSchemas = {
  configuration,
  output: {
    description:
      'The body: data when its content type is application/json or application/…+json, else its text; null when it is empty.',
  } as JsonSchema,
  metadata,
}
