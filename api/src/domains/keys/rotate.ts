import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { NewTask } from '../../engine/start.ts'
import { countBornElsewhere } from '../../engine/store/sealed.ts'
import type { AnySql } from '../../postgres/connect.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import { type KeyRingState, type KnownKey, type RotationKind, rotationLabel } from './model.ts'
import { ringState } from './read.ts'
import { rotationTemplate } from './rotation-template.ts'
import { findKeys, findRingProcesses, findRotation, lockRing, makeCurrent } from './store.ts'

/*
 * A rotation is a task like any other, of an action of our own: it is on the list with its progress, cancelled, resumed after
 * its executor died, and read about years later on its record. It needs no table and no worker of its own, and the rows that
 * it has done say so themselves. It also goes on while there is maintenance.
 */

interface RotateParts {
  readonly app: App
  readonly engine: { createTask(request: NewTask): Promise<unknown> }
  /** How long a key that was just added is waited for. */
  readonly patienceMs?: number
}

/** Key files are read every two seconds, and a process tells of its keys with its next heartbeat: twice that, and some more. */
const usualPatienceMs = 6_000
const lookEveryMs = 250

function notNow(message: string, state: string | null = null, reason: string | null = null): Problem {
  return new Problem('not-allowed-now', message, { details: { state, reason } })
}

/** A key that one process lacks must not wrap: that process could not open what another one made. */
async function whoLacks(tx: AnySql, { id }: KnownKey): Promise<Problem | undefined> {
  const lacking = (await findRingProcesses(tx)).filter(({ keyIds }) => !keyIds.includes(id))
  if (lacking.length === 0) return undefined
  const who = lacking.map(({ host, pid }) => `${host} (process ${pid})`).join(', ')
  return notNow(
    `The key ${id} is not in the key file of ${who}; copy the file there first, it is read by itself.`,
  )
}

async function demandNone(tx: AnySql): Promise<void> {
  const open = await findRotation(tx)
  if (open === undefined || open.state === 'stopped') return
  throw notNow(
    `A rotation is under way, the task ${open.taskId}; cancel it or wait for its end.`,
    open.state,
    open.reason,
  )
}

/** Nothing to do would look like something done. */
async function nothingToDo(tx: AnySql, newest: KnownKey, kind: RotationKind): Promise<Problem | undefined> {
  const { keys } = await ringState(tx)
  const isWrapped = newest.isCurrent && keys.every(({ isNewest, mayBeRemoved }) => isNewest || mayBeRemoved)
  if (!isWrapped || (kind === 'reencrypt' && (await countBornElsewhere(tx, newest.id)) > 0)) return undefined
  return notNow('Everything is under the newest key already. Make a newer one first: stint keys add.')
}

/** Lets the newest key wrap from now on; why not yet, where the next seconds may change that. */
async function turnToNewest(app: App, actor: Actor, kind: RotationKind): Promise<string | Problem> {
  return inTransaction(app.sql, async (tx) => {
    await lockRing(tx)
    await demandNone(tx)
    const known = await findKeys(tx)
    const [newest] = known
    if (newest === undefined) throw new Error('the database knows no key')
    const notYet = (await whoLacks(tx, newest)) ?? (await nothingToDo(tx, newest, kind))
    if (notYet) return notYet
    const from = known.find(({ isCurrent }) => isCurrent)?.id ?? null
    if (!newest.isCurrent) await makeCurrent(tx, newest.id)
    await record(tx, actor, [
      { action: 'key.rotate', subjectType: 'key', subjectId: newest.id, details: { from, kind } },
    ])
    return newest.id
  })
}

/** A rotation that is asked for right after "stint keys add" waits until every process has read its key file. */
async function turnPatiently(
  { app, patienceMs = usualPatienceMs }: RotateParts,
  actor: Actor,
  kind: RotationKind,
) {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const turned = await turnToNewest(app, actor, kind)
    if (typeof turned === 'string') return turned
    if (waitedMs >= patienceMs) throw turned
    await pause(lookEveryMs)
  }
}

/**
 * Lets the newest key wrap, and starts the task that re-wraps every data key by it; with `reencrypt` it also gives every task
 * another data key and seals its values anew. Afterwards the older keys may be removed. Needs `key.manage`; stands on the
 * audit record. Throws `not-allowed-now` when one is under way, when a process lacks the key, or when nothing is to be done.
 */
export async function rotateKeys(
  parts: RotateParts,
  actor: Actor | undefined,
  { reencrypt }: { reencrypt: boolean },
): Promise<KeyRingState> {
  demand(actor, 'key.manage')
  const kind = reencrypt ? 'reencrypt' : 'rewrap'
  const { app, engine } = parts
  const key = await turnPatiently(parts, actor, kind)
  // A second one who asks at this moment waits for the lock, and then finds the task.
  await inTransaction(app.sql, async (tx) => {
    await lockRing(tx)
    await demandNone(tx)
    await engine.createTask({
      template: rotationTemplate(kind, key),
      label: rotationLabel,
      input: {},
      owner: { id: actor.userId, name: actor.name },
      isApproved: true,
      tags: { kind, key },
    })
  })
  return ringState(app.sql)
}
