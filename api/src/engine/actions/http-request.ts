import { limits } from '@stint/schema/limits'
import type { OutboundRequest } from '../../base/outbound.ts'
import type { OutboundTls } from '../../base/outbound-connect.ts'
import {
  type Configuration,
  flagOf,
  notOneOf,
  objectOf,
  pairsOf,
  textOf,
  timeoutOf,
  wrong,
} from './configuration.ts'
import type { DigestCredentials } from './http-digest.ts'

export const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export interface HttpRequest {
  readonly outbound: Omit<OutboundRequest, 'signal'>
  readonly digest: DigestCredentials | undefined
  readonly trimPrefix: string | undefined
  /** Method and URL without query and credentials, for logs and messages. */
  readonly title: string
}

/** Upper case; GET when absent. */
export function methodOf(configuration: Configuration): string {
  return (textOf(configuration, 'method') ?? 'GET').toUpperCase()
}

/** `https` unless the host brings its own scheme, as µTask's templates do. */
function withScheme(host: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(host) ? host : `https://${host}`
}

/** The text is kept as it is written up to the query, so that odd spellings of a host reach the check of outbound requests. */
function urlOf(configuration: Configuration): string {
  const url = textOf(configuration, 'url')
  const host = textOf(configuration, 'host')
  const path = textOf(configuration, 'path')
  if ((url === undefined) === (host === undefined)) throw wrong('Exactly one of url and host must be given.')
  if (url !== undefined && path !== undefined) throw wrong('path belongs to host; put it into url instead.')
  if (url !== undefined) return url
  const base = withScheme(host as string).replace(/\/+$/, '')
  return path === undefined || path.startsWith('/') || path.startsWith('?')
    ? `${base}${path ?? ''}`
    : `${base}/${path}`
}

function withQuery(url: string, pairs: readonly [string, string][]): string {
  if (pairs.length === 0) return url
  const query = pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
  const [beforeHash = '', ...hash] = url.split('#')
  const joint = beforeHash.includes('?') ? (/[?&]$/.test(beforeHash) ? '' : '&') : '?'
  return [`${beforeHash}${joint}${query}`, ...hash].join('#')
}

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

interface Credentials {
  readonly authorization?: string
  readonly digest?: DigestCredentials
}

function pairOf(auth: Configuration, name: string): DigestCredentials | undefined {
  const given = objectOf(auth, name)
  const user = given && textOf(given, 'user')
  return given && user !== undefined ? { user, password: textOf(given, 'password') ?? '' } : undefined
}

/** At most one of bearer, basic and digest; those rendered empty count as absent. Credentials in the URL are basic ones. */
function credentialsOf(auth: Configuration, url: URL | null): Credentials {
  const bearer = textOf(auth, 'bearer')
  const simple = pairOf(auth, 'basic')
  const digest = pairOf(auth, 'digest')
  if ([bearer, simple, digest].filter((each) => each !== undefined).length > 1) {
    throw wrong('auth must be one of basic, digest and bearer, not several.')
  }
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` }
  if (simple !== undefined) return { authorization: basic(simple.user, simple.password) }
  if (digest !== undefined) return { digest }
  if (url === null || url.username === '') return {}
  return { authorization: basic(decodeURIComponent(url.username), decodeURIComponent(url.password)) }
}

function tlsOf(configuration: Configuration, auth: Configuration): OutboundTls | undefined {
  const rootCa = textOf(configuration, 'root_ca')
  const insecure = flagOf(configuration, 'insecure_skip_verify')
  const mutual = objectOf(auth, 'mutual_tls') ?? {}
  const clientCert = textOf(mutual, 'client_cert')
  const clientKey = textOf(mutual, 'client_key')
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw wrong('auth.mutual_tls needs both client_cert and client_key.')
  }
  const isPlain = rootCa === undefined && !insecure && clientCert === undefined
  return isPlain ? undefined : { rootCa, insecure, clientCert, clientKey }
}

/** What the body looks like, when no header says it: JSON and XML are told apart from the rest. */
function contentTypeOf(body: string): string | undefined {
  try {
    JSON.parse(body)
    return 'application/json'
  } catch {
    return /^\s*<[?!a-z]/i.test(body) ? 'application/xml' : undefined
  }
}

/** Authorization from `auth` first, so that a header of the configuration overrides it; names in lower case, the last one counts. */
function headersOf(
  configuration: Configuration,
  authorization: string | undefined,
  body: string | undefined,
) {
  const headers: Record<string, string> = { 'user-agent': 'stint' }
  if (authorization !== undefined) headers.authorization = authorization
  for (const [name, value] of pairsOf(configuration, 'headers')) headers[name.toLowerCase()] = value
  const contentType = body === undefined ? undefined : contentTypeOf(body)
  if (contentType !== undefined) headers['content-type'] ??= contentType
  return headers
}

function titleOf(method: string, url: string): string {
  const parsed = URL.parse(url)
  return `${method} ${parsed === null ? url : `${parsed.origin}${parsed.pathname}`}`
}

/** The request a rendered configuration means. Throws what the readers throw. */
export function httpRequestOf(configuration: Configuration): HttpRequest {
  const method = methodOf(configuration)
  if (!methods.some((each) => each === method)) {
    throw wrong(notOneOf('method', methods, method))
  }
  const url = withQuery(urlOf(configuration), pairsOf(configuration, 'query_parameters'))
  const auth = objectOf(configuration, 'auth') ?? {}
  const { authorization, digest } = credentialsOf(auth, URL.parse(url))
  const body = textOf(configuration, 'body')
  return {
    outbound: {
      url,
      method,
      headers: headersOf(configuration, authorization, body),
      body,
      timeoutMs: timeoutOf(configuration, 'timeout', 30_000),
      maxResponseBytes: limits.stepOutputBytesMax,
      redirects: flagOf(configuration, 'follow_redirect') ? 3 : 0,
      tls: tlsOf(configuration, auth),
    },
    digest,
    trimPrefix: textOf(configuration, 'trim_prefix'),
    title: titleOf(method, url),
  }
}
