import type { Server } from 'node:http'
import { limits } from '@stint/schema/limits'
import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import type { Service } from '../base/service.ts'
import type { RequestFacts } from '../domains/access/address.ts'
import { authenticate } from '../domains/access/authenticate.ts'
import { Callers, type Ending, endingProblem } from './callers.ts'
import { type Context, contextOf, type OperationContext, type Parts } from './context.ts'
import { asksForPage, explorePage } from './explore.ts'
import { documentLimits, introspectionRule } from './guard.ts'
import { type Asked, presentError, presentResult } from './problems.ts'
import { schema } from './schema.ts'
import { attachSockets } from './socket.ts'
import { mapResults, ResultStream, subscribe } from './subscribe.ts'

export interface GraphqlServer extends Service {
  /** Answers one HTTP request; limits of bodies and the cross-site rule stand in front of it. */
  fetch(request: Request, call: { facts: RequestFacts; requestId: string }): Promise<Response>
  /** Serves /graphql on the upgrades of this server. */
  attach(server: Server): void
}

export interface GraphqlServerOptions extends Parts {
  /** Lets everybody read the contract; for developers. */
  readonly isOpen?: boolean
}

/** Opens a subscription that ends when its caller's access ends, and that counts as one of his connections. */
async function subscribeLooked(
  callers: Callers,
  args: ExecutionArgs,
): Promise<ResultStream | ExecutionResult> {
  const context = args.contextValue as Context & OperationContext
  const { actor, facts } = context.caller
  if (context.isSocket || actor === undefined) return subscribe(args)
  let ending: Ending | undefined
  let stream: ResultStream | undefined
  const caller = callers.add(facts, actor, (why) => {
    ending = why
    stream?.fail(endingProblem(why))
  })
  const result = await subscribe({ ...args, contextValue: { ...context, caller } })
  if (!(result instanceof ResultStream)) {
    callers.remove(caller)
    return result
  }
  stream = result
  stream.onEnd(() => callers.remove(caller))
  if (ending !== undefined) stream.fail(endingProblem(ending))
  return stream
}

/** Every error, wherever it came from, leaves through presentError and through nothing else. */
function presentation(log: Logger): Plugin<OperationContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const { requestId } = serverContext as unknown as OperationContext
      const asked: Asked = { requestId, log }
      if (result === undefined || Array.isArray(result)) return
      if (Symbol.asyncIterator in result) setResult(mapResults(result, (each) => presentResult(each, asked)))
      else setResult(presentResult(result, asked))
    },
  }
}

function executors(callers: Callers): Plugin<OperationContext> {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(execute)
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribeLooked(callers, args))
    },
  }
}

function yogaOf(options: GraphqlServerOptions, callers: Callers) {
  const { app } = options
  return createYoga<OperationContext, Context>({
    schema,
    context: ({ caller, requestId }) => contextOf(options, caller, requestId),
    graphqlEndpoint: '/graphql',
    // Errors are masked by `presentation`, for HTTP and sockets alike.
    maskedErrors: false,
    batching: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: limits.requestBodyBytesMax,
    logging: {
      debug: () => {},
      info: (...text: unknown[]) => app.log.debug({ yoga: text }, 'graphql'),
      warn: (...text: unknown[]) => app.log.warn({ yoga: text }, 'graphql'),
      error: (...text: unknown[]) => app.log.error({ yoga: text }, 'graphql'),
    },
    // Hono and Node send their own kind of answer without another copy.
    fetchAPI: { Request, Response, Headers, ReadableStream, TextEncoder, URL },
    plugins: [
      executors(callers),
      ...documentLimits(),
      introspectionRule(options.isOpen ?? false),
      presentation(app.log),
    ],
  })
}

/** Someone who sent a wrong token is told so, in the shape that GraphQL clients read. */
function refusal(error: unknown, asked: Asked): Response {
  const problem = presentError(error, asked)
  const status = error instanceof Problem ? error.status : 500
  return Response.json({ errors: [problem] }, { status, headers: { 'cache-control': 'no-store' } })
}

/** GraphQL of one process: over HTTP, as event stream for scripts, and over one WebSocket per browser tab. */
export function graphqlServer(options: GraphqlServerOptions): GraphqlServer {
  const { app } = options
  const callers = new Callers(app, options.listener)
  const yoga = yogaOf(options, callers)
  const detach: (() => Promise<void>)[] = []
  return {
    start: () => callers.start(),
    async stop() {
      await Promise.all(detach.splice(0).map((each) => each()))
      await callers.stop()
    },
    async fetch(request, { facts, requestId }) {
      try {
        const actor = await authenticate(app, facts)
        if (asksForPage(request)) return await explorePage(actor)
        return await yoga.fetch(request, { caller: { actor, facts }, requestId, isSocket: false })
      } catch (error) {
        return refusal(error, { requestId, log: app.log })
      }
    },
    attach(server) {
      detach.push(attachSockets(server, { app, callers, yoga }))
    },
  }
}
