import { randomBytes } from 'node:crypto'
import type { Template } from '@stint/schema/template-types'
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { type Action, ActionRegistry } from '../../src/engine/action.ts'
import { echoAction } from '../../src/engine/actions/echo.ts'
import { waitAction } from '../../src/engine/actions/wait.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { TaskRun } from '../../src/engine/run/task-run.ts'
import { KeyRing } from '../../src/engine/seal.ts'
import { connect } from '../../src/postgres/connect.ts'
import { Listener } from '../../src/postgres/listen.ts'
import type { BenchServer } from './server.ts'

/** An engine on the bench's server, and how a bench drives it. */
export interface BenchEngine {
  readonly engine: Engine
  /** Creates a task of a template that counts as stored. Resolves to its id when it is durable. */
  create(template: Template): Promise<string>
  /** Resolves when this process no longer holds the task: it is over or only waits, and that is durable. */
  ended(taskId: string): Promise<void>
  /** Both. */
  run(template: Template): Promise<void>
  /** Changes the setting max_running_actions; as shipped until then. */
  allowActions(count: number): void
  stop(): Promise<void>
}

/** What the configuration and the settings say unless somebody changes them. */
const shippedCapacity = 2000
export const shippedActions = 200

function registryWith(actions: readonly Action[]): ActionRegistry {
  const registry = new ActionRegistry().add(echoAction).add(waitAction(systemClock))
  for (const action of actions) registry.add(action)
  return registry
}

/** Templates by the id under which tasks name them, as if they were stored. */
class StoredTemplates {
  readonly #ids = new Map<Template, string>()
  readonly #byId = new Map<string, Template>()

  idOf(template: Template): string {
    const id = this.#ids.get(template) ?? crypto.randomUUID()
    this.#ids.set(template, id)
    this.#byId.set(id, template)
    return id
  }

  async of(id: string): Promise<Template> {
    const template = this.#byId.get(id)
    if (!template) throw new Error(`no template ${id}`)
    return template
  }
}

/** Resolves when the runner of a task has given it up; what it wrote is committed by then. Each task may be asked for once. */
function watchEnds(engine: Engine): (taskId: string) => Promise<void> {
  const { executor } = engine
  const waiting = new Map<string, () => void>()
  const ended = new Set<string>()
  const original = executor.onGone.bind(executor)
  executor.onGone = (run: TaskRun) => {
    // A runner that never held its task had no place to start: the task is queued and somebody claims it later.
    const wasHeld = executor.runs.get(run.id) === run
    original(run)
    if (!wasHeld) return
    const tell = waiting.get(run.id)
    if (tell) tell()
    else ended.add(run.id)
    waiting.delete(run.id)
  }
  return (taskId) =>
    new Promise((resolve) => {
      if (ended.delete(taskId)) resolve()
      else waiting.set(taskId, resolve)
    })
}

/** Encryption, events, hints, timers, heartbeat, leader: everything as in an installation, but for doors and pages. */
export async function startEngine(
  server: BenchServer,
  actions: readonly Action[] = [],
): Promise<BenchEngine> {
  const { target } = server
  const log = createLog({ level: 'warn', format: 'json' })
  const sql = connect(target, { max: 5, applicationName: 'stint' })
  const listener = new Listener({ target, log })
  const templates = new StoredTemplates()
  let maxRunningActions = shippedActions
  const engine = new Engine({
    sql,
    target,
    log,
    listener,
    clock: systemClock,
    keys: new KeyRing([{ id: 'bench', secret: randomBytes(32) }]),
    registry: registryWith(actions),
    version: 'bench',
    installation: 'bench',
    region: undefined,
    role: 'both',
    capacity: shippedCapacity,
    maxRunningActions: () => maxRunningActions,
    config: () => ({}),
    templateOf: (id) => templates.of(id),
  })
  await listener.start()
  await engine.start()
  const ended = watchEnds(engine)
  const create = async (template: Template) => {
    const templateId = templates.idOf(template)
    const owner = { name: 'bench' }
    const { id } = await engine.createTask({ template, templateId, input: {}, owner, isApproved: true })
    return id
  }
  return {
    engine,
    create,
    ended,
    allowActions: (count) => {
      maxRunningActions = count
    },
    run: async (template) => ended(await create(template)),
    stop: async () => {
      await engine.stop()
      await listener.stop()
      await sql.end({ timeout: 5 })
    },
  }
}
