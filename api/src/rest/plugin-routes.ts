import { Hono } from 'hono'
import type { App } from '../base/app.ts'
import { type Actor, demand } from '../domains/access/model.ts'
import type { LoadedPlugin } from '../plugins/load.ts'
import type { PluginRoute } from '../plugins/plugin.ts'
import { onNotFound } from './door.ts'
import { actorOf, type RestContext, type RestEnv, signedIn } from './request.ts'

/** Who may call it is asked before the plug-in sees anything. */
async function callerOf(app: App, c: RestContext, { access }: PluginRoute): Promise<Actor | undefined> {
  if (access === 'anybody') return actorOf(app, c)
  if (access === 'signed-in') return signedIn(app, c)
  const actor = await signedIn(app, c)
  demand(actor, access)
  return actor
}

/**
 * The routes of plug-ins, each below `/plugins/NAME`. Size of bodies, the cross-site rule and maintenance stand in front of them
 * as of everything; what they throw is told like any other error.
 */
export function pluginRoutes(app: App, plugins: readonly LoadedPlugin[]) {
  const routes = new Hono<RestEnv>()
  for (const { name, routes: own = [] } of plugins) {
    for (const route of own) {
      routes.on(route.method, `/plugins/${name}${route.path}`, async (c) => {
        const actor = await callerOf(app, c, route)
        const log = c.get('log').child({ plugin: name })
        return route.handle(c.req.raw, { user: actor?.name, groups: actor?.groups ?? [], log })
      })
    }
  }
  routes.all('/plugins/*', onNotFound)
  return routes
}
