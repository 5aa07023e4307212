import { OpenAPIHono, z } from '@hono/zod-openapi'
import { problems } from '@stint/schema/problems'
import type { Permission } from '@stint/schema/words'
import type { MiddlewareHandler } from 'hono'
import type { App } from '../base/app.ts'
import { Problem } from '../base/problem.ts'
import { demand } from '../domains/access/model.ts'
import { type RestEnv, signedIn } from './request.ts'

const ProblemBody = z
  .object({
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(problems) as [keyof typeof problems]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string(),
  })
  .openapi('Problem')

/**
 * Who may use a route, said beside it and shown in the documentation: a permission, everybody, or whoever has the token of the
 * report or of the callback. Asked before the body is looked at. rest/crawl.test.ts tries every route against its rule.
 */
export type AccessRule = Permission | 'anybody' | 'report-token' | 'callback-token'

function schemeOf(rule: Exclude<AccessRule, 'anybody'>): string {
  if (rule === 'report-token') return 'reportToken'
  return rule === 'callback-token' ? 'callbackToken' : 'apiToken'
}

/** To be spread into `createRoute`. Behind a permission the handler finds the person with `actorHere`. */
export function access(app: App, rule: AccessRule) {
  const documented = {
    'x-access': rule,
    security: rule === 'anybody' ? [] : [{ [schemeOf(rule)]: [] }],
  }
  const middleware: MiddlewareHandler<RestEnv> = async (c, next) => {
    if (rule !== 'anybody' && rule !== 'report-token' && rule !== 'callback-token') {
      const actor = await signedIn(app, c)
      demand(actor, rule)
      c.set('actor', actor)
    }
    await next()
  }
  return { ...documented, middleware: [middleware] }
}

/** The documented refusals of a route; all of one form. */
export function problemAnswers<S extends number>(...statuses: S[]) {
  const answer = {
    description: 'A problem; `code` says which.',
    content: { 'application/problem+json': { schema: ProblemBody } },
  }
  return Object.fromEntries(statuses.map((status) => [status, answer])) as Record<S, typeof answer>
}

/** Where in the body, as a person would write it: steps[2].name */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

/** A router whose routes document themselves, and refuse what does not fit with the first three reasons. */
export function openapi() {
  return new OpenAPIHono<RestEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const reasons = result.error.issues
        .slice(0, 3)
        .map(({ path, message }) => `${placeOf(path)}: ${message}`)
      throw new Problem('invalid-request', `The request cannot be used. ${reasons.join(' · ')}`)
    },
  })
}
