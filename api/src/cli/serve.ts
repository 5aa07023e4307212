import type { Actor } from '../domains/access/model.ts'
import { createTask } from '../domains/tasks/create.ts'
import { templateToStart } from '../domains/templates/read.ts'
import { hostName } from '../engine/machine.ts'
import type { ServerFacts } from '../graphql/context.ts'
import { graphqlServer } from '../graphql/server.ts'
import { createMetrics } from '../rest/metrics.ts'
import { restApp } from '../rest/server.ts'
import type { CreateTaskRequest } from '../rest/tasks.ts'
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

async function createFromTemplate(
  { app, engine, changes, definitions }: Assembly,
  actor: Actor,
  { template, version, ...request }: CreateTaskRequest,
) {
  const { id, blocked } = await templateToStart(app, actor, template, version)
  return createTask(
    { app, engine, changes },
    actor,
    { id, definition: await definitions.of(id), blocked },
    request,
  )
}

/** Puts REST, GraphQL and the page behind one port; nothing listens before `listen`. */
export function openDoors(assembly: Assembly): Doors {
  const { app, engine, changes, listener, version, registry, check, configuration, keys } = assembly
  const { config } = app
  const server: ServerFacts = { version, installation: hostName(), upSince: app.clock.now() }
  const graphql = graphqlServer({
    app,
    engine,
    changes,
    listener,
    server,
    actions: registry,
    check,
    configuration,
    channels: { keys, engine },
  })
  const rest = restApp({
    app,
    tasks: { create: (actor, request) => createFromTemplate(assembly, actor, request) },
    reports: engine,
    plugins: assembly.plugins,
    callbacks: engine.outside.questions,
    checks: checksOf(assembly),
    metrics: createMetrics(engine),
    webDir: webDist,
    graphql: (request, call) => graphql.fetch(request, call),
  })
  const web = new WebServer({
    host: config.host,
    port: config.port,
    fetch: rest.fetch,
    attach: (each) => graphql.attach(each),
  })
  return {
    listen: async () => {
      await graphql.start()
      await web.listen()
    },
    get origin() {
      return config.publicUrl ?? web.origin
    },
    get origins() {
      return [web.origin, ...(config.publicUrl === undefined ? [] : [config.publicUrl])]
    },
    refuse: () => web.refuse(),
    close: async () => {
      await graphql.stop()
      await web.finish()
    },
  }
}
