import { expect, it } from 'vitest'
import { newId } from '../base/ids.ts'
import { testDatabase } from '../testing/database.ts'
import type { Want } from './lock.ts'
import { type TakeRow, takeHolds } from './store/hold.ts'

const { sql } = await testDatabase()

const ids = (count: number) => Array.from({ length: count }, newId)

const lock = (id: string): Want => ({
  type: 'host',
  id,
  operation: '',
  mode: 'exclusive',
  onConflict: 'wait',
  waitMs: undefined,
  capacity: undefined,
  perMs: undefined,
})

const asking = (taskId: string, ...names: string[]): TakeRow => ({
  taskId,
  stepNo: -1,
  ownerName: 'ann',
  priority: 0,
  wants: names.map(lock),
})

/** The rows of tasks that run, children of a step that waits for them. */
async function tasks(count: number, parents?: readonly string[]): Promise<string[]> {
  const made = ids(count)
  await sql`
    insert into task (
      id, kind, label, title, state, owner_name, parent_id, parent_step_no, created_at, state_updated_at
    )
    select id, 'run', 'm', 'm', 'running', 'ann', parent, case when parent is not null then 0 end, now(), now()
    from unnest(${made}::uuid[], ${parents ? [...parents] : made.map(() => null)}::uuid[]) t (id, parent)`
  if (parents) {
    await sql`
      insert into step (task_id, no, name, state) select id, 0, 's', 'WAITING' from unnest(${[...parents]}::uuid[]) t (id)`
  }
  return made
}

/** One flush. */
const flush = (takes: readonly TakeRow[]) =>
  sql.begin(async (tx) => {
    // As a flush runs.
    await tx`set local plan_cache_mode = force_generic_plan`
    await tx`set local enable_seqscan = off`
    await tx`set local enable_hashjoin = off`
    await tx`set local enable_mergejoin = off`
    return takeHolds(tx, [], takes)
  })

/** Parents that each hold `NAME-k`, and their children. */
async function families(name: string, count: number) {
  const parents = await tasks(count)
  await flush(parents.map((id, k) => asking(id, `${name}-${k}`)))
  return { parents, children: await tasks(count, parents) }
}

it('two flushes at once do not close a circle that neither of them sees', async () => {
  const { children } = await families('race', 2)
  const [one, two] = children as [string, string]
  const written = Promise.withResolvers<void>()
  const commits = Promise.withResolvers<void>()
  const first = sql.begin(async (tx) => {
    const rows = await takeHolds(tx, [], [asking(one, 'race-1')])
    written.resolve()
    await commits.promise
    return rows
  })
  await written.promise
  const second = sql.begin(async (tx) => {
    // Either it answers without having seen the other, or it waits for it.
    const rows = takeHolds(tx, [], [asking(two, 'race-0')])
    const waits = expect
      .poll(
        () => sql`
          select 1 from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
          where l.locktype = 'advisory' and not l.granted`,
        { timeout: 10_000 },
      )
      .toHaveLength(1)
    await Promise.race([rows, waits])
    commits.resolve()
    return rows
  })
  expect((await first).map((row) => row.status)).toEqual(['waiting'])
  expect((await second).map((row) => row.status)).toEqual(['circle'])
})

it('of one flush only those are refused that close a circle, and who stands behind them gets what they leave', async () => {
  const { parents, children } = await families('flush', 8)
  const [plain] = (await tasks(1)) as [string]
  const rows = await flush([
    ...children.map((id, k) => asking(id, `flush-${(k + 1) % 8}`, ...(k === 7 ? ['spare'] : []))),
    asking(plain, 'spare'),
  ])
  const statusOf = (id: string) => rows.filter((row) => row.taskId === id).map((row) => row.status)
  for (const id of children.slice(0, 7)) expect(statusOf(id)).toEqual(['waiting'])
  expect(statusOf(children[7] as string)).toEqual(['circle'])
  const [refused] = rows.filter((row) => row.status === 'circle')
  expect(refused?.circle).toHaveLength(16)
  expect(new Set(refused?.circle)).toEqual(new Set([...parents, ...children]))
  expect(statusOf(plain)).toEqual(['waiting', 'granted'])
  expect(await sql`select 1 from hold where task_id = ${plain} and resource_id = 'spare'`).toHaveLength(1)
})

/** Ms until so many children of holders have asked in one flush for one lock and others in pairs. */
async function msOfPairs(name: string, count: number): Promise<number> {
  const { children } = await families(name, count)
  const [busy] = (await tasks(1)) as [string]
  await flush([asking(busy, `${name}-all`)])
  await flush((await tasks(count)).map((id, k) => asking(id, `${name}-${k}`)))
  const startMs = performance.now()
  const rows = await flush(
    children.map((id, k) => asking(id, `${name}-all`, `${name}-pair-${Math.floor(k / 2)}`)),
  )
  expect(rows.filter((row) => row.status === 'waiting')).toHaveLength(count)
  return performance.now() - startMs
}

it('a flush of many that wait for each other costs as much more as there are', async () => {
  await msOfPairs('warm', 10)
  const few = await msOfPairs('few', 50)
  const many = await msOfPairs('many', 200)
  console.log(`50: ${Math.round(few)} ms, 200: ${Math.round(many)} ms`)
  // Four times as many. One search for each, through the queue before it: 25 times as long.
  expect(many).toBeLessThan(12 * few)
})
