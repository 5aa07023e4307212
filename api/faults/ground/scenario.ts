import { setTimeout as pause } from 'node:timers/promises'
import type { Template } from '@stint/schema/template-types'
import type { KeyRing, RingKey } from '../../src/engine/seal.ts'
import type { NewTask } from '../../src/engine/start.ts'
import type { Sql } from '../../src/postgres/connect.ts'
import { chain, testTask, testTemplate } from '../../src/testing/engine.ts'
import type { ExecutorOrder } from '../../src/testing/fault/executor-process.ts'
import { findings } from '../../src/testing/fault/invariants.ts'
import type { ExecutorProcess, FaultKit } from '../../src/testing/fault/kit.ts'
import type { FaultServer } from './server.ts'

/** What a scenario works with: a database of its own, real executors, and a server that can be ill-treated. */
export interface Ground {
  readonly server: FaultServer
  readonly sql: Sql
  readonly kit: FaultKit
  /** The ring of the process that creates. */
  readonly keys: KeyRing
  /** Scales the number of tasks; 1 is the long form. */
  readonly share: number
}

/** What was done to it and what was seen; the invariants are looked at by main.ts, the same for all. */
export interface Outcome {
  readonly tasks: number
  /** `7 kills`, `4 freezes`. */
  readonly faults: string
  /** Milliseconds after a fault until others had all of the tasks. */
  readonly takeovers?: readonly number[]
  /** States in which tasks may end besides stopped/success, with the reason why. */
  readonly alsoEnds?: readonly string[]
  /** The safety net may find something: connections were cut. */
  readonly mayFind?: boolean
  /** False: steps do not follow each other by their numbers, so that their order cannot be looked at so. */
  readonly isChain?: boolean
  /** What is wrong besides the invariants, as sentences. */
  readonly wrong?: readonly string[]
  /** What else was measured. */
  readonly notes?: readonly string[]
}

export interface Scenario {
  readonly name: string
  /** The keys of this scenario, newest first; the last one wraps at the beginning. */
  readonly ring?: readonly RingKey[]
  run(ground: Ground): Promise<Outcome>
}

export const stepsPerTask = 4

/** Steps that follow each other, each leaving a line behind. */
export function work(ms: number): Template {
  const names = Array.from({ length: stepsPerTask }, (_, no) => `s${no}`)
  return testTemplate(chain(names, { action: { type: 'append', configuration: { ms } } }))
}

export const share = ({ share: part }: Ground, tasks: number) => Math.max(5, Math.round(tasks * part))

let keys = 0

/** Creates so many tasks; what is refused in a bad moment is asked again under the same key, as any client would. */
export async function create(
  { kit }: Ground,
  count: number,
  template: Template,
  given: Partial<NewTask> = {},
): Promise<string[]> {
  const one = async () => {
    const request = testTask(template, { idempotencyKey: `fault/${keys++}`, ...given })
    for (let tries = 0; ; tries++) {
      try {
        return (await kit.engine.createTask(request)).id
      } catch (error) {
        if (tries > 200) throw error
        await pause(100)
      }
    }
  }
  const ids: string[] = []
  for (let from = 0; from < count; from += 200)
    ids.push(...(await Promise.all(Array.from({ length: Math.min(200, count - from) }, one))))
  return ids
}

export function executors(
  { kit }: Ground,
  count: number,
  given: Partial<ExecutorOrder> = {},
): Promise<ExecutorProcess[]> {
  return Promise.all(
    Array.from({ length: count }, (_, no) => kit.startExecutor({ installation: `host-${no}`, ...given })),
  )
}

/** The driver may lose a question together with its connection: then there is no answer, and no error either. */
export function soon<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  return Promise.race([answer.catch(() => otherwise), pause(3000, otherwise, { ref: false })])
}

/** Asks until the answer is true; the database may be away in between. False when the time was over. */
export async function until(answer: () => Promise<boolean>, seconds: number, everyMs = 50): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000
  while (performance.now() < deadline) {
    if (await soon(answer(), false)) return true
    await pause(everyMs)
  }
  return false
}

/** Lets steps that lost three executors in a row run again: on a slow machine some do. */
async function review({ sql, kit }: Ground): Promise<void> {
  const rows = await sql<{ taskId: string; no: number }[]>`
    select step.task_id, step.no from step join task on task.id = step.task_id
    where task.state = 'paused' and task.reason = 'needs-review' and step.state = 'CRASHED' limit 100`
  const answer = { kind: 'review-step', actor: 'tester', payload: { decision: 'run-again' } } as const
  await Promise.all(rows.map(({ taskId, no }) => kit.engine.command(taskId, { ...answer, stepNo: no })))
}

/** Waits until every task is over or in one of these other states. */
export async function settled(
  ground: Ground,
  alsoEnds: readonly string[] = [],
  seconds = 60,
): Promise<boolean> {
  return until(
    async () => {
      await review(ground)
      const { byState } = await findings(ground.sql)
      return Object.keys(byState).every((key) => key.startsWith('stopped/') || alsoEnds.includes(key))
    },
    seconds,
    200,
  )
}

/** Milliseconds until what an executor held is held by others or needs nobody; undefined when that took too long. */
export async function takenOver({ sql }: Ground, executorId: string): Promise<number | undefined> {
  const begun = performance.now()
  const held = await sql<{ id: string }[]>`select id from task where executor_id = ${executorId}`
  if (held.length === 0) return undefined
  const ids = held.map((row) => row.id)
  const over = await until(async () => {
    const left = await sql`
      select from task
      where id = any(${ids}::uuid[])
        and (executor_id = ${executorId}
          or executor_id is null and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null))
      limit 1`
    return left.length === 0
  }, 60)
  return over ? performance.now() - begun : undefined
}

/** Did it die of what it was told to die of? Where there was nothing left to die in, it is ended. */
export async function died(doomed: ExecutorProcess, seconds = 20): Promise<boolean> {
  const isGone = await Promise.race([
    doomed.exited.then(() => true),
    pause(seconds * 1000, false, { ref: false }),
  ])
  if (!isGone) await doomed.kill()
  return isGone
}
