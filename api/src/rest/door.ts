import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Problem } from '../base/problem.ts'
import { databaseUnavailable } from '../postgres/unavailable.ts'
import type { RestContext, RestEnv } from './request.ts'

/** What a caller is told for any error: the problem itself, or one that hides what is not his business. */
function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error
  const unavailable = databaseUnavailable(error)
  if (unavailable !== undefined) return unavailable
  // Hono's own objections: a body that is no JSON, a header that cannot be read.
  if (error instanceof HTTPException && error.status < 500)
    return new Problem('invalid-request', error.message)
  return new Problem('internal', `Something went wrong on our side; its number in the log is ${requestId}.`, {
    details: { requestId },
  })
}

/** RFC 9457 with our fields: `{ code, message, details, requestId }` next to `title` and `status`. */
export function answerProblem(c: RestContext, problem: Problem): Response {
  const requestId = c.get('requestId')
  const { code, message, details, status } = problem
  c.header('content-type', 'application/problem+json')
  c.header('cache-control', 'no-store')
  if (typeof details.retryAfterSeconds === 'number') c.header('retry-after', `${details.retryAfterSeconds}`)
  // No challenge of Basic: a browser would open its own dialog and then send the password with every request.
  if (status === 401) c.header('www-authenticate', 'Bearer')
  return c.body(JSON.stringify({ title: code, status, code, message, details, requestId }), {
    status: status as 500,
  })
}

/** The one place that turns errors into answers. A bug is logged here, once, with all its causes, and masked. */
export const onError: ErrorHandler<RestEnv> = (error, c) => {
  const problem = problemOf(error, c.get('requestId'))
  if (problem.code === 'internal') c.get('log').error({ err: error }, 'A request failed.')
  if (problem.code === 'database-unavailable' && problem !== error) {
    c.get('log').warn({ reason: error.message }, 'A request found no database.')
  }
  return answerProblem(c, problem)
}

export const onNotFound: NotFoundHandler<RestEnv> = (c) =>
  answerProblem(
    c,
    new Problem('not-found', `There is nothing at ${c.req.method} ${c.req.path}.`, {
      details: { type: 'Route', id: c.req.path },
    }),
  )
