import { counted } from '@stint/schema/counted'
import type { Clock } from '../../base/clock.ts'
import type { Outbound, OutboundResponse } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../action.ts'
import {
  type Configuration,
  complaintOf,
  isTemplated,
  literalsOf,
  notOneOf,
  objectOf,
  timeoutOf,
} from './configuration.ts'
import { answerDigest } from './http-digest.ts'
import { type HttpRequest, httpRequestOf, methodOf, methods } from './http-request.ts'
import { metadataOf, outputOf } from './http-response.ts'
import { httpSchemas } from './http-schema.ts'

/** What the http action needs from the process it runs in. */
export interface HttpActionOptions {
  readonly outbound: Outbound
  readonly clock: Clock
}

/** An address that may not be reached stays refused; all else that keeps an answer from coming may pass. */
function failureOf(error: unknown, context: ActionContext): unknown {
  if (error instanceof Problem) return new ActionError('client', error.message, { cause: error })
  if (!(error instanceof OutboundError)) return error
  const message = context.signal.aborted
    ? `${error.message} Reason: ${String(context.signal.reason)}.`
    : error.message
  return new ActionError('server', message, { cause: error })
}

/** The second request of digest authentication; undefined when the answer is no challenge of the origin that was asked. */
function digestRetry({ outbound, digest }: HttpRequest, response: OutboundResponse, timeoutMs: number) {
  if (digest === undefined || response.status !== 401) return undefined
  const url = new URL(response.url)
  if (url.origin !== URL.parse(outbound.url)?.origin || timeoutMs <= 0) return undefined
  const asked = { method: outbound.method, target: `${url.pathname}${url.search}`, body: outbound.body ?? '' }
  const authorization = answerDigest(response.headers['www-authenticate'] ?? [], digest, asked)
  if (authorization === undefined) return undefined
  return { ...outbound, url: url.href, timeoutMs, headers: { ...outbound.headers, authorization } }
}

async function exchange(
  { outbound, clock }: HttpActionOptions,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  const startMs = clock.monotonicMs()
  const first = await outbound.request({ ...request.outbound, signal })
  const leftMs = Math.floor(request.outbound.timeoutMs - (clock.monotonicMs() - startMs))
  const second = digestRetry(request, first, leftMs)
  return second === undefined ? first : outbound.request({ ...second, signal })
}

function resultOf(request: HttpRequest, response: OutboundResponse): ActionResult {
  const { output, complaint } = outputOf(response, request.trimPrefix)
  const produced = { output, metadata: metadataOf(response) }
  const { status } = response
  if (status >= 200 && status <= 299) {
    if (complaint === undefined) return produced
    throw new ActionError(
      'server',
      `${request.title} answered JSON that cannot be read: ${complaint}`,
      produced,
    )
  }
  const kind = status >= 400 && status <= 499 ? 'client' : 'server'
  const to =
    status >= 300 && status <= 399 ? ` (leads to ${response.headers.location?.[0] ?? 'nowhere'})` : ''
  throw new ActionError(kind, `${request.title} answered ${status}${to}.`, produced)
}

async function run(
  options: HttpActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const request = httpRequestOf(configuration)
  const startMs = options.clock.monotonicMs()
  const took = () => `${Math.round(options.clock.monotonicMs() - startMs)} ms`
  try {
    const response = await exchange(options, request, context.signal)
    context.log(
      `${request.title} answered ${response.status}, ${counted(response.body.length, 'byte')}, in ${took()}\n`,
    )
    return resultOf(request, response)
  } catch (error) {
    if (!(error instanceof ActionError)) context.log(`${request.title} got no answer, after ${took()}\n`)
    throw failureOf(error, context)
  }
}

function check(configuration: Configuration): string[] {
  const { url, host, path, method, ...rest } = configuration
  const complaints: string[] = []
  if (url && (host || path)) complaints.push('url cannot be given together with host and path.')
  if (!url && !host) complaints.push('Either url or host must be given.')
  const literals = literalsOf({ method, ...rest })
  const verb = methodOf(literals)
  if (!isTemplated(method) && !methods.some((each) => each === verb))
    complaints.push(notOneOf('method', methods, verb))
  const schemes = ['basic', 'digest', 'bearer'].filter((each) => objectOf(literals, 'auth')?.[each])
  if (schemes.length > 1)
    complaints.push(`auth must be one of basic, digest and bearer, not ${schemes.join(' and ')}.`)
  const timeout = complaintOf(() => timeoutOf(literals, 'timeout', 1))
  if (timeout !== undefined) complaints.push(timeout)
  return complaints
}

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

function resources({ url, host }: Configuration): string[] {
  const text = String(url ?? host ?? '')
  const target = URL.parse(text.includes('://') ? text : `https://${text}`)
  return target === null ? ['socket'] : ['socket', `url:${target.host}`]
}

/** One HTTP request, through the vetted way out. */
export function httpAction(options: HttpActionOptions): Action<Configuration> {
  return {
    type: 'http',
    description:
      'Sends an HTTP request. A status of 200 to 299 is success, 400 to 499 a client error, everything else a server error, which is tried again; the answer is kept in each case. Only public addresses are reached, and those an administrator allows.',
    ...httpSchemas,
    example: {
      url: 'https://api.example.org/hosts/{{.input.host}}',
      method: 'PUT',
      body: '{"state": "ready"}',
      headers: [{ name: 'accept', value: 'application/json' }],
      timeout: '10s',
    },
    idempotent: (configuration) => repeatable.has(methodOf(configuration)),
    resources,
    check,
    run: (configuration, context) => run(options, configuration, context),
  }
}
