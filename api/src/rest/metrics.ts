import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { App } from '../base/app.ts'
import { isLocal } from '../domains/access/address.ts'
import { readSettings } from '../domains/settings/read.ts'
import { type FigureSource, registerEngine } from './figures.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import type { RestContext, RestEnv } from './request.ts'

/** A registry with the figures of the process and of its engine. */
export function createMetrics(engine?: FigureSource): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  if (engine !== undefined) registerEngine(registry, engine)
  return registry
}

/**
 * Times every request by the pattern of the route that answered: the paths themselves would make a series for every task.
 */
export function measured(app: App, registry: Registry): MiddlewareHandler<RestEnv> {
  const durations = new Histogram({
    name: 'stint_http_request_seconds',
    help: 'Time to answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return async (c, next) => {
    const beganMs = app.clock.monotonicMs()
    await next()
    const seconds = (app.clock.monotonicMs() - beganMs) / 1000
    durations.observe({ method: methodOf(c), route: routePath(c), status: c.res.status }, seconds)
  }
}

const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])

function methodOf(c: RestContext): string {
  return methods.has(c.req.method) ? c.req.method : 'other'
}

/** For those with metrics.view; for this machine without, when the setting metrics_from_loopback is on. */
function mayMeasure(app: App) {
  const rule = access(app, 'metrics.view')
  const [demanding] = rule.middleware
  const middleware: MiddlewareHandler<RestEnv> = async (c, next) => {
    const { metrics_from_loopback } = await readSettings(app)
    const isFree = metrics_from_loopback && isLocal(c.get('facts'))
    return isFree ? next() : demanding?.(c, next)
  }
  return { ...rule, middleware: [middleware] }
}

const figures = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Figures for Prometheus; from this machine without a token when metrics_from_loopback is on.',
  responses: {
    200: { description: 'As text.', content: { 'text/plain': { schema: z.string() } } },
    ...problemAnswers(401, 403),
  },
})

/** /metrics */
export function metricsRoutes(app: App, registry: Registry) {
  return openapi().openapi({ ...figures, ...mayMeasure(app) }, async (c) => {
    return c.text(await registry.metrics(), 200, { 'content-type': registry.contentType })
  })
}
