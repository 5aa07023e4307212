import { setTimeout as pause } from 'node:timers/promises'
import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../base/app.ts'
import { access, openapi } from './openapi.ts'
import type { Check } from './parts.ts'

/** A load balancer gives up sooner than a hanging database does. */
const checkTimeoutMs = 2_000

const Checked = z.object({ ok: z.boolean(), reason: z.string().optional() })
const Health = z.object({ ok: z.boolean(), checks: z.record(z.string(), Checked) }).openapi('Health')

const routes = {
  alive: createRoute({
    method: 'get',
    path: '/healthz',
    summary: 'Does the process answer? Looks at nothing else: restarting it would not mend a database.',
    responses: {
      200: {
        description: 'It does.',
        content: { 'application/json': { schema: z.object({ ok: z.literal(true) }) } },
      },
    },
  }),
  ready: createRoute({
    method: 'get',
    path: '/readyz',
    summary: 'Can it do its work: database, engine, live updates.',
    responses: {
      200: { description: 'All of it.', content: { 'application/json': { schema: Health } } },
      503: { description: 'Not all of it.', content: { 'application/json': { schema: Health } } },
    },
  }),
}

async function tooLate(): Promise<never> {
  await pause(checkTimeoutMs, undefined, { ref: false })
  throw new Error(`no answer within ${checkTimeoutMs / 1000} s`)
}

/** Anybody may ask, so a reason is a sentence of ours or a code, never the text of an error from below. */
async function outcomeOf(check: Check): Promise<z.infer<typeof Checked>> {
  try {
    await Promise.race([check(), tooLate()])
    return { ok: true }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    return { ok: false, reason: typeof code === 'string' ? code : (error as Error).message }
  }
}

/** Liveness and readiness, for everybody: they tell nothing but whether it works. */
export function healthRoutes(app: App, checks: Readonly<Record<string, Check>>) {
  const anybody = access(app, 'anybody')
  return openapi()
    .openapi({ ...routes.alive, ...anybody }, (c) => c.json({ ok: true as const }, 200))
    .openapi({ ...routes.ready, ...anybody }, async (c) => {
      const outcomes = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
      )
      const ok = outcomes.every(([, outcome]) => outcome.ok)
      c.header('cache-control', 'no-store')
      return c.json({ ok, checks: Object.fromEntries(outcomes) }, ok ? 200 : 503)
    })
}
