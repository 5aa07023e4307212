import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { limits } from '@stint/schema/limits'
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { makeServer, type SubscribePayload } from 'graphql-ws'
import type { YogaServerInstance } from 'graphql-yoga'
import { type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../base/app.ts'
import { Problem } from '../base/problem.ts'
import { clientAddress, type RequestFacts, requestFacts } from '../domains/access/address.ts'
import { authenticate } from '../domains/access/authenticate.ts'
import { isOwnOrigin } from '../domains/access/cross-site.ts'
import type { Callers, Ending, LongCaller } from './callers.ts'
import type { Context, OperationContext } from './context.ts'
import { presentError, presentResult } from './problems.ts'
import { carry } from './socket-transport.ts'
import type { ResultStream } from './subscribe.ts'

export interface SocketParts {
  readonly app: App
  readonly callers: Callers
  readonly yoga: YogaServerInstance<OperationContext, Context>
}

const path = '/graphql'
const initWaitMs = 3_000
const subscriptionsMax = 20
/** From one address, also before anybody said who he is; a whole office may stand behind one. */
const perAddressMax = 200
/** How long a stop waits for the other side to say goodbye too. */
const goodbyeMs = 1_000

/** One socket; with a caller from its connection_init on. */
interface Connection {
  readonly socket: WebSocket
  readonly facts: RequestFacts
  caller?: LongCaller
}

/** Codes of graphql-transport-ws: 4401 sign in again, 4403 your access was ended. */
const closeCodes: Record<Ending, [number, string]> = {
  expired: [4401, 'Unauthorized'],
  revoked: [4403, 'Forbidden'],
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function factsOf(request: IncomingMessage): RequestFacts {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return requestFacts(headers, request.socket.remoteAddress ?? '')
}

/** A browser sends its cookie with the upgrade; a program may send its token in the first message instead. */
function factsOfInit(
  facts: RequestFacts,
  params: Readonly<Record<string, unknown>> | undefined,
): RequestFacts {
  const authorization = params?.authorization
  return typeof authorization === 'string' ? { ...facts, authorization } : facts
}

/** The operations of one socket. Each passes the same limits and rules as over HTTP, through Yoga's own plugins. */
class SocketServer {
  readonly #parts: SocketParts

  constructor(parts: SocketParts) {
    this.#parts = parts
  }

  /** Closes the socket of whoever cannot prove who he is. */
  async connect(extra: Connection, params: Readonly<Record<string, unknown>> | undefined): Promise<boolean> {
    const { app, callers } = this.#parts
    const facts = factsOfInit(extra.facts, params)
    const { socket } = extra
    try {
      const actor = await authenticate(app, facts)
      if (actor === undefined) {
        socket.close(4401, 'Unauthorized')
        return false
      }
      // Gone while the database was asked: there would be nobody to remove him.
      if (socket.readyState !== socket.OPEN) return false
      const caller = callers.add(facts, actor, (why) => socket.close(...closeCodes[why]))
      extra.caller = caller
      return true
    } catch (error) {
      if (error instanceof Problem)
        socket.close(error.code === 'overloaded' ? 4429 : 4401, error.message.slice(0, 120))
      else app.log.error({ err: error }, 'A socket could not be opened.')
      return false
    }
  }

  leave(extra: Connection): void {
    if (extra.caller !== undefined) this.#parts.callers.remove(extra.caller)
  }

  async prepare(
    extra: Connection,
    open: number,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { caller } = extra
    if (caller === undefined) return [asError(new Problem('unauthenticated', 'Sign in first.'))]
    if (open > subscriptionsMax) {
      return [
        asError(
          new Problem('invalid-request', `A socket carries at most ${subscriptionsMax} operations at once.`),
        ),
      ]
    }
    const given: OperationContext = { caller, requestId: randomUUID(), isSocket: true }
    const { schema, execute, subscribe, contextFactory, parse, validate } = this.#parts.yoga.getEnveloped({
      ...given,
      params: payload,
    })
    try {
      const document = parse(payload.query)
      const errors = validate(schema, document)
      if (errors.length > 0) return errors
      return {
        schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      }
    } catch (error) {
      return [error instanceof GraphQLError ? error : asError(error)]
    }
  }

  asked(args?: ExecutionArgs) {
    const context = args?.contextValue as Context | undefined
    return { requestId: context?.requestId ?? randomUUID(), log: this.#parts.app.log }
  }
}

function asError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(originalError.message, { originalError })
}

interface Run {
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult>
  subscribe(args: ExecutionArgs): Promise<ResultStream | ExecutionResult>
}

/**
 * Serves graphql-transport-ws on the upgrades of this server; the returned function closes every socket.
 * An upgrade passes none of the rules of HTTP, so what stands there is asked here again: path, origin, person, sizes, counts.
 */
export function attachSockets(server: Server, parts: SocketParts): () => Promise<void> {
  const { app } = parts
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.requestBodyBytesMax })
  const own = new SocketServer(parts)
  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: initWaitMs,
    onConnect: ({ extra, connectionParams }) => own.connect(extra, connectionParams),
    onClose: ({ extra }) => own.leave(extra),
    onSubscribe: ({ extra, subscriptions }, _id, payload) =>
      own.prepare(extra, Object.keys(subscriptions).length, payload),
    execute: (args) => (args.rootValue as Run).execute(args),
    subscribe: (args) => (args.rootValue as Run).subscribe(args),
    onNext: (_context, _id, _payload, args, result) => formatted(presentResult(result, own.asked(args))),
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) => shown(presentError(error, own.asked()))),
  })
  const byAddress = new Map<string, number>()
  const count = (address: string, change: 1 | -1) => {
    const open = (byAddress.get(address) ?? 0) + change
    if (open > 0) byAddress.set(address, open)
    else byAddress.delete(address)
    return open
  }
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const facts = factsOf(request)
    socket.on('error', () => socket.destroy())
    if (pathname !== path) return refuse(socket, 404)
    if (!isOwnOrigin(app.config, facts)) return refuse(socket, 403)
    const address = clientAddress(facts, app.config.trustedProxies)
    socket.once('close', () => count(address, -1))
    if (count(address, 1) > perAddressMax) return refuse(socket, 429)
    sockets.handleUpgrade(request, socket, head, (opened) =>
      carry(protocol, opened, { socket: opened, facts }, app.log),
    )
  }
  server.on('upgrade', upgrade)
  return async () => {
    server.off('upgrade', upgrade)
    for (const socket of sockets.clients) socket.close(1001, 'Going away')
    const late = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
    }, goodbyeMs)
    await new Promise<void>((resolve) => sockets.close(() => resolve()))
    clearTimeout(late)
  }
}

/** What Yoga adds for HTTP means nothing here. */
function shown(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON()
  const { http: _, ...own } = extensions ?? {}
  return { ...rest, extensions: own }
}

function formatted({ errors, ...result }: ExecutionResult) {
  return errors ? { ...result, errors: errors.map(shown) } : result
}
