import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { onNotFound } from './door.ts'
import { pageHeaders } from './guard.ts'
import type { RestContext, RestEnv } from './request.ts'

/** Built files carry a digest in their names, so what has one never changes; everything else is asked for anew. */
function cacheAs(value: string) {
  return (_path: string, c: RestContext) => {
    c.header('cache-control', value)
    c.header('vary', 'accept-encoding')
  }
}

/** A person who opens an address of the page, not a script or an image that is missing. */
function isPageView(c: RestContext): boolean {
  const isFile = /\.[a-z0-9]{1,5}$/i.test(c.req.path)
  return c.req.header('accept')?.includes('text/html') === true || !isFile
}

/** The built page: files, precompressed; for every other address index.html, whose router knows it. */
export function pageRoutes(webDir: string) {
  const files = { root: webDir, precompressed: true }
  const asset = serveStatic<RestEnv>({ ...files, onFound: cacheAs('public, max-age=31536000, immutable') })
  const file = serveStatic<RestEnv>({ ...files, onFound: cacheAs('no-cache') })
  const index = serveStatic<RestEnv>({ ...files, path: 'index.html', onFound: cacheAs('no-cache') })
  return (
    new Hono<RestEnv>()
      .use('*', pageHeaders())
      // A missing script must not be answered with a page: the browser would try to run it.
      .get('/assets/*', asset, onNotFound)
      .get('*', file)
      .get('*', async (c, next) => (isPageView(c) ? await index(c, next) : onNotFound(c)))
  )
}
