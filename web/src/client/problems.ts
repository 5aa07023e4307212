import { type ProblemCode, problems } from '@stint/schema/problems'
import type { CombinedError } from 'urql'

export interface FieldProblem {
  readonly name: string
  readonly message: string
}

/** Something that went wrong, as the page draws it: by code, with a sentence for people. */
export interface PageProblem {
  readonly code: ProblemCode | 'offline'
  readonly message: string
  readonly requestId?: string
  /** Only with `forbidden`: the permission that is missing. */
  readonly permission?: string
  readonly fields: readonly FieldProblem[]
}

const isCode = (code: unknown): code is ProblemCode => typeof code === 'string' && code in problems
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

function fieldsOf(details: unknown): readonly FieldProblem[] {
  const fields = (details as { fields?: unknown } | undefined)?.fields
  if (!Array.isArray(fields)) return []
  return fields.filter(
    (field): field is FieldProblem => typeof field?.name === 'string' && typeof field.message === 'string',
  )
}

/** Reads `{code, message, details, requestId}`, the form of REST problems and of GraphQL error extensions alike. */
export function problemOfBody(body: Record<string, unknown>, message?: string): PageProblem {
  const details = body.details as Record<string, unknown> | undefined
  return {
    code: isCode(body.code) ? body.code : 'internal',
    message: message ?? text(body.message) ?? 'Something went wrong on the server.',
    requestId: text(body.requestId),
    permission: text(details?.permission),
    fields: fieldsOf(details),
  }
}

export const noAnswer: PageProblem = {
  code: 'offline',
  message: 'The server cannot be reached. The page tries again by itself.',
  fields: [],
}

/** The first problem of a GraphQL answer; a network failure is a problem too. */
export function problemOf(error: CombinedError | undefined): PageProblem | undefined {
  if (!error) return undefined
  const first = error.graphQLErrors[0]
  if (first) return problemOfBody(first.extensions ?? {}, first.message)
  return noAnswer
}

/** Thrown by REST calls. */
export class RestProblem extends Error {
  readonly problem: PageProblem
  constructor(problem: PageProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Any thrown thing as a problem that can be drawn. */
export function problemOfThrown(thrown: unknown): PageProblem {
  return thrown instanceof RestProblem ? thrown.problem : noAnswer
}
