import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testEngine, testTask, testTemplate } from '../testing/engine.ts'
import { Flusher } from './flush.ts'
import { beat, declareDead } from './store/executor.ts'
import { setTestPoint, type TestPoint } from './test-points.ts'

const database = await testDatabase()
const { sql, target, app } = database
const { engine, stop } = await testEngine(database)
const { executorId } = engine.executor
afterAll(stop)

const cutPoints: readonly TestPoint[] = ['flush.locked', 'flush.committed']
const allPoints: readonly TestPoint[] = [...cutPoints, 'flush.recalled']
afterEach(() => {
  for (const point of allPoints) setTestPoint(point, undefined)
})

/** The next `count` flushes of this executor end at the point, as if the connection had been cut there. */
function cutAt(point: TestPoint, count: number): void {
  let left = count
  setTestPoint(point, () => {
    if (left-- > 0) throw Object.assign(new Error('cut on purpose'), { code: 'CONNECTION_CLOSED' })
  })
}

it.each(cutPoints)('a batch whose connection is cut at %s is written once', async (point) => {
  const retries = engine.executor.flusher.counts.retries
  cutAt(point, 3)
  const { id } = await engine.createTask(testTask(testTemplate(chain(['a', 'b', 'c']))))
  await engine.waitForStop(id, 20)
  expect(engine.executor.flusher.counts.retries).toBe(retries + 3)
  const [task] = await sql`select state, result, last_seq from task where id = ${id}`
  const events = await sql`select seq from event where task_id = ${id} order by seq`
  const attempts = await sql`select step_no, no from attempt where task_id = ${id}`
  expect(task).toMatchObject({ state: 'stopped', result: 'success', lastSeq: events.length })
  expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1))
  expect(attempts).toHaveLength(3)
})

it('a batch that landed is not written again when its recall is cut as well', async () => {
  const { retries } = engine.executor.flusher.counts
  cutAt('flush.committed', 2)
  cutAt('flush.recalled', 3)
  const { id, isNew } = await engine.createTask(testTask(testTemplate(chain(['a', 'b', 'c']))))
  expect(isNew).toBe(true)
  expect(await engine.waitForStop(id, 20)).toBe(true)
  expect(engine.executor.flusher.counts.retries).toBe(retries + 5)
  const [task] = await sql`select result from task where id = ${id}`
  expect(task?.result).toBe('success')
  expect(await sql`select from attempt where task_id = ${id}`).toHaveLength(3)
})

it('one entry that is too slow does not keep the others for ever', async () => {
  const { id: slow } = await engine.createTask(testTask(testTemplate(chain(['a']))))
  const others = await Promise.all(
    Array.from({ length: 5 }, () => engine.createTask(testTask(testTemplate(chain(['a']))))),
  )
  for (const each of [slow, ...others.map((other) => other.id)]) await engine.waitForStop(each, 20)
  await sql.unsafe(`
    create function dawdle() returns trigger language plpgsql as $$
      begin
        if new.name = 'comment' and new.task_id = '${slow}' then perform pg_sleep(20); end if;
        return new;
      end $$;
    create trigger dawdle before insert on event for each row execute function dawdle()`)
  const flusher = flusherOf(await anExecutor(), () => {}, 300)
  const note = (taskId: string) =>
    new Promise<boolean>((written, refused) => {
      const events = [{ at: new Date(), kind: 'comment' as const, name: 'comment', actor: 'ann', data: {} }]
      flusher.submit({ kind: 'note', note: { taskId, events }, written, refused })
    })
  const [first, ...rest] = await Promise.allSettled([note(slow), ...others.map(({ id }) => note(id))])
  expect(first).toMatchObject({ status: 'rejected', reason: { code: '57014' } })
  expect(rest).toEqual(others.map(() => ({ status: 'fulfilled', value: true })))
  await flusher.close()
  await sql.unsafe('drop function dawdle cascade')
})

it('who waits for somebody else is not too slow: it is written when the way is free', async () => {
  const { id } = await engine.createTask(testTask(testTemplate(chain(['a']))))
  await engine.waitForStop(id, 20)
  const flusher = flusherOf(await anExecutor(), () => {}, 300)
  const free = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const other = sql.begin(async (tx) => {
    await tx`select from task where id = ${id} for update`
    locked.resolve()
    await free.promise
  })
  await locked.promise
  const written = new Promise<boolean>((resolve, refused) => {
    flusher.submit({ kind: 'note', note: { taskId: id, events: [] }, written: resolve, refused })
  })
  await expect.poll(() => flusher.counts.retries, { timeout: 20_000 }).toBeGreaterThan(3)
  free.resolve()
  await other
  expect(await written).toBe(true)
  expect(flusher.counts.bisections).toBe(0)
  await flusher.close()
})

it('the executor of a thousand flushes has not been written by them, and their numbers are forgotten', async () => {
  const id = await anExecutor()
  const flusher = flusherOf(id)
  const before = await sql`select ctid, xmin from executor where id = ${id}`
  for (let i = 0; i < 1010; i++) await flusher.barrier()
  expect(flusher.counts.flushes).toBe(1010)
  expect(await sql`select ctid, xmin from executor where id = ${id}`).toEqual(before)
  const rows = await sql`select no::int from flush where executor_id = ${id} order by no`
  expect(rows.map((row) => row.no)).toEqual([1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009])
  await flusher.close()
})

it('an executor beats beside a flush that takes its time, and can be declared dead only after it', async () => {
  const id = await anExecutor()
  const flusher = flusherOf(id)
  const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  setTestPoint('flush.locked', (executor) => {
    if (executor !== id) return
    reached.resolve()
    return goOn.promise
  })
  const flush = flusher.barrier()
  await reached.promise
  expect(await beat(sql, id, [], figures)).toBe('alive')
  const over: string[] = []
  const death = sql.begin((tx) => declareDead(tx, id, 0)).then(() => over.push('dead'))
  await expect.poll(waitingForLocks, { timeout: 10_000, interval: 10 }).toBe(1)
  goOn.resolve()
  await flush.then(() => over.push('flushed'))
  await death
  expect(over).toEqual(['flushed', 'dead'])
  await flusher.close()
})

it('an executor that was declared dead writes nothing any more', async () => {
  const id = await anExecutor()
  const died = vi.fn()
  const flusher = flusherOf(id, died)
  await flusher.barrier()
  await sql.begin((tx) => declareDead(tx, id, 0))
  await flusher.barrier()
  expect(died).toHaveBeenCalledOnce()
  expect(await sql`select no::int from flush where executor_id = ${id}`).toEqual([{ no: 0 }])
})

/** Another row like that of the engine under test. */
async function anExecutor(): Promise<string> {
  const [row] = await sql`
    insert into executor (id, host, boot_id, pid, pid_started_at, installation, version, role, state, capacity)
    select gen_random_uuid(), host, '', 1, '', 'other', version, role, 'alive', 1 from executor where id = ${executorId}
    returning id`
  return row?.id
}

const figures = {
  hints: 0,
  running: 0,
  takeovers: 0,
  foundByNet: 0,
  countsRepaired: 0,
  flushesPerSecond: 0,
  isLeader: false,
}

async function waitingForLocks(): Promise<number> {
  const rows = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return rows.length
}

function flusherOf(id: string, onDead = () => {}, statementTimeoutMs = 10_000): Flusher {
  const wake = async () => {}
  const options = { target, log: app.log, executorId: id, wake, onDead, statementTimeoutMs }
  return new Flusher({ ...options, onClock: () => {} })
}
