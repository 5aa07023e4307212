import { createRoute, z } from '@hono/zod-openapi'
import { limits } from '@stint/schema/limits'
import type { App } from '../base/app.ts'
import { parseJson } from '../base/exact-json.ts'
import { isId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import { bodiesUpTo } from './guard.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import type { RestContext } from './request.ts'

/**
 * What a `callback` step waits for: another system calls once, with the token that came with the address and with nothing
 * else. The answer is durable, and the task woken, when we answer. Tokens are looked for where people put them; µTask's own
 * address works too, so what calls it need not change.
 */

/** What callbacks need of the engine; it judges the token itself. */
export interface CallbackEngine {
  callIn(id: string, token: string, body: unknown): Promise<void>
}

const Called = z.object({ accepted: z.literal(true) }).openapi('CalledBack')

const answers = {
  200: {
    description: 'It is kept, and the task goes on.',
    content: { 'application/json': { schema: Called } },
  },
  ...problemAnswers(400, 404, 409, 413, 503),
}

const id = z.string().openapi({ description: 'Names the callback.' })
const query = z.object({
  t: z.string().optional().openapi({ description: 'The token, as in the address that the step made.' }),
  token: z.string().optional().openapi({ description: 'The same.' }),
})
const headers = z.object({
  'x-callback-token': z
    .string()
    .optional()
    .openapi({ description: 'The token, to keep it out of addresses.' }),
})

const summary = 'Answer a step that waits for a callback; needs its token, which is good for one call.'

function routesOf(app: App) {
  const { middleware, ...rule } = access(app, 'callback-token')
  const same = {
    method: 'post' as const,
    summary,
    responses: answers,
    ...rule,
    middleware: [...middleware, bodiesUpTo(limits.callbackBodyBytesMax)],
  }
  const request = { params: z.object({ id }), query, headers }
  return {
    plain: createRoute({ ...same, path: '/api/callbacks/{id}', request }),
    withToken: createRoute({
      ...same,
      path: '/api/callbacks/{id}/{token}',
      request: { params: z.object({ id, token: z.string() }) },
    }),
    // What µTask's callers have written down.
    compatible: createRoute({ ...same, path: '/unsecured/callback/{id}', request, deprecated: true }),
  }
}

/** The most explicit one counts; a wrong one is not covered by another. */
function tokenOf(c: RestContext): string {
  const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const { token } = c.req.param() as { token?: string }
  return c.req.header('x-callback-token') ?? bearer ?? token ?? c.req.query('t') ?? c.req.query('token') ?? ''
}

/** Any JSON; nothing at all is null. Whatever content type it says: callers rarely choose theirs. */
async function bodyOf(c: RestContext): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return null
  try {
    return parseJson(text)
  } catch {
    throw new Problem('invalid-request', 'The body is not JSON.')
  }
}

export function callbackRoutes(app: App, engine: CallbackEngine) {
  const routes = openapi()
  const answer = async (c: RestContext) => {
    const callbackId = c.req.param('id') ?? ''
    const token = tokenOf(c)
    const body = await bodyOf(c)
    if (!isId(callbackId)) {
      throw new Problem('not-found', 'There is no such callback, or its token is another one.', {
        details: { type: 'Callback', id: callbackId },
      })
    }
    await engine.callIn(callbackId, token, body)
    return c.json({ accepted: true as const }, 200)
  }
  const { plain, withToken, compatible } = routesOf(app)
  return routes.openapi(plain, answer).openapi(withToken, answer).openapi(compatible, answer)
}
