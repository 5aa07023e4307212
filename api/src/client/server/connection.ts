import { parseJson } from '../../base/exact-json.ts'
import { CliError, exitCodes } from '../exit.ts'
import type { Document } from './document.ts'
import { streamedEvents } from './stream.ts'

/** Who asks: a token, or while signing in the cookie of a session. */
export interface Credentials {
  readonly token?: string
  readonly session?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

interface GraphqlError {
  readonly message: string
  readonly extensions?: {
    readonly code?: string
    readonly details?: Record<string, unknown>
    readonly requestId?: string
  }
}

interface GraphqlAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphqlError[]
}

const usageCodes = new Set(['invalid-input', 'invalid-request', 'invalid-template', 'setting-invalid'])
const passingCodes = new Set(['overloaded', 'database-unavailable', 'shutting-down'])

const hints: Record<string, string> = {
  unauthenticated: 'Sign in with "stint login", or hand in a token: STINT_TOKEN=… or stint login --token',
  'session-expired': 'Sign in again: stint login',
  'not-found': 'What you may not see is not found either.',
}

/** A refusal of the server as an end of this command. */
function refusedWith(code: string | undefined, message: string, requestId: string | undefined): CliError {
  if (code === 'maintenance')
    return new CliError(message, { exitCode: exitCodes.maintenance, code, hint: 'stint maintenance status' })
  const exitCode = usageCodes.has(code ?? '')
    ? exitCodes.usage
    : passingCodes.has(code ?? '')
      ? exitCodes.unreachable
      : exitCodes.error
  const trace = code === 'internal' && requestId !== undefined ? ` (request ${requestId})` : ''
  return new CliError(`${message}${trace}`, { exitCode, code, hint: hints[code ?? ''] })
}

/** The innermost reason of a failed fetch: refused, unknown host, certificate. */
function reasonOf(error: unknown): string {
  let inner = error
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause
  const errors = inner instanceof AggregateError ? inner.errors : []
  const last: unknown = errors[0] ?? inner
  return last instanceof Error ? last.message || last.name : String(last)
}

/** One server and who we are there. Every request of the command line goes through it. */
export class Connection {
  readonly url: string
  readonly #credentials: Credentials

  constructor(url: string, credentials: Credentials) {
    this.url = url
    this.#credentials = credentials
  }

  get isAnonymous(): boolean {
    return this.#credentials.token === undefined && this.#credentials.session === undefined
  }

  /** The same server, somebody else. */
  as(credentials: Credentials): Connection {
    return new Connection(this.url, credentials)
  }

  /** REST: sends JSON and gives back what came with a status below 400; throws the problem otherwise. */
  async post(path: string, body?: unknown): Promise<Answer> {
    const response = await this.#send(path, body, 'application/json')
    const answer = { status: response.status, headers: response.headers, body: await this.#json(response) }
    if (response.ok) return answer
    const { code, message, requestId } = answer.body as {
      code?: string
      message?: string
      requestId?: string
    }
    throw refusedWith(code, message ?? `The server answered ${response.status}.`, requestId)
  }

  /** Throws the first error of the answer; partial data is of no use here. */
  async query<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
    const body = { query: document.text, variables }
    const response = await this.#send('/graphql', body, 'application/graphql-response+json, application/json')
    return dataOf<Data>((await this.#json(response)) as GraphqlAnswer)
  }

  /**
   * Every result of a subscription, until the server ends it. Throws exit code 6 when the connection is cut or silent, so that
   * the caller may go on where it was.
   */
  async *subscribe<Data, Variables>(
    document: Document<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Data> {
    const body = { query: document.text, variables }
    const response = await this.#send('/graphql', body, 'text/event-stream', signal)
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) {
      dataOf((await this.#json(response)) as GraphqlAnswer)
      throw new CliError('The server does not stream.', { exitCode: exitCodes.error })
    }
    try {
      for await (const event of streamedEvents(response.body)) {
        if (event.name === 'complete') return
        if (event.name === 'next') yield dataOf<Data>(parseJson(event.data) as GraphqlAnswer)
      }
    } catch (error) {
      if (error instanceof CliError || signal.aborted) throw error
      throw this.#cut(error)
    }
    throw this.#cut(new Error('the stream ended'))
  }

  async #send(path: string, body: unknown, accept: string, signal?: AbortSignal): Promise<Response> {
    const { token, session } = this.#credentials
    const headers: Record<string, string> = { accept, 'x-stint': '1', 'user-agent': 'stint-cli' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    else if (session !== undefined) headers.cookie = session
    const text = body === undefined ? undefined : JSON.stringify(body)
    try {
      return await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers,
        body: text,
        signal,
        redirect: 'error',
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw new CliError(`${this.url} cannot be reached: ${reasonOf(error)}`, {
        exitCode: exitCodes.unreachable,
        hint: 'Is it running? Start one with "npm start", or name another: --url, STINT_URL, stint login URL',
      })
    }
  }

  async #json(response: Response): Promise<unknown> {
    const text = await response.text().catch((error: unknown) => {
      throw this.#cut(error)
    })
    try {
      return parseJson(text)
    } catch {
      const passing = response.status === 502 || response.status === 503 || response.status === 504
      throw new CliError(`${this.url} answered ${response.status}, and not as Stint does.`, {
        exitCode: passing ? exitCodes.unreachable : exitCodes.error,
        hint: 'Is this the address of a Stint server?',
      })
    }
  }

  #cut(error: unknown): CliError {
    const message = `The connection to ${this.url} was cut: ${reasonOf(error)}`
    return new CliError(message, { exitCode: exitCodes.unreachable })
  }
}

function dataOf<Data>({ data, errors }: GraphqlAnswer): Data {
  const [first] = errors ?? []
  if (first !== undefined)
    throw refusedWith(first.extensions?.code, first.message, first.extensions?.requestId)
  return data as Data
}
