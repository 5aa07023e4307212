import { join } from 'node:path'
import type { ExecutorRole } from '@stint/schema/words'
import type { App } from '../base/app.ts'
import { systemClock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { checkout } from '../base/config.ts'
import type { Logger } from '../base/log.ts'
import { Outbound } from '../base/outbound.ts'
import { outboundPolicy } from '../base/outbound-policy.ts'
import { systemActor } from '../domains/access/model.ts'
import { record } from '../domains/audit/store.ts'
import { ChannelBook } from '../domains/channels/book.ts'
import { deliverActionOf } from '../domains/channels/deliver.ts'
import { notifyAction } from '../domains/channels/notify.ts'
import { channelReactions } from '../domains/channels/reactions.ts'
import { ConfigurationItems } from '../domains/configuration/items.ts'
import { KnownFunctions } from '../domains/functions/read.ts'
import { rotationLabel } from '../domains/keys/model.ts'
import { RingKeeper } from '../domains/keys/ring.ts'
import { rotateKeysAction } from '../domains/keys/rotate-action.ts'
import { MaintenanceWatch } from '../domains/maintenance/watch.ts'
import { msOfDuration, resourceLimitsOf } from '../domains/settings/model.ts'
import { readSettings } from '../domains/settings/read.ts'
import { watchSettings } from '../domains/settings/watch.ts'
import { TaskChanges } from '../domains/tasks/changes.ts'
import { childTasks } from '../domains/tasks/children.ts'
import { hasTasks } from '../domains/tasks/counts.ts'
import type { DeletionRule } from '../domains/tasks/model.ts'
import { type CheckFacts, templateCheck } from '../domains/templates/check.ts'
import type { TemplateCheck } from '../domains/templates/model.ts'
import { TemplateDefinitions, templateForSteps } from '../domains/templates/read.ts'
import { templateNames } from '../domains/templates/store.ts'
import { ActionRegistry } from '../engine/action.ts'
import { registerBuiltIn } from '../engine/actions/register.ts'
import { Engine } from '../engine/engine.ts'
import type { Removed } from '../engine/removal.ts'
import { SharedSecrets } from '../engine/run/mask.ts'
import type { KeyRing } from '../engine/seal.ts'
import type { LoadedPlugin } from '../plugins/load.ts'
import { type AnySql, connect, type Target } from '../postgres/connect.ts'
import { Listener } from '../postgres/listen.ts'
import { installationOf, versionOfProgram } from './installation.ts'
import { openRing, readKeys, rereadKeys } from './keys.ts'
import { usePlugins } from './plugins.ts'

/** Everything of one process that its doors need, built but not started. */
export interface Assembly {
  readonly app: App
  readonly engine: Engine
  readonly keys: KeyRing
  readonly changes: TaskChanges
  readonly listener: Listener
  /** To be started before the engine, which it holds. */
  readonly maintenance: MaintenanceWatch
  readonly ring: RingKeeper
  readonly definitions: TemplateDefinitions
  /** The actions of this process. */
  readonly registry: ActionRegistry
  readonly plugins: readonly LoadedPlugin[]
  /** What templates may read as `.config`; plug-ins add sources to it. */
  readonly configuration: ConfigurationItems
  /** What templates may call. */
  readonly functions: KnownFunctions
  readonly checkFacts: CheckFacts
  /** What templates are held against; it knows the actions of this process. */
  readonly check: TemplateCheck
  readonly version: string
  readonly installation: string
  /** Our own addresses, once they are known: actions may ask them, but nobody may claim to be somebody there. */
  own(origins: readonly string[]): void
  close(): Promise<void>
}

const readers = 5

/** The settings as they are now, for those who cannot wait for an answer. */
async function liveSettings(app: App, listener: Listener) {
  let settings = await readSettings(app)
  const followers: (() => void)[] = []
  const end = watchSettings(app, listener, () => {
    readSettings(app).then(
      (fresh) => {
        settings = fresh
        for (const follow of followers) follow()
      },
      (err) => app.log.warn({ err }, 'The settings could not be read again.'),
    )
  })
  return { now: () => settings, onChange: (follow: () => void) => void followers.push(follow), end }
}

/** Tasks that people started are on the audit record when they go; deliveries are not worth an entry. */
async function recordRemoved(tx: AnySql, { recordId, by, tasks, internal, labels }: Removed): Promise<void> {
  if (tasks === 0) return
  const rule: DeletionRule | undefined =
    by === 'template' ? 'cleanup_after' : by === 'setting' ? 'keep_tasks_for' : undefined
  const details = { rule, tasks, deliveries: internal, labels }
  await record(tx, systemActor, [{ id: recordId, action: 'task.expire', subjectType: 'task', details }])
}

/** Where the doors are by the configuration: also what a process without doors believes. */
function expectedOrigins({ host, port, publicUrl }: Config): readonly string[] {
  const here = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return publicUrl === undefined ? [here] : [here, publicUrl]
}

export async function assemble(
  config: Config,
  target: Target,
  log: Logger,
  role: ExecutorRole,
): Promise<Assembly> {
  const sql = connect(target, { max: readers, applicationName: 'stint' })
  const app: App = { sql, log, clock: systemClock, config }
  const listener = new Listener({ target, log })
  const settings = await liveSettings(app, listener)
  const maintenance = new MaintenanceWatch(app, listener, [rotationLabel])
  let ownOrigins = expectedOrigins(config)
  const outbound = new Outbound(() => outboundPolicy(settings.now().outbound_allow, ownOrigins))
  const scriptFolders = [config.scriptsDir, join(checkout, 'api/templates/scripts')]
  const secrets = new SharedSecrets()
  const configuration = new ConfigurationItems({
    log,
    environment: config.configurationItems,
    folder: config.configurationDir,
    allowed: () => settings.now().configuration_allow,
    own: () => ({ url: config.publicUrl ?? ownOrigins[0] ?? '' }),
    secrets,
  })
  const ring = readKeys(config.keysFile, await hasTasks(app))
  const keys = await openRing(app, config.keysFile, ring)
  const reread = rereadKeys(config.keysFile)
  const registry = registerBuiltIn(new ActionRegistry(), {
    clock: systemClock,
    outbound,
    scriptFolders,
    knownHostsFile: join(config.dataDir, 'known_hosts'),
    item: (name) => configuration.find(name),
  }).addOwn(rotateKeysAction({ app, keys }))
  const functions = new KnownFunctions(app)
  const checkFacts = {
    configItems: () => new Set(configuration.names()),
    functions: () => functions.now(),
    templates: () => templateNames(sql),
  }
  const definitions = new TemplateDefinitions(app)
  registry.addOwn(deliverActionOf({ app, keys, outbound }))
  const book = new ChannelBook(app, keys)
  await book.read()
  registry.add(
    notifyAction({ channels: () => book.channels, createTask: (request) => engine.createTask(request) }),
  )
  const unwatchChannels = book.watch(listener)
  const plugins = await usePlugins({ app, registry, configuration })
  const pageUrl = () => config.publicUrl ?? ownOrigins[0] ?? ''
  const version = versionOfProgram()
  const installation = installationOf(config.dataDir)
  const engine = new Engine({
    sql,
    target,
    log,
    clock: systemClock,
    listener,
    keys,
    registry,
    version,
    installation,
    region: config.region,
    role,
    capacity: role === 'serve' ? 0 : config.capacity,
    hold: maintenance,
    maxRunningActions: () => settings.now().max_running_actions,
    config: () => configuration.values,
    resourceLimits: () => resourceLimitsOf(settings.now().resource_limits),
    retention: () => ({
      tasksMs: msOfDuration(settings.now().keep_tasks_for),
      internalMs: msOfDuration(settings.now().keep_deliveries_for),
    }),
    onRemoved: recordRemoved,
    secrets,
    reactions: channelReactions(book, pageUrl),
    templateOf: (id) => definitions.of(id),
    ownUrl: () => config.publicUrl ?? ownOrigins[0] ?? '',
    childTasks: (owner, requests) => childTasks(app, (name) => templateForSteps(app, name), owner, requests),
  })
  settings.onChange(() => {
    engine.limitsChanged().catch((err) => log.warn({ err }, 'Waiters do not know the new limits yet.'))
  })
  return {
    app,
    engine,
    keys,
    listener,
    maintenance,
    ring: new RingKeeper({ app, listener, keys, reread }, ring),
    definitions,
    registry,
    plugins,
    configuration,
    functions,
    checkFacts,
    check: templateCheck(registry, checkFacts),
    version,
    installation,
    changes: new TaskChanges(app, { listener, engine }),
    own: (origins) => {
      ownOrigins = origins
    },
    close: async () => {
      settings.end()
      unwatchChannels()
      await sql.end({ timeout: 5 })
    },
  }
}
