import { readMaintenance } from '../domains/maintenance/read.ts'
import { readSettings } from '../domains/settings/read.ts'
import { hasTasks } from '../domains/tasks/counts.ts'
import { channels } from '../postgres/listen.ts'
import { builder } from './builder.ts'
import { MaintenanceRef } from './maintenance.ts'
import { pulse } from './pulse.ts'

const beatMs = 10_000

/** Has no values of its own: each field asks the process that answers. */
const ServerRef = builder.objectRef<true>('Server').implement({
  description: 'The process that answers. Its names are shown to those who are signed in.',
  fields: (t) => ({
    version: t.string({
      description: 'Of the program; empty for those who are not signed in.',
      resolve: (_server, _args, { parts, actor }) => (actor === undefined ? '' : parts.server.version),
    }),
    installation: t.string({
      description: 'The name of this installation; empty for those who are not signed in.',
      resolve: (_server, _args, { parts, actor }) => (actor === undefined ? '' : parts.server.installation),
    }),
    upSince: t.field({
      type: 'DateTime',
      description: 'When this process began to answer.',
      resolve: (_server, _args, { parts }) => parts.server.upSince,
    }),
    now: t.field({
      type: 'DateTime',
      description: 'Its clock: a page corrects its own by it.',
      resolve: (_server, _args, { parts }) => parts.app.clock.now(),
    }),
    isEmpty: t.boolean({
      description: 'There has never been a task here.',
      resolve: async (_server, _args, { parts }) => !(await hasTasks(parts.app)),
    }),
    maintenance: t.field({
      type: MaintenanceRef,
      description: 'Whether it may only be read now.',
      resolve: async (_server, _args, { parts }) => ({ now: await readMaintenance(parts.app) }),
    }),
    basicAuthEnabled: t.boolean({
      description: 'Scripts may send name and password; perhaps only from the same machine.',
      resolve: async (_server, _args, { parts }) => (await readSettings(parts.app)).basic_auth !== 'off',
    }),
  }),
})

builder.queryField('server', (t) =>
  t.field({
    type: ServerRef,
    description: 'About this server; also for those who are not signed in.',
    authScopes: { public: true },
    resolve: () => true as const,
  }),
)

builder.subscriptionField('server', (t) =>
  t.field({
    type: ServerRef,
    description:
      'About this server, at once, when a maintenance begins or ends, and every 10 seconds: whoever hears nothing for longer is cut off.',
    authScopes: { signedIn: true },
    subscribe: (_root, _args, { parts }) =>
      pulse(beatMs, (poke) =>
        parts.listener.on(channels.settings, (name) => name === 'maintenance' && poke()),
      ),
    resolve: (beat) => beat,
  }),
)
