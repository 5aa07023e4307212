import { callbackRoutes } from './callbacks.ts'
import { onError, onNotFound } from './door.ts'
import { noCrossSite, noWritesInMaintenance, usualBodies } from './guard.ts'
import { healthRoutes } from './health.ts'
import { measured, metricsRoutes } from './metrics.ts'
import { openapi } from './openapi.ts'
import { pageRoutes } from './page.ts'
import type { RestParts } from './parts.ts'
import { pluginRoutes } from './plugin-routes.ts'
import { reportRoutes } from './reports.ts'
import { withRequest } from './request.ts'
import { sessionRoutes } from './session.ts'
import { taskRoutes } from './tasks.ts'

const documentation = {
  openapi: '3.1.0',
  info: {
    title: 'Stint',
    version: '1',
    description: 'Sign-in, task reports, health. Everything else is GraphQL, at /graphql.',
  },
}

/**
 * Every HTTP door of one process as one application. In front of all of them, in this order: request id and log line, timing,
 * the size of bodies, the cross-site rule, the maintenance. A route that asks nobody's permission says so in rest/crawl.test.ts.
 */
export function restApp(parts: RestParts) {
  const { app } = parts
  const rest = openapi()
  rest.onError(onError)
  rest.notFound(onNotFound)
  rest.use('*', withRequest(app), measured(app, parts.metrics), usualBodies, noCrossSite(app))
  rest.use('*', noWritesInMaintenance(app))
  rest.route('/', healthRoutes(app, parts.checks))
  rest.route('/', metricsRoutes(app, parts.metrics))
  rest.route('/', sessionRoutes(app))
  rest.route('/', taskRoutes(app, parts.tasks))
  rest.route('/', reportRoutes(app, parts.reports))
  rest.route('/', callbackRoutes(app, parts.callbacks))
  rest.route('/', pluginRoutes(app, parts.plugins ?? []))
  rest.openAPIRegistry.registerComponent('securitySchemes', 'apiToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token: stint_…',
  })
  rest.openAPIRegistry.registerComponent('securitySchemes', 'reportToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that came with the opened report.',
  })
  rest.openAPIRegistry.registerComponent('securitySchemes', 'callbackToken', {
    type: 'apiKey',
    in: 'query',
    name: 't',
    description: 'The token that stands in the address of a callback.',
  })
  rest.doc31('/api/openapi.json', documentation)
  const { graphql, webDir } = parts
  if (graphql !== undefined) {
    rest.on(['GET', 'POST', 'OPTIONS'], '/graphql', (c) =>
      graphql(c.req.raw, { facts: c.get('facts'), requestId: c.get('requestId') }),
    )
  }
  rest.all('/api/*', onNotFound)
  if (webDir !== undefined) rest.route('/', pageRoutes(webDir))
  return rest
}
