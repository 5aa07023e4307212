import { type AuthFailure, AuthScopeFailureType } from '@pothos/plugin-scope-auth'
import type { Permission } from '@stint/schema/words'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import { demand } from '../domains/access/model.ts'
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
export function unauthorized(context: Context, failure: AuthFailure): Problem {
  try {
    demand(context.actor, permissionOf(failure) ?? 'task.view')
  } catch (problem) {
    if (problem instanceof Problem) return problem
  }
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

function extensionsOf(problem: Problem, requestId: string): Record<string, unknown> {
  return { code: problem.code, details: problem.details, requestId }
}

/**
 * What leaves the house for one error. A Problem shows its code and details; a fault of the request is `invalid-request`;
 * anything else is a bug: logged here, once, with its causes, and shown as `internal` with the number to look for.
 */
export function presentError(error: unknown, asked: Asked): GraphQLFormattedError {
  const { requestId, log } = asked
  const where = error instanceof GraphQLError ? { locations: error.locations, path: error.path } : {}
  const problem = problemOf(error)
  if (problem !== undefined) {
    return { message: problem.message, ...where, extensions: extensionsOf(problem, requestId) }
  }
  if (isOfTheLanguage(error)) {
    const refused = new Problem('invalid-request', error.message)
    return { message: error.message, ...where, extensions: extensionsOf(refused, requestId) }
  }
  log.error({ err: error, requestId }, 'graphql: a resolver failed')
  const masked = new Problem(
    'internal',
    `Something went wrong on our side; its number in the log is ${requestId}.`,
    {
      details: { requestId },
    },
  )
  return { message: masked.message, ...where, extensions: extensionsOf(masked, requestId) }
}
