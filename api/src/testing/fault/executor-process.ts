import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Template } from '@stint/schema/template-types'
import { systemClock } from '../../base/clock.ts'
import { readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { ChannelBook } from '../../domains/channels/book.ts'
import { deliverActionOf } from '../../domains/channels/deliver.ts'
import { channelReactions } from '../../domains/channels/reactions.ts'
import { ActionRegistry } from '../../engine/action.ts'
import { batchAction } from '../../engine/actions/batch.ts'
import { echoAction } from '../../engine/actions/echo.ts'
import { subtaskAction } from '../../engine/actions/subtask.ts'
import { waitAction } from '../../engine/actions/wait.ts'
import { Engine } from '../../engine/engine.ts'
import { KeyRing } from '../../engine/seal.ts'
import { setTestPoint, type TestPoint } from '../../engine/test-points.ts'
import { connect, type Target } from '../../postgres/connect.ts'
import { Listener } from '../../postgres/listen.ts'
import { surviveDriverErrors } from '../../postgres/survive.ts'
import { childTasksOf } from '../children.ts'
import { localOutbound } from '../outbound.ts'

/** How a test starts an executor as a process of its own; see kit.ts. */
export interface ExecutorOrder {
  readonly target: Target
  readonly secret: string
  readonly installation: string
  readonly capacity: number
  /** Every run of an `append` step adds a line here: task, step, attempt. */
  readonly effects: string
  /** What steps may start, by name. */
  readonly templates?: Readonly<Record<string, Template>>
  /** Dies by SIGKILL when it reaches this point (with this subject) for the n-th time. */
  readonly dieAt?: { readonly point: TestPoint; readonly nth: number; readonly subject?: string }
}

const order = JSON.parse(process.env.STINT_FAULT_ORDER ?? '{}') as ExecutorOrder
const log = createLog({ level: 'error', format: 'json' })
surviveDriverErrors(log, (error) => {
  log.fatal({ err: error }, 'bug')
  process.exit(1)
})
const sql = connect(order.target, { max: 4, applicationName: 'stint-fault' })
const listener = new Listener({ target: order.target, log, pingMs: 2000 })

const registry = new ActionRegistry()
  .add(echoAction)
  .add(waitAction(systemClock))
  .add(subtaskAction(systemClock))
  .add(batchAction)
  .add<{ ms?: number }>({
    type: 'append',
    description: 'adds a line to the file of effects',
    configuration: {},
    idempotent: true,
    run: async ({ ms = 2 }, context) => {
      await pause(ms)
      context.signal.throwIfAborted()
      appendFileSync(order.effects, `${context.task.id} ${context.step.no} ${context.attempt.no}\n`)
      return { output: { pid: process.pid } }
    },
  })

const app = { sql, log, clock: systemClock, config: readConfig({}) }
const keys = new KeyRing([{ id: 'fault', secret: Buffer.from(order.secret, 'hex') }])
const book = new ChannelBook(app, keys)
await book.read()
registry.addOwn(deliverActionOf({ app, keys, outbound: localOutbound() }))

const engine = new Engine({
  sql,
  target: order.target,
  log,
  clock: systemClock,
  listener,
  keys,
  reactions: channelReactions(book, () => 'https://stint.test'),
  registry,
  version: 'test',
  installation: order.installation,
  region: undefined,
  role: 'both',
  capacity: order.capacity,
  maxRunningActions: () => 200,
  config: () => ({}),
  childTasks: childTasksOf(order.templates ?? {}),
  templateOf: () => Promise.reject(new Error('no stored templates in this test')),
  abortGraceMs: 1000,
  drainGraceMs: 1000,
})

if (order.dieAt) {
  const { point, nth, subject } = order.dieAt
  let reached = 0
  setTestPoint(point, (reachedBy) => {
    if (subject !== undefined && subject !== reachedBy) return
    if (++reached === nth) process.kill(process.pid, 'SIGKILL')
  })
}

await listener.start()
await engine.start()
process.send?.({ ready: engine.executor.executorId })
process.on('message', () =>
  process.send?.({
    counts: { ...engine.counts, ...engine.executor.flusher.counts, runs: engine.executor.runs.size },
  }),
)
process.on('SIGTERM', () => {
  void engine
    .stop()
    .then(() => listener.stop())
    .then(() => sql.end({ timeout: 1 }))
    .then(() => process.exit(0))
})
