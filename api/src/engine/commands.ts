import type { SignalKind } from '@stint/schema/words'
import { Problem } from '../base/problem.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import type { Executor } from './executor.ts'
import { type KeyRing, placeOf } from './seal.ts'
import { shareTaskKeys } from './store/payload.ts'
import { insertSignals } from './store/signal.ts'
import { fenceTask, findTasks, waitForFlush } from './store/task.ts'

export interface Command {
  readonly kind: SignalKind
  readonly actor: string
  readonly stepNo?: number
  /** Kept sealed until it is applied. */
  readonly payload?: unknown
}

/** What sending a command takes of the engine. */
interface CommandParts {
  readonly sql: Sql
  readonly keys: KeyRing
  readonly executor: Executor
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** Resolves when anything of the task changes, or after `ms`. */
  nextNews(taskId: string, ms: number): Promise<void>
}

/** Commands that do not ask whoever holds the task. */
const forcedKinds: ReadonlySet<SignalKind> = new Set(['force-cancel', 'force-unlock'])
/** How long a command waits to see its effect before it answers all the same. */
const effectWaitMs = 400

/**
 * Sends a command to a task: durable when it resolves, applied at once where possible, also with no executor alive.
 * Force does not wait for whoever holds the task: it is fenced off in the same transaction. `alongside` is written with
 * the command or not at all.
 */
export async function sendCommand(
  parts: CommandParts,
  taskId: string,
  command: Command,
  alongside?: (tx: AnySql) => Promise<void>,
): Promise<void> {
  const { sql, executor } = parts
  const isHere = await executor.holds(taskId)
  const news = isHere ? undefined : parts.nextNews(taskId, effectWaitMs)
  await sql.begin(async (tx) => {
    await waitForFlush(tx, taskId)
    const payload =
      command.payload === undefined ? undefined : await seal(tx, parts.keys, taskId, command.payload)
    const isFenced = !isHere && forcedKinds.has(command.kind) && (await fenceTask(tx, taskId))
    if (isFenced) await announce(tx, channels.fenced, packIds([taskId]))
    const { kind, actor, stepNo } = command
    const signal = {
      taskId,
      kind,
      actor,
      ...(stepNo !== undefined && { stepNo }),
      ...(payload && { payload }),
    }
    const sent = await insertSignals(tx, [signal])
    // Over this connection: asking for another one while holding this, a pool of five would end in a deadlock of five.
    if (sent.length === 0) await explainRefusal(tx, taskId)
    await alongside?.(tx)
    await parts.wake(tx, [taskId])
    await announce(tx, channels.signals, packIds([taskId]))
  })
  const isOurs = await executor.applyNow(taskId)
  if (!isOurs) await news
}

function noSuchTask(taskId: string): Problem {
  return new Problem('not-found', 'There is no such task.', { details: { type: 'Task', id: taskId } })
}

async function explainRefusal(sql: AnySql, taskId: string): Promise<never> {
  const [row] = await findTasks(sql, [taskId])
  if (!row) throw noSuchTask(taskId)
  throw new Problem(
    'not-allowed-now',
    `The task is over (${row.result}); nothing can be done with it any more.`,
    {
      details: { state: row.state, reason: row.reason },
    },
  )
}

/**
 * Seals what a signal brings, for whoever does not hold the task. Must run in the transaction that inserts the signal: the
 * data key stays locked until then, so that a re-encryption sees the signal or comes before it.
 */
export async function seal(tx: AnySql, keys: KeyRing, taskId: string, payload: unknown): Promise<Buffer> {
  const [sealed] = await shareTaskKeys(tx, [taskId])
  if (!sealed) throw noSuchTask(taskId)
  return keys.open(taskId, sealed.keyId, sealed.wrappedKey).sealJson(payload, placeOf.signal)
}
