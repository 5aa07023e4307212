import { Problem } from '../base/problem.ts'
import { createMetrics } from '../rest/metrics.ts'
import { restApp } from '../rest/server.ts'
import type { Assembly } from './assemble.ts'
import { webDist } from './build-page.ts'
import { WebServer } from './web-server.ts'

/** Everything that people and programs reach over HTTP. */
export interface Doors {
  listen(): Promise<void>
  readonly origin: string
  readonly origins: readonly string[]
  /** Nobody new gets in. */
  refuse(): void
  /** Ends what is left. */
  close(): Promise<void>
}

function checksOf({ app, engine, listener }: Assembly) {
  return {
    database: async () => {
      await app.sql.unsafe('select 1')
    },
    listener: () => {
      if (!listener.connected) throw new Error('the listening connection is being made again')
    },
    engine: () => {
      if (engine.executor === undefined) throw new Error('no executor')
    },
  }
}

export async function openDoors(assembly: Assembly): Promise<Doors> {
  const { app, engine } = assembly
  const { config } = app
  const rest = restApp({
    app,
    tasks: {
      create: () => {
        throw new Problem('not-found', 'There are no templates yet.', {
          details: { type: 'Template', id: '' },
        })
      },
    },
    reports: engine,
    checks: checksOf(assembly),
    metrics: createMetrics(),
    webDir: webDist,
  })
  const server = new WebServer({
    host: config.host,
    port: config.port,
    fetch: rest.fetch,
    upgrade: (_request, socket) => socket.destroy(),
  })
  return {
    listen: () => server.listen(),
    get origin() {
      return config.publicUrl ?? server.origin
    },
    get origins() {
      return [server.origin, ...(config.publicUrl === undefined ? [] : [config.publicUrl])]
    },
    refuse: () => server.refuse(),
    close: () => server.finish(),
  }
}
