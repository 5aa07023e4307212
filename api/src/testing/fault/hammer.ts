import { setTimeout as pause } from 'node:timers/promises'
import type { SignalKind } from '@stint/schema/words'
import type { Sql } from '../../postgres/connect.ts'
import { type Finding, forgotten, historyOf, recordStarts, stray, violations } from './hammer-watch.ts'
import { any, anyRoom, hammeredTask, pick, regions, requestOf, small, stepLimits } from './hammered.ts'
import type { ExecutorProcess, FaultKit } from './kit.ts'

/*
 * Commands fall on tasks that stand in each other's way, and executors die, while somebody looks at what must never be.
 */

interface Verb {
  readonly kind: SignalKind
  readonly stepNo?: number
  readonly payload?: object
}

export type VerbOf = (round: number) => Verb

export const gentle: VerbOf = (round) => {
  const kinds = ['pause', 'pause', 'resume', 'resume', 'start-over'] as const
  return { kind: round % 4 === 0 && Math.random() < 0.17 ? 'cancel' : pick(kinds) }
}

/** Also what gives up a task, changes its steps by hand, or does not ask whoever holds it. */
export const rough: VerbOf = (round) => {
  const state = pick(['DONE', 'TODO', 'PRUNE', 'FATAL_ERROR'])
  const others: Verb[] = [
    { kind: 'unlock' },
    { kind: 'force-unlock' },
    { kind: 'force-cancel' },
    { kind: 'skip-step', stepNo: any(3) },
    { kind: 'set-step-state', stepNo: any(3), payload: { state } },
  ]
  return Math.random() < 0.3 ? pick(others) : gentle(round)
}

export interface HammerOrder {
  readonly sql: Sql
  readonly kit: FaultKit
  readonly tasks: number
  readonly seconds: number
  readonly verbOf: VerbOf
  /** Executors of each region, and of none. */
  readonly executorsEach?: number
}

export interface Hammered {
  readonly wrong: Readonly<Record<string, number>>
  readonly stray: readonly object[]
  /** Not over after all that time. */
  readonly left: number
  readonly kills: number
  readonly samples: number
  readonly busiest: number
  /** Attempts that ran with an edited request, and starts that the rate counted. */
  readonly edited: number
  readonly counted: number
}

class Watch {
  readonly wrong = new Map<string, number>()
  samples = 0
  busiest = 0
  #isOver = false
  readonly #sql: Sql
  readonly #watching: Promise<void>

  constructor(sql: Sql) {
    this.#sql = sql
    this.#watching = this.#look()
  }

  note(findings: readonly Finding[]): void {
    for (const { what, n } of findings) this.wrong.set(what, Math.max(n, this.wrong.get(what) ?? 0))
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      this.note(await violations(this.#sql))
      const [held] = await this.#sql<{ n: number }[]>`select count(*)::int as n from hold`
      this.samples++
      this.busiest = Math.max(this.busiest, held?.n ?? 0)
    }
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#watching
  }
}

let edits = 0

/** A person finds a paused task, or one that has not begun, and asks for another room. */
async function edit({ sql, kit }: HammerOrder): Promise<void> {
  const [found] = await sql<{ id: string }[]>`
    select id from task
    where parent_id is null and (state = 'paused' or state = 'pending' and started_at is null)
    order by random() limit 1`
  if (!found) return
  const room = anyRoom()
  const payload = { ...requestOf(room), changed: [`room ${room} ${edits++}`] }
  await kit.engine.command(found.id, { actor: 'tester', kind: 'edit-request', payload }).catch(() => {})
}

/** Executors of every region and of none; whoever dies is followed by one of its own region. */
async function startExecutors({ kit, executorsEach = 1 }: HammerOrder) {
  const start = (region: string | undefined) =>
    kit.startExecutor({ resourceLimits: stepLimits, templates: { small }, ...(region && { region }) })
  const places = Array.from({ length: executorsEach }, () => [undefined, ...regions]).flat()
  const running = await Promise.all(
    places.map(
      async (region): Promise<[ExecutorProcess, string | undefined]> => [await start(region), region],
    ),
  )
  return async () => {
    const at = any(running.length)
    const [doomed, region] = running[at] as (typeof running)[number]
    await doomed.kill()
    running[at] = [await start(region), region]
  }
}

const command = ({ kit }: HammerOrder, taskId: string, verb: Verb) =>
  kit.engine.command(taskId, { actor: 'tester', ...verb }).catch(() => {})

const killEveryMs = 2000

async function strike(order: HammerOrder, ids: readonly string[], killOne: () => Promise<void>) {
  const begun = Date.now()
  let kills = 0
  for (let round = 0; Date.now() < begun + order.seconds * 1000; round++) {
    await Promise.all([
      ...Array.from({ length: 6 }, () => command(order, pick(ids), order.verbOf(round))),
      edit(order),
    ])
    await pause(any(60))
    if (Date.now() < begun + (kills + 1) * killEveryMs) continue
    await killOne()
    kills++
  }
  return kills
}

interface OpenTask {
  readonly id: string
  readonly state: string
  readonly reason: string | null
}

const openTasks = async (sql: Sql) =>
  (await sql<OpenTask[]>`select id, state, reason from task where state <> 'stopped'`).map((row) => ({
    ...row,
  }))

/** Whatever stands is told to go on, until all is over. */
async function goOn(order: HammerOrder, seconds: number): Promise<number> {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const left = await openTasks(order.sql)
    if (left.length === 0 || Date.now() > until) return left.length
    for (const { id, state, reason } of left) {
      if (state !== 'paused') continue
      const review = { kind: 'review-step', payload: { decision: 'run-again' } } as const
      await command(order, id, reason === 'needs-review' ? review : { kind: 'resume' })
    }
    await pause(500)
  }
}

/** Hammers on a database that nothing else works on. What came of it is for the caller to judge. */
export async function hammer(order: HammerOrder, settleSeconds = 90): Promise<Hammered> {
  const { sql, kit, tasks, verbOf } = order
  await recordStarts(sql)
  const killOne = await startExecutors(order)
  const rooms = new Map<string, string>()
  const create = async (no: number) => {
    const request = hammeredTask(no, verbOf === rough)
    const { id } = await kit.engine.createTask(request)
    rooms.set(id, String(request.input.room))
  }
  await Promise.all(Array.from({ length: tasks }, (_, no) => create(no)))
  const watch = new Watch(sql)
  const kills = await strike(order, [...rooms.keys()], killOne)
  const left = await goOn(order, settleSeconds)
  await watch.end()
  if (left > 0)
    console.log((await openTasks(sql)).slice(0, 20), (await stray(sql)).slice(0, 20), await forgotten(sql))
  const history = await historyOf(sql, kit.effects(), rooms)
  watch.note(history.wrong)
  const { samples, busiest } = watch
  return {
    wrong: Object.fromEntries(watch.wrong),
    stray: [...(await stray(sql))],
    left,
    kills,
    samples,
    busiest,
    edited: history.edited,
    counted: history.counted,
  }
}
