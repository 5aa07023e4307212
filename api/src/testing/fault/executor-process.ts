import type { Template } from '@stint/schema/template-types'
import { type Clock, systemClock } from '../../base/clock.ts'
import { readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { ChannelBook } from '../../domains/channels/book.ts'
import { deliverActionOf } from '../../domains/channels/deliver.ts'
import { channelReactions } from '../../domains/channels/reactions.ts'
import { RingKeeper } from '../../domains/keys/ring.ts'
import { rotateKeysAction } from '../../domains/keys/rotate-action.ts'
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
import { appendAction, poisonAction } from './fault-actions.ts'

/** How a test starts an executor as a process of its own; see kit.ts. */
export interface ExecutorOrder {
  readonly target: Target
  /** Keys of the ring; their secrets in hexadecimal. */
  readonly ring: readonly { readonly id: string; readonly secret: string }[]
  readonly currentKey: string
  readonly installation: string
  /** Absent: it takes only tasks of no region. */
  readonly region?: string
  readonly capacity: number
  readonly maxRunningActions: number
  /** Its clock is wrong by so much, and from the second moment on by so much more. */
  readonly clock: { readonly skewMs: number; readonly jumpAfterMs: number; readonly jumpMs: number }
  /** Every run of an `append` step adds a line here; see `Effect`. */
  readonly effects: string
  /** What steps may start, by name. */
  readonly templates?: Readonly<Record<string, Template>>
  /** The setting of this name. */
  readonly resourceLimits?: Readonly<Record<string, number>>
  /** Dies by SIGKILL when it reaches this point (with this subject) for the n-th time. */
  readonly dieAt?: { readonly point: TestPoint; readonly nth: number; readonly subject?: string }
}

const order = JSON.parse(process.env.STINT_FAULT_ORDER ?? '{}') as ExecutorOrder
// Standard output carries what the test counts: see kit.ts.
const log = createLog({ level: 'warn', format: 'json' })
surviveDriverErrors(log, (error) => {
  log.fatal({ err: error }, 'bug')
  process.exit(1)
})
const sql = connect(order.target, { max: 4, applicationName: 'stint-fault' })
const listener = new Listener({ target: order.target, log, pingMs: 2000 })

const ring = order.ring.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'hex') }))
const keys = new KeyRing(ring, order.currentKey)
const app = { sql, log, clock: systemClock, config: readConfig({ STINT_DATA_DIR: order.effects }) }
const registry = new ActionRegistry()
  .add(echoAction)
  .add(waitAction(systemClock))
  .add(subtaskAction(systemClock))
  .add(batchAction)
  .add(appendAction(order.effects))
  .add(poisonAction)
  .addOwn(rotateKeysAction({ app, keys }))
const ringKeeper = new RingKeeper({ app, listener, keys, reread: () => undefined }, ring)

const { skewMs, jumpAfterMs, jumpMs } = order.clock
const bornMs = systemClock.monotonicMs()
/** A wall clock that nobody should believe; the monotonic one is the kernel's and cannot be wrong. */
const clock: Clock = {
  ...systemClock,
  now: () => {
    const jumped = systemClock.monotonicMs() - bornMs > jumpAfterMs ? jumpMs : 0
    return new Date(systemClock.now().getTime() + skewMs + jumped)
  },
  monotonicMs: () => systemClock.monotonicMs(),
}

const book = new ChannelBook(app, keys)
await book.read()
registry.addOwn(deliverActionOf({ app, keys, outbound: localOutbound() }))

const engine = new Engine({
  sql,
  target: order.target,
  log,
  clock,
  listener,
  keys,
  reactions: channelReactions(book, () => 'https://stint.test'),
  registry,
  version: 'test',
  installation: order.installation,
  region: order.region,
  role: 'both',
  capacity: order.capacity,
  maxRunningActions: () => order.maxRunningActions,
  config: () => ({}),
  resourceLimits: () => new Map(Object.entries(order.resourceLimits ?? {})),
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
await ringKeeper.start()
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
    .then(() => ringKeeper.stop())
    .then(() => listener.stop())
    .then(() => sql.end({ timeout: 1 }))
    .then(() => process.exit(0))
})
