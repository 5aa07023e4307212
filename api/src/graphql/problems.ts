import { type AuthFailure, AuthScopeFailureType } from '@pothos/plugin-scope-auth'
import type { Permission } from '@stint/schema/words'
import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import { notSignedIn } from '../domains/access/authenticate.ts'
import { refused } from '../domains/access/model.ts'
import { databaseUnavailable } from '../postgres/unavailable.ts'
import type { Context } from './context.ts'

function permissionOf(failure: AuthFailure): Permission | undefined {
  if (failure.kind === AuthScopeFailureType.AuthScope && failure.scope === 'permission') {
    return failure.parameter as Permission
  }
  if (
    failure.kind === AuthScopeFailureType.AnyAuthScopes ||
    failure.kind === AuthScopeFailureType.AllAuthScopes
  ) {
    return failure.failures.map(permissionOf).find((found) => found !== undefined)
  }
  return undefined
}

/** The sentence that names what is missing: who is not signed in hears that first. */
export function unauthorized({ actor, caller }: Context, failure: AuthFailure): Problem {
  if (actor === undefined) return notSignedIn(caller.facts)
  const permission = permissionOf(failure)
  if (permission !== undefined) return refused(permission)
  return new Problem('forbidden', 'You may not do this.', { details: { permission: null } })
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (error instanceof GraphQLError) return problemOf(error.originalError)
  return undefined
}

/** What the language itself objects to (syntax, validation, variables, our limits): its message is meant for the caller. */
function isOfTheLanguage(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false
  return (
    error.originalError === undefined || error.originalError === null || isOfTheLanguage(error.originalError)
  )
}

export interface Asked {
  readonly requestId: string
  readonly log: Logger
}

/** A Problem as it is; a fault of the request as `invalid-request`; anything else is a bug, logged here once with its causes. */
function shownProblem(error: unknown, { requestId, log }: Asked): Problem {
  const problem = problemOf(error)
  if (problem !== undefined) return problem
  if (isOfTheLanguage(error)) return new Problem('invalid-request', error.message)
  const unavailable = databaseUnavailable(error)
  if (unavailable !== undefined) return unavailable
  log.error(
    { err: error instanceof GraphQLError ? error.originalError : error, requestId },
    'A resolver failed.',
  )
  return new Problem('internal', `Something went wrong on our side; its number in the log is ${requestId}.`, {
    details: { requestId },
  })
}

/** Whoever asks over HTTP, and every proxy in between, must see that nothing was done and when to ask again. */
function comeBackLater(code: string, { retryAfterSeconds }: Record<string, unknown>) {
  if (code !== 'maintenance') return undefined
  return { status: 503, headers: { 'retry-after': String(retryAfterSeconds) } }
}

/** What leaves the house for one error: never the error itself, its stack or its cause. */
export function presentError(error: unknown, asked: Asked): GraphQLError {
  const { message, code, details } = shownProblem(error, asked)
  const place = error instanceof GraphQLError ? error : undefined
  // Yoga's own objections (method, media type, body) say which HTTP status they mean.
  const http = place?.extensions.http ?? comeBackLater(code, details)
  return new GraphQLError(message, {
    nodes: place?.nodes,
    source: place?.source,
    positions: place?.positions,
    path: place?.path,
    extensions: { code, details, requestId: asked.requestId, ...(http ? { http } : {}) },
  })
}

export function presentResult<R extends ExecutionResult>(result: R, asked: Asked): R {
  if (!result.errors?.length) return result
  return { ...result, errors: result.errors.map((error) => presentError(error, asked)) }
}
